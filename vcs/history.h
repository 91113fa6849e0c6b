// Who changed what and when: the log of a path, and the blame of one value inside a file.
//
//   HistoryPage page = TRY(history_of(repository, {.start = tip, .path = "documents/0/1", .limit =
//   50})); if (page.next) ...  // pass it as the next query's `after`
//
// A path's log lists the commits that changed it against every parent, newest first; of a merge
// that took one side unchanged only that side is followed, as `git log -- path` does. Memory
// follows the commits walked, never the files. Safe from many threads as far as the reader is.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "vcs/commit.h"
#include "vcs/object_reader.h"

namespace vcs {

struct HistoryEntry {
  ObjectId id;
  Commit commit;
  bool operator==(const HistoryEntry&) const = default;
};

struct HistoryQuery {
  ObjectId start;                      // the newest commit to look at
  std::string path;                    // file or directory; "" is everything
  size_t limit = 50;                   // entries on one page
  size_t walk_limit = 100000;          // commits to look at for one page
  std::optional<ObjectId> after = {};  // the last page's `next`
};

struct HistoryPage {
  std::vector<HistoryEntry> entries;
  // Where the next page goes on; nothing at the end. A page that met the walk limit may hold fewer
  // entries than `limit`, even none, and have a next one.
  std::optional<ObjectId> next;
};

base::Result<HistoryPage> history_of(const ObjectReader& objects, const HistoryQuery& query);

// The value of one thing in a file's content, in any form that compares; nothing if it is not in
// it. An error means that the content cannot be read: such a revision counts as without the value.
using ExtractValue =
    std::function<base::Result<std::optional<std::string>>(std::string_view content)>;

// The commit that gave the value in `start`'s file its present form. Since values are compared, not
// lines, reformatting or sorting the file takes no authorship. Nothing if the value is not there.
base::Result<std::optional<HistoryEntry>> blame_value(const ObjectReader& objects,
                                                      const ObjectId& start, std::string_view path,
                                                      const ExtractValue& extract);

}  // namespace vcs
