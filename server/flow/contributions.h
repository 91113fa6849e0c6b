// Who labelled what between two revisions: for changelogs, and for the diff of two releases.
//
//   for (const auto& [mail, work] : TRY(contributions_between(project, before, after))) ...
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "server/flow/services.h"

namespace server {

struct Contribution {
  uint64_t commits = 0;
  uint64_t added = 0;  // annotations
  uint64_t changed = 0;
  uint64_t removed = 0;
  uint64_t total() const { return added + changed + removed; }
  bool operator==(const Contribution&) const = default;
};

// By the address of each commit's author; commits that changed no annotation do not count, nor do
// merges, whose sides do. The cost follows the commits between the two: Code::limit beyond so many.
inline constexpr size_t kMostCommitsLookedAt = 10'000;
Result<std::map<std::string, Contribution>> contributions_between(const OpenProject& project,
                                                                  const vcs::ObjectId& before,
                                                                  const vcs::ObjectId& after);

}  // namespace server
