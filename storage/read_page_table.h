// Pages that are read while their document is not in git yet, and pages that were read before.
//
//   ReadPageTable table(tx);
//   TRY(table.add(project, document, pages));                   // as they are read
//   for (const ReadPage& page : TRY(table.list(project, document))) ...
//   TRY(table.remove(project, document));                       // it is in git, or has failed
//
// Views of one transaction, as all tables. What stands in them can be made again by reading.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/digest.h"
#include "corpus/ids.h"
#include "storage/database.h"

namespace storage {

struct ReadPage {
  corpus::PageNumber number = 0;
  std::string pipeline;  // how it was read; pages of another pipeline are of no use
  std::string entry;     // the page as in document.json (corpus::to_json)
  std::string words;     // its words file
  bool operator==(const ReadPage&) const = default;
};

class ReadPageTable {
 public:
  explicit ReadPageTable(Transaction& tx) : tx_(tx) {}

  // Pages that are there already are replaced.
  Result<void> add(ProjectId project, const corpus::DocumentId& document,
                   std::span<const ReadPage> pages);
  // Ascending.
  Result<std::vector<ReadPage>> list(ProjectId project, const corpus::DocumentId& document);
  // Without words, which may be large.
  Result<std::vector<std::string>> entries(ProjectId project, const corpus::DocumentId& document);
  Result<std::optional<ReadPage>> find(ProjectId project, const corpus::DocumentId& document,
                                       corpus::PageNumber number);
  Result<void> remove(ProjectId project, const corpus::DocumentId& document);
  // Those of documents that nobody reads any more: part of housekeeping.
  Result<int64_t> remove_left_over();

 private:
  Transaction& tx_;
};

// Earlier readings by what decided them. May forget anything at any time.
class PageCacheTable {
 public:
  explicit PageCacheTable(Transaction& tx) : tx_(tx) {}

  struct Entry {
    base::Sha256 digest;
    std::string entry;  // as in ReadPage
    std::string words;
    bool operator==(const Entry&) const = default;
  };

  Result<std::optional<Entry>> find(ProjectId project, const base::Sha256& digest);
  // Adds, or notes that they were used now.
  Result<void> keep(ProjectId project, std::span<const Entry> entries, base::Milliseconds now);
  // Forgets the longest unused beyond so many.
  Result<int64_t> shrink(int64_t most);

 private:
  Transaction& tx_;
};

}  // namespace storage
