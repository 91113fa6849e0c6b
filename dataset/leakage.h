// What one part of a split tells another: documents on two sides of the border that are the same,
// nearly the same, or of one group. One number, and the pairs behind it.
//
//   LeakageSearch search;
//   for (const Document& document : all) search.add(member, sketches_of_its_pages);
//   const LeakageReport report = search.finish();
//   report.leaking        // 0: nothing leaks
//
// What one document costs does not depend on how many there are (dataset/near_duplicates.h). A
// search belongs to one thread.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/digest.h"
#include "base/json.h"
#include "corpus/ids.h"
#include "dataset/manifest.h"
#include "dataset/near_duplicates.h"

namespace dataset {

// What of one document could leak.
struct LeakageMember {
  corpus::DocumentId id;
  std::string part;
  std::vector<std::string> groups;
  base::Sha256 source;
  std::vector<base::Sha256> images;  // of its pages, in order; zero where there is none
};

// Of a document in a release.
LeakageMember leakage_member_of(const ManifestRecord& record);

enum class LeakageKind : uint8_t {
  group,       // both share a value of a key that should hold them together
  source,      // the same bytes
  page_image,  // a page has the same image
  near_page,   // a page says nearly the same
  near_look,   // a page looks nearly the same, and its words do not tell otherwise
};
std::string_view name_of(LeakageKind kind);

// Two documents in different parts, in ascending order of id.
struct LeakagePair {
  LeakageKind kind = LeakageKind::group;
  corpus::DocumentId a;
  corpus::DocumentId b;
  std::string part_a;
  std::string part_b;
  corpus::PageNumber page_a = 0;  // of page_image and near_page
  corpus::PageNumber page_b = 0;
  int32_t likeness = 1000;  // of near_page and near_look, in thousandths
  bool operator==(const LeakagePair&) const = default;
};

struct LeakageReport {
  uint64_t documents = 0;
  uint64_t leaking = 0;        // documents that share anything below with another part: the number
  uint64_t by_group = 0;       // documents that share a group value across the border
  uint64_t by_source = 0;      // ... the source bytes
  uint64_t by_page_image = 0;  // ... a page image
  uint64_t by_near_page = 0;   // ... a page that says nearly the same
  uint64_t by_near_look = 0;   // ... a page that looks nearly the same
  std::vector<corpus::DocumentId> examples = {};  // the first ones by id, at most 20
  // Strongest kind first. Of a group or image that very many documents share, each document is here
  // with one other.
  std::vector<LeakagePair> pairs = {};

  bool operator==(const LeakageReport&) const = default;
};

// The bytes and groups alone.
LeakageReport measure_leakage(const std::vector<LeakageMember>& members);

// Two pages of two documents that are nearly the same, as somebody has found.
struct NearPages {
  corpus::DocumentId a;
  corpus::PageNumber page_a = 0;
  corpus::DocumentId b;
  corpus::PageNumber page_b = 0;
  Nearness how = {};
};

class LeakageSearch {
 public:
  // Without sketches only bytes and groups are compared.
  void add(LeakageMember member, const std::vector<PageSketch>& pages = {});
  // What an index elsewhere knows; passed over if one of the two was not added before.
  void add_near(const NearPages& near);
  LeakageReport finish();

  // Sets of documents that are nearly the same, across borders or not, each in ascending order:
  // what a split may hold together.
  std::vector<std::vector<corpus::DocumentId>> clusters() const;

 private:
  struct Place {
    uint32_t member = 0;
    corpus::PageNumber page = 0;
  };
  struct Near {
    Place a;
    Place b;
    Nearness how = {};
  };

  std::vector<LeakageMember> members_;
  std::unordered_map<std::string, uint32_t> numbers_;  // of members, by id
  SketchIndex index_;
  std::vector<Place> places_;  // of the index's pages
  std::vector<Near> near_;
};

// As the API tells it: the numbers, and at most 10,000 of the pairs.
enum class LeakageDepth { numbers, pairs };
base::Json to_json(const LeakageReport& report, LeakageDepth depth);

// The report as a page of its own, with a picture for each page of a pair; `image_of` gives the
// address of a page's picture, or nothing.
using PageImageAddress =
    std::function<std::string(const corpus::DocumentId& id, corpus::PageNumber page)>;
std::string print_leakage_page(std::string_view title, const LeakageReport& report,
                               const PageImageAddress& image_of);

}  // namespace dataset
