// What an export reads: documents in ascending order of id, one at a time, so that memory does not
// grow with the project. And what every export reports: what its format could not hold. The formats
// themselves: dataset/export_format.h.
//
//   input.open = [&](ExportDepth depth) -> base::Result<NextDocument> { ... };   // from the first
//
// The functions are the caller's; an export calls them from its own thread, one after another.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "corpus/annotation.h"
#include "corpus/document.h"
#include "corpus/schema.h"
#include "corpus/words.h"

namespace dataset {

struct ExportPage {
  std::vector<corpus::Word> words;
  std::vector<corpus::Annotation> annotations;
};

struct ExportDocument {
  corpus::Document document;
  std::string split;                            // the part; empty without a split
  std::string state;                            // of the review
  std::vector<ExportPage> pages;                // one for each of document.pages
  std::vector<corpus::Annotation> annotations;  // of the document as a whole
};

// The next document, nothing at the end.
using NextDocument = std::function<base::Result<std::optional<ExportDocument>>()>;
// How much of each document a format needs to see.
enum class ExportDepth {
  pages,    // its parts, sizes and hashes; words and annotations are left empty: cheap
  content,  // everything
};

struct ExportOptions {
  std::vector<std::string> splits = {};  // only these parts; empty: all documents
  bool proposals = false;                // also what a model proposed and nobody has accepted
  bool images = true;                    // the bytes of pages, in formats that carry files
  // Names the release in the file: "claims 1.3.0"; never a time or a host.
  std::string release = {};
};

// Begins from the first document. An export may read several times, and must see the same each
// time; whoever opens may leave out documents of splits that the options do not choose.
using OpenExport =
    std::function<base::Result<NextDocument>(const ExportOptions& options, ExportDepth depth)>;

// All that an export is made from.
struct ExportInput {
  ExportOptions options = {};
  corpus::Schema schema = {};
  OpenExport open = {};
};

// What trains: neither a proposal nor rejected in review.
bool is_ground_truth(const corpus::Annotation& annotation);
// Adds label -> annotations of those that train; a correction has no label and does not count.
void count_labels(std::span<const corpus::Annotation> annotations,
                  std::map<std::string, uint64_t>& labels);

// What the format cannot hold, in words that stay the same: "relation" -> 12.
struct LossReport {
  std::string format = {};
  uint64_t documents = 0;
  uint64_t pages = 0;
  uint64_t annotations = 0;                   // written
  std::map<std::string, uint64_t> lost = {};  // reason -> annotations (or pages) that are not in it

  void lose(const std::string& reason, uint64_t count = 1) {
    if (count > 0) lost[reason] += count;
  }
  bool operator==(const LossReport&) const = default;
};
// Canonical JSON, one line.
std::string print_loss(const LossReport& report);

}  // namespace dataset
