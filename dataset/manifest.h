// The manifest of a release: an immutable list of documents, each pinned by hashes, with one digest
// over all of it. Its file is manifest.jsonl (docs/formats/manifest.md): a header line, then one
// record a line in ascending order of document id, canonical JSON. Nothing in it names a host, a
// time or a commit.
//
//   ManifestTotals totals;                             // pass 1: records, spooled by the caller
//   for (...) { totals.add(record); spool += print_record(record); }
//   header.totals = totals;
//   digest = sha256_of(print_header(header) + spool);  // pass 2: the header in front
//
// A project of a million documents never lies in memory: everything here works record by record.
// Values and pure functions; a reader belongs to one thread.
#pragma once

#include <compare>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/digest.h"
#include "base/result.h"
#include "corpus/document.h"
#include "corpus/ids.h"
#include "corpus/splits.h"

namespace dataset {

struct Version {
  uint32_t major = 0;
  uint32_t minor = 0;
  uint32_t patch = 0;
  auto operator<=>(const Version&) const = default;
};
std::string print_version(const Version& version);           // "1.3.0"
base::Result<Version> parse_version(std::string_view text);  // "1.3.0", without a "v"
// The annotated tag: "datasets/claims/v1.3.0".
std::string release_tag(std::string_view name, const Version& version);

// A text that lies in git: by git's name, and by those of the byte store.
struct TextRef {
  base::Sha1 blob;  // git's: sha1("blob <size>\0" + content)
  base::Md5 md5;
  base::Sha256 sha256;
  uint64_t size = 0;
  bool operator==(const TextRef&) const = default;
};
base::Sha1 git_blob_id(std::string_view content);
TextRef text_ref_of(std::string_view content);

struct ManifestPage {
  int32_t width = 0;
  int32_t height = 0;
  corpus::TextOrigin text = corpus::TextOrigin::ocr;  // where the words came from
  std::optional<corpus::StoredFile> image;            // none: the page could not be decoded
  std::optional<TextRef> words;                       // none: the page could not be read
  std::optional<TextRef> annotations;                 // none: nobody has labelled it
  bool operator==(const ManifestPage&) const = default;
};

struct ManifestRecord {
  corpus::DocumentId id;
  std::string split;  // the part; empty: the release has no split
  std::string state;  // of the review: "accepted", ...
  // F1 of two blind readings, in thousandths (corpus/agreement.h); none: one person labelled it.
  std::optional<int64_t> agreement = {};
  std::string licence;   // empty: the release's
  std::string pipeline;  // version of what read the pages
  corpus::StoredFile source;
  std::vector<ManifestPage> pages;
  std::optional<TextRef> annotations;      // of the document as a whole
  std::map<std::string, uint64_t> labels;  // label -> annotations that train (count_labels)
  std::vector<std::string> groups;         // pseudonyms: group_pseudonym(), sorted
  bool operator==(const ManifestRecord&) const = default;
};

// A record of a document; a page without image, words or labels has none of these. The texts of
// page n are texts[n - 1]; the licence is left empty.
struct PageTexts {
  std::optional<TextRef> words;
  std::optional<TextRef> annotations;
};
ManifestRecord make_record(const corpus::Document& document, const std::vector<PageTexts>& texts);

// "customer=7d0c..." : the key, and 16 digits of an HMAC of the value under the split's salt, so
// that a release tells which documents belong together but not to whom.
std::string group_pseudonym(std::string_view salt, std::string_view group_value);

struct ManifestTotals {
  uint64_t documents = 0;
  uint64_t pages = 0;
  uint64_t bytes = 0;  // of sources, images and texts; a content that lies twice counts twice
  std::map<std::string, uint64_t> labels;
  std::map<std::string, uint64_t> splits;
  void add(const ManifestRecord& record);
  void remove(const ManifestRecord& record);  // one that was added
  bool operator==(const ManifestTotals&) const = default;
};

struct ManifestGuideline {
  std::string path;  // "guidelines/how.md"
  TextRef file;
  bool operator==(const ManifestGuideline&) const = default;
};

struct ManifestSplit {
  std::string name;
  base::Sha1 rule;  // blob of splits/<name>.json in the project
  std::vector<corpus::SplitPart> parts;
  std::vector<std::string> group_by;  // the keys that hold groups together
  std::string stratify_by;
  bool operator==(const ManifestSplit&) const = default;
};

struct ManifestHeader {
  std::string name;  // of the dataset: "claims"
  Version version;
  std::string licence;
  std::string description;
  TextRef schema;
  std::vector<ManifestGuideline> guidelines;  // sorted by path
  std::optional<ManifestSplit> split;
  ManifestTotals totals;
  bool operator==(const ManifestHeader&) const = default;
};

// Each with LF at the end.
std::string print_header(const ManifestHeader& header);
std::string print_record(const ManifestRecord& record);
base::Result<ManifestHeader> parse_header(std::string_view line);
base::Result<ManifestRecord> parse_record(std::string_view line);

// The next record, nothing at the end. Sources of records are given as such functions.
using NextRecord = std::function<base::Result<std::optional<ManifestRecord>>()>;

// Reads a manifest from chunks. Strict: canonical lines, ascending ids.
class ManifestReader {
 public:
  // The next piece of the file, empty at its end.
  using Chunks = std::function<base::Result<std::string>()>;
  // With Hashes::none, finish() has none to give: it saves reading as much time again.
  enum class Hashes { all, none };
  static base::Result<ManifestReader> open(Chunks chunks, Hashes hashes = Hashes::all);
  static base::Result<ManifestReader> open(std::string text);

  const ManifestHeader& header() const { return header_; }
  base::Result<std::optional<ManifestRecord>> next();
  // The next record as it stands, with LF, of which only the id is looked at: for who passes most
  // of them on. Code::invalid if the line does not begin as a record does.
  struct Line {
    corpus::DocumentId id;
    std::string_view text;  // until the next call
  };
  base::Result<std::optional<Line>> next_line();
  // The file's digest and its other hashes, once next() has given nothing.
  base::Result<base::ContentHashes> finish();

 private:
  ManifestReader(Chunks chunks, Hashes hashes) : chunks_(std::move(chunks)), hashes_(hashes) {}
  base::Result<std::optional<std::string_view>> next_text();
  base::Error out_of_order() const;

  Chunks chunks_;
  Hashes hashes_;
  std::string buffer_;
  size_t start_ = 0;
  uint32_t line_ = 0;
  bool ended_ = false;
  base::ContentHasher hasher_;
  ManifestHeader header_;
  std::string previous_;
};

}  // namespace dataset
