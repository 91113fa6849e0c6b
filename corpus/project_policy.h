// What a project's managers have decided: kept in the database, changed through the API.
//
//   ProjectPolicy policy = TRY(changed_policy(project.policy, request_body));
//   reply(to_json(policy));
//
// Plain values, safe from any thread. Code::invalid, with the place, for an unknown key or value.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "base/json.h"
#include "base/result.h"

namespace corpus {

// What becomes of a push to main that is based on an older commit than the newest.
enum class PushBehind {
  merge,   // the server merges it, by annotation id and field
  rebase,  // the server repeats its commits on top of main
  refuse,  // the pusher fetches, merges and pushes again, as with plain git
};
std::string_view name_of(PushBehind choice);
std::optional<PushBehind> parse_push_behind(std::string_view name);

struct ProjectPolicy {
  bool annotators_may_clone = false;
  bool import_foreign_authors = false;  // commits by addresses that are not the pusher's
  bool self_review = false;             // accepting one's own work
  bool proposals_only = false;          // nobody pushes to main, everybody to refs/for/main
  PushBehind push_behind = PushBehind::merge;
  int64_t readings = 1;  // 2: two people label each document, blind to each other; a third decides
  bool operator==(const ProjectPolicy&) const = default;
};

struct PolicyFlag {
  std::string_view key;
  bool ProjectPolicy::*member;
};
// The yes-or-no members.
std::span<const PolicyFlag> policy_flags();

base::Json to_json(const ProjectPolicy& policy);
// `policy` with those members changed that the object names.
base::Result<ProjectPolicy> changed_policy(ProjectPolicy policy, const base::Json& changes);

}  // namespace corpus
