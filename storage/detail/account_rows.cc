#include "storage/detail/account_rows.h"

#include "base/text.h"

namespace storage {
namespace {

// A member that this version does not know is left at its default.
corpus::ProjectPolicy policy_of(const base::Json& json) {
  corpus::ProjectPolicy policy;
  const base::Json::Object* members = json.as_object();
  if (members == nullptr) return policy;
  for (const base::Json::Member& member : *members) {
    const auto changed =
        corpus::changed_policy(policy, base::Json::object({{member.key, member.value}}));
    if (changed.ok()) policy = *changed;
  }
  return policy;
}

}  // namespace

std::string folded_address(std::string_view address) {
  return base::fold_for_search(base::trim(address));
}

User user_of(const Row& row, size_t first) {
  User user;
  user.id = row.id<UserId>(first);
  user.name = row.text(first + 1);
  user.disabled = row.flag(first + 2);
  user.has_password = row.flag(first + 3);
  user.created_at = row.integer(first + 4);
  user.owns_server = row.flag(first + 5);
  return user;
}

Result<std::vector<std::string>> addresses_of(Transaction& tx, UserId user) {
  std::vector<std::string> addresses;
  for (const Row& row : TRY(tx.query(
           "SELECT address FROM user_addresses WHERE user_id = ? ORDER BY position", {user}))) {
    addresses.push_back(row.text(0));
  }
  return addresses;
}

Result<Project> project_of(const Row& row) {
  Project project;
  project.id = row.id<ProjectId>(0);
  project.organisation = row.id<OrganisationId>(1);
  project.organisation_slug = row.text(2);
  project.slug = row.text(3);
  project.ulid = row.text(4);
  project.name = row.text(5);
  project.policy = policy_of(TRY(base::parse_json(row.text(6))));
  project.settings = TRY(base::parse_json(row.text(7)));
  project.created_at = row.integer(8);
  return project;
}

Value scopes_value(const std::optional<std::vector<corpus::Permission>>& scopes) {
  if (!scopes) return {};
  std::vector<std::string> names;
  for (const corpus::Permission scope : *scopes) names.emplace_back(corpus::name_of(scope));
  return base::join(names, " ");
}

std::optional<std::vector<corpus::Permission>> scopes_of(const Row& row, size_t column) {
  if (row.is_null(column)) return std::nullopt;
  std::vector<corpus::Permission> scopes;
  for (const std::string_view name : base::split(row.text(column), ' ')) {
    // A name that this version does not know grants nothing.
    if (const auto permission = corpus::parse_permission(name)) scopes.push_back(*permission);
  }
  return scopes;
}

}  // namespace storage
