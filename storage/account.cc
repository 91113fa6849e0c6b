#include "storage/account.h"

#include <algorithm>

namespace storage {
namespace {

bool any_allows(const std::vector<corpus::Role>& roles, corpus::Permission permission,
                const corpus::ProjectPolicy& policy) {
  return std::any_of(roles.begin(), roles.end(),
                     [&](corpus::Role role) { return corpus::allows(role, permission, policy); });
}

}  // namespace

bool Principal::scope_allows(corpus::Permission permission) const {
  return !scopes || std::any_of(scopes->begin(), scopes->end(), [&](corpus::Permission held) {
    return corpus::includes(held, permission);
  });
}

bool Principal::allows_on_server(corpus::Permission permission) const {
  return user.owns_server && !only_project && scope_allows(permission);
}

bool Access::allows(corpus::Permission permission) const {
  return principal.scope_allows(permission) && any_allows(roles, permission, project.policy);
}

bool OrganisationAccess::allows(corpus::Permission permission) const {
  return principal.scope_allows(permission) && any_allows(roles, permission, {});
}

}  // namespace storage
