// What lies between two releases, and the version that follows from it.
//
//   const ReleaseChange change = TRY(compare_releases(before.next, after));
//   header.version = next_version(before_version, change);
//   tag_message += describe(change);
//
// Compares record by record in one pass over both; neither lies in memory. Pure.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "corpus/ids.h"
#include "corpus/schema.h"
#include "dataset/manifest.h"

namespace dataset {

enum class Bump { none, patch, minor, major };  // none: there was no release before
const char* name_of(Bump bump);

// Whether a model that trains on it sees the same: bytes, words, annotations and part.
bool is_unchanged(const ManifestRecord& before, const ManifestRecord& after);

// Looks records of a release up in an older one, both in ascending order of id, in one pass.
class EarlierRecords {
 public:
  explicit EarlierRecords(NextRecord records) : records_(std::move(records)) {}
  // The older record of that document, or null. Ids must ascend from call to call; what it points
  // to stands until the next call.
  base::Result<const ManifestRecord*> find(const corpus::DocumentId& id);
  // Whether the older release has it already, unchanged.
  base::Result<bool> has(const ManifestRecord& record);

 private:
  NextRecord records_;
  std::optional<ManifestRecord> current_;
  bool started_ = false;
};

// What lies between two releases, record by record.
struct ReleaseChange {
  Bump bump = Bump::none;
  uint64_t added = 0;
  uint64_t removed = 0;
  uint64_t changed = 0;                      // bytes, words or annotations
  uint64_t moved = 0;                        // to another part, otherwise equal
  uint64_t unchanged = 0;                    // state, licence and groups do not count
  std::map<std::string, int64_t> labels;     // label -> annotations more or fewer, without zeros
  std::vector<corpus::DocumentId> examples;  // changed, removed or moved; at most 20
  bool operator==(const ReleaseChange&) const = default;
};

enum class RecordChange { added, removed, changed, moved };
std::string_view name_of(RecordChange change);
// Told of each record that is not the same, in order of id; before or after is null where it was
// not there. A record that was changed and moved is changed.
using TakeChange = std::function<base::Result<void>(RecordChange, const ManifestRecord* before,
                                                    const ManifestRecord* after)>;

// Without a release before, `before` is an empty function; `take` may be empty too.
base::Result<ReleaseChange> compare_releases(const NextRecord& before, const NextRecord& after,
                                             const TakeChange& take = {});
// patch: the same records; minor: only added ones; major: anything else. First release: 1.0.0.
Version next_version(const std::optional<Version>& before, const ReleaseChange& change);
// A few lines for the tag's message and the changelog.
std::string describe(const ReleaseChange& change);
// "schema: added iban; removed fax", or "schema: changed" where names stayed; empty: the same.
std::string describe_schema_change(const corpus::Schema& before, const corpus::Schema& after);

}  // namespace dataset
