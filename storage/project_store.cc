// Projects, roles, and who has access to what: a part of UserStore.
#include "base/random.h"
#include "corpus/ids.h"
#include "storage/detail/account_rows.h"
#include "storage/user_store.h"

namespace storage {
namespace {

std::string select_projects(std::string_view rest) {
  return "SELECT " + std::string(kProjectColumns) + " FROM " + std::string(kProjectTables) + " " +
         std::string(rest);
}

Result<std::vector<Project>> projects_from(const Rows& rows) {
  std::vector<Project> projects;
  for (const Row& row : rows) projects.push_back(TRY(project_of(row)));
  return projects;
}

Result<std::vector<corpus::Role>> roles_from(const Rows& rows) {
  std::vector<corpus::Role> roles;
  for (const Row& row : rows) {
    // A role that this version does not know grants nothing.
    if (const auto role = corpus::parse_role(row.text(0))) roles.push_back(*role);
  }
  return roles;
}

std::optional<corpus::Role> first_of(const std::vector<corpus::Role>& roles) {
  if (roles.empty()) return std::nullopt;
  return roles.front();
}

std::vector<Member> members_from(const Rows& rows) {
  std::vector<Member> members;
  for (const Row& row : rows) {
    const auto role = corpus::parse_role(row.text(3));
    if (!role) continue;
    members.push_back({row.id<UserId>(0), row.text(1), row.text(2), *role, row.flag(4)});
  }
  return members;
}

constexpr const char* kSelectMembers =
    "SELECT u.id, u.name, (SELECT address FROM user_addresses WHERE user_id = u.id"
    " ORDER BY position LIMIT 1), m.role, ";

}  // namespace

Result<Project> UserStore::create_project(const NewProject& project, base::Milliseconds now) {
  const std::string slug = TRY(corpus::parse_slug(project.slug));
  TRY(find_organisation(project.organisation));
  if (TRY(tx_.query_first("SELECT 1 FROM projects WHERE organisation_id = ? AND slug = ?",
                          {project.organisation, slug}))) {
    return base::Error{base::Code::conflict, "the project \"" + slug + "\" exists already"};
  }
  const Rows rows = TRY(tx_.query(
      "INSERT INTO projects (organisation_id, slug, ulid, name, policy, settings, created_at)"
      " VALUES (?, ?, ?, ?, ?, ?, ?) RETURNING id",
      {project.organisation, slug, base::new_ulid(), project.name.empty() ? slug : project.name,
       corpus::to_json(project.policy).print(), project.settings.print(), now}));
  return find_project(rows.front().id<ProjectId>(0));
}

Result<Project> UserStore::find_project(std::string_view organisation, std::string_view slug) {
  const auto row = TRY(
      tx_.query_first(select_projects("WHERE o.slug = ? AND p.slug = ?"), {organisation, slug}));
  if (!row) return missing("project");
  return project_of(*row);
}

Result<Project> UserStore::find_project(ProjectId id) {
  const auto row = TRY(tx_.query_first(select_projects("WHERE p.id = ?"), {id}));
  if (!row) return missing("project");
  return project_of(*row);
}

Result<std::vector<Project>> UserStore::projects() {
  return projects_from(TRY(tx_.query(select_projects("ORDER BY o.slug, p.slug"))));
}

Result<std::vector<Project>> UserStore::projects_of(const Principal& principal) {
  return projects_from(TRY(tx_.query(
      select_projects(
          "WHERE (p.id IN (SELECT project_id FROM project_members WHERE user_id = ?)"
          " OR o.id IN (SELECT organisation_id FROM organisation_members WHERE user_id = ?))"
          " AND (? IS NULL OR p.id = ?) ORDER BY o.slug, p.slug"),
      {principal.user.id, principal.user.id, principal.only_project, principal.only_project})));
}

Result<void> UserStore::set_policy(ProjectId project, const corpus::ProjectPolicy& policy) {
  return require_row(TRY(tx_.execute("UPDATE projects SET policy = ? WHERE id = ?",
                                     {corpus::to_json(policy).print(), project})),
                     "project");
}

Result<void> UserStore::set_settings(ProjectId project, const base::Json& settings) {
  return require_row(TRY(tx_.execute("UPDATE projects SET settings = ? WHERE id = ?",
                                     {settings.print(), project})),
                     "project");
}

Result<void> UserStore::set_role(ProjectId project, UserId user, corpus::Role role) {
  TRY(
      tx_.execute("INSERT INTO project_members (project_id, user_id, role) VALUES (?, ?, ?)"
                  " ON CONFLICT (project_id, user_id) DO UPDATE SET role = excluded.role",
                  {project, user, corpus::name_of(role)}));
  return {};
}

Result<void> UserStore::set_role(OrganisationId organisation, UserId user, corpus::Role role) {
  TRY(tx_.execute(
      "INSERT INTO organisation_members (organisation_id, user_id, role) VALUES (?, ?, ?)"
      " ON CONFLICT (organisation_id, user_id) DO UPDATE SET role = excluded.role",
      {organisation, user, corpus::name_of(role)}));
  return {};
}

Result<void> UserStore::remove_role(ProjectId project, UserId user) {
  TRY(require_row(
      TRY(tx_.execute("DELETE FROM project_members WHERE project_id = ? AND user_id = ?",
                      {project, user})),
      "member"));
  TRY(tx_.execute("DELETE FROM tokens WHERE project_id = ? AND user_id = ?", {project, user}));
  return end_access_of_strangers(user);
}

Result<void> UserStore::remove_role(OrganisationId organisation, UserId user) {
  TRY(require_row(
      TRY(tx_.execute("DELETE FROM organisation_members WHERE organisation_id = ? AND user_id = ?",
                      {organisation, user})),
      "member"));
  return end_access_of_strangers(user);
}

// Who has no role left anywhere has nothing to sign in for; a later role must not wake old tokens.
Result<void> UserStore::end_access_of_strangers(UserId user) {
  const auto left =
      TRY(tx_.query_first("SELECT 1 FROM project_members WHERE user_id = ?"
                          " UNION ALL SELECT 1 FROM organisation_members WHERE user_id = ?"
                          " UNION ALL SELECT 1 FROM users WHERE id = ? AND owns_server = 1",
                          {user, user, user}));
  return left ? Result<void>() : end_access(user);
}

Result<std::optional<corpus::Role>> UserStore::role_in(ProjectId project, UserId user) {
  return first_of(TRY(roles_from(TRY(tx_.query(
      "SELECT role FROM project_members WHERE project_id = ? AND user_id = ?", {project, user})))));
}

Result<std::optional<corpus::Role>> UserStore::role_in(OrganisationId organisation, UserId user) {
  return first_of(TRY(roles_of(user, organisation)));
}

Result<bool> UserStore::belongs_to(OrganisationId organisation, UserId user) {
  const auto row = TRY(tx_.query_first(
      "SELECT 1 FROM organisation_members WHERE organisation_id = ? AND user_id = ?"
      " UNION ALL SELECT 1 FROM project_members m JOIN projects p ON p.id = m.project_id"
      " WHERE p.organisation_id = ? AND m.user_id = ?",
      {organisation, user, organisation, user}));
  return row.has_value();
}

Result<std::vector<Member>> UserStore::members(ProjectId project) {
  std::vector<Member> members = members_from(TRY(tx_.query(
      kSelectMembers + std::string("0 FROM project_members m JOIN users u ON u.id = m.user_id"
                                   " WHERE m.project_id = ? ORDER BY u.name, u.id"),
      {project})));
  const std::vector<Member> others = members_from(TRY(tx_.query(
      kSelectMembers + std::string("1 FROM organisation_members m JOIN users u ON u.id = m.user_id"
                                   " WHERE m.organisation_id ="
                                   " (SELECT organisation_id FROM projects WHERE id = ?)"
                                   " ORDER BY u.name, u.id"),
      {project})));
  members.insert(members.end(), others.begin(), others.end());
  return members;
}

Result<std::vector<Member>> UserStore::members(OrganisationId organisation) {
  return members_from(TRY(tx_.query(
      kSelectMembers + std::string("1 FROM organisation_members m JOIN users u ON u.id = m.user_id"
                                   " WHERE m.organisation_id = ? ORDER BY u.name, u.id"),
      {organisation})));
}

Result<std::vector<corpus::Role>> UserStore::roles_of(UserId user, ProjectId project) {
  return roles_from(
      TRY(tx_.query("SELECT role FROM project_members WHERE project_id = ? AND user_id = ?"
                    " UNION ALL SELECT role FROM organisation_members WHERE organisation_id ="
                    " (SELECT organisation_id FROM projects WHERE id = ?) AND user_id = ?",
                    {project, user, project, user})));
}

Result<std::vector<corpus::Role>> UserStore::roles_of(UserId user, OrganisationId organisation) {
  return roles_from(TRY(
      tx_.query("SELECT role FROM organisation_members WHERE organisation_id = ? AND user_id = ?",
                {organisation, user})));
}

Result<Access> UserStore::access_to(const Principal& principal, std::string_view organisation,
                                    std::string_view project) {
  // The roles are looked up for a missing project too: the answer takes as long.
  auto found = find_project(organisation, project);
  if (!found.ok() && found.error().code != base::Code::not_found) return found.error();
  const ProjectId id = found.ok() ? found->id : ProjectId{-1};
  std::vector<corpus::Role> roles = TRY(roles_of(principal.user.id, id));
  const bool outside = principal.only_project && principal.only_project != id;
  if (!found.ok() || roles.empty() || outside) return missing("project");
  return Access{principal, std::move(found).value(), std::move(roles)};
}

Result<OrganisationAccess> UserStore::access_to(const Principal& principal,
                                                std::string_view organisation) {
  auto found = find_organisation(organisation);
  if (!found.ok() && found.error().code != base::Code::not_found) return found.error();
  const OrganisationId id = found.ok() ? found->id : OrganisationId{-1};
  std::vector<corpus::Role> roles = TRY(roles_of(principal.user.id, id));
  if (!found.ok() || roles.empty() || principal.only_project) return missing("organisation");
  return OrganisationAccess{principal, std::move(found).value(), std::move(roles)};
}

}  // namespace storage
