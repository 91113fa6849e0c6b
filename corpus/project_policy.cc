#include "corpus/project_policy.h"

#include <array>
#include <string>

namespace corpus {
namespace {

using base::Code;
using base::Error;
using base::Json;
using base::Result;

constexpr std::string_view kPushBehind = "push_behind";
constexpr std::string_view kReadings = "readings";

constexpr std::array<PolicyFlag, 4> kFlags = {{
    {"annotators_may_clone", &ProjectPolicy::annotators_may_clone},
    {"import_foreign_authors", &ProjectPolicy::import_foreign_authors},
    {"self_review", &ProjectPolicy::self_review},
    {"proposals_only", &ProjectPolicy::proposals_only},
}};

Result<void> change(ProjectPolicy& policy, std::string_view key, const Json& value) {
  if (key == kPushBehind) {
    const std::string* name = value.as_string();
    const auto choice = name == nullptr ? std::nullopt : parse_push_behind(*name);
    if (!choice) {
      return Error{Code::invalid, "push_behind is merge, rebase or refuse", value.at()};
    }
    policy.push_behind = *choice;
    return {};
  }
  if (key == kReadings) {
    const int64_t* number = value.as_integer();
    if (number == nullptr || *number < 1 || *number > 2) {
      return Error{Code::invalid, "readings is 1 or 2", value.at()};
    }
    policy.readings = *number;
    return {};
  }
  for (const PolicyFlag& flag : kFlags) {
    if (flag.key != key) continue;
    const bool* on = value.as_boolean();
    if (on == nullptr) {
      return Error{Code::invalid, std::string(key) + " is true or false", value.at()};
    }
    policy.*flag.member = *on;
    return {};
  }
  return Error{Code::invalid, "there is no policy of this name", value.at()};
}

}  // namespace

std::string_view name_of(PushBehind choice) {
  switch (choice) {
    case PushBehind::merge:
      return "merge";
    case PushBehind::rebase:
      return "rebase";
    case PushBehind::refuse:
      return "refuse";
  }
  return "refuse";
}

std::optional<PushBehind> parse_push_behind(std::string_view name) {
  for (const PushBehind choice : {PushBehind::merge, PushBehind::rebase, PushBehind::refuse}) {
    if (name == name_of(choice)) return choice;
  }
  return std::nullopt;
}

std::span<const PolicyFlag> policy_flags() {
  return kFlags;
}

Json to_json(const ProjectPolicy& policy) {
  Json out = Json::object();
  for (const auto& [key, member] : kFlags) out.set(std::string(key), policy.*member);
  out.set(std::string(kPushBehind), name_of(policy.push_behind));
  out.set(std::string(kReadings), policy.readings);
  return out;
}

Result<ProjectPolicy> changed_policy(ProjectPolicy policy, const Json& changes) {
  const Json::Object* members = changes.as_object();
  if (members == nullptr) return Error{Code::invalid, "a policy is an object", changes.at()};
  for (const Json::Member& member : *members) TRY(change(policy, member.key, member.value));
  return policy;
}

}  // namespace corpus
