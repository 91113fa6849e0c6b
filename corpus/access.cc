#include "corpus/access.h"

#include <algorithm>
#include <array>

namespace corpus {
namespace {

using P = Permission;

template <typename Value>
struct Named {
  Value value;
  std::string_view name;
};

constexpr std::array<Named<Role>, 11> kRoleNames = {{
    {Role::owner, "owner"},
    {Role::admin, "admin"},
    {Role::manager, "manager"},
    {Role::reviewer, "reviewer"},
    {Role::annotator, "annotator"},
    {Role::scientist, "scientist"},
    {Role::uploader, "uploader"},
    {Role::trainer, "trainer"},
    {Role::predictor, "predictor"},
    {Role::model_operator, "model-operator"},
    {Role::auditor, "auditor"},
}};

constexpr std::array<Named<Permission>, 31> kPermissionNames = {{
    {P::document_upload, "document:upload"},
    {P::document_read_own, "document:read-own"},
    {P::document_read, "document:read"},
    {P::document_retry, "document:retry"},
    {P::annotation_write, "annotation:write"},
    {P::annotation_submit, "annotation:submit"},
    {P::review_write, "review:write"},
    {P::comment_write, "comment:write"},
    {P::proposal_write, "proposal:write"},
    {P::proposal_review, "proposal:review"},
    {P::schema_write, "schema:write"},
    {P::split_write, "split:write"},
    {P::release_create, "release:create"},
    {P::release_read, "release:read"},
    {P::export_read, "export:read"},
    {P::receipt_write, "receipt:write"},
    {P::repository_clone, "repository:clone"},
    {P::repository_push, "repository:push"},
    {P::data_push, "data:push"},
    {P::prediction_upload, "prediction:upload"},
    {P::model_write, "model:write"},
    {P::project_read, "project:read"},
    {P::project_create, "project:create"},
    {P::project_manage, "project:manage"},
    {P::member_manage, "member:manage"},
    {P::token_manage, "token:manage"},
    {P::user_manage, "user:manage"},
    {P::event_read, "event:read"},
    {P::audit_read, "audit:read"},
    {P::erase, "document:erase"},
    {P::operate, "server:operate"},
}};

constexpr std::array kManager = {
    P::document_read_own, P::document_read,   P::document_retry, P::comment_write,
    P::schema_write,      P::split_write,     P::release_read,   P::export_read,
    P::repository_clone,  P::repository_push, P::project_read,   P::project_manage,
    P::member_manage,     P::token_manage,    P::event_read,     P::proposal_write,
    P::proposal_review,
};
constexpr std::array kReviewer = {
    P::document_read_own, P::document_read, P::annotation_write, P::review_write,
    P::comment_write,     P::release_read,  P::repository_clone, P::repository_push,
    P::project_read,      P::token_manage,  P::event_read,       P::proposal_write,
    P::proposal_review,
};
constexpr std::array kAnnotator = {
    P::document_read_own, P::document_read, P::annotation_write,
    P::annotation_submit, P::comment_write, P::project_read,
    P::token_manage,      P::event_read,    P::proposal_write,
};
constexpr std::array kScientist = {
    P::document_read_own, P::document_read,  P::annotation_write, P::annotation_submit,
    P::comment_write,     P::schema_write,   P::split_write,      P::release_create,
    P::release_read,      P::export_read,    P::receipt_write,    P::repository_clone,
    P::repository_push,   P::data_push,      P::project_read,     P::token_manage,
    P::event_read,        P::proposal_write,
};
constexpr std::array kUploader = {P::document_upload, P::document_read_own};
constexpr std::array kTrainer = {P::release_read, P::export_read, P::receipt_write};
constexpr std::array kPredictor = {P::prediction_upload};
constexpr std::array kModelOperator = {P::model_write};
constexpr std::array kAuditor = {P::audit_read};

constexpr auto kRoles = [] {
  std::array<Role, kRoleNames.size()> out = {};
  for (size_t i = 0; i < out.size(); ++i) out[i] = kRoleNames[i].value;
  return out;
}();
constexpr auto kPermissions = [] {
  std::array<Permission, kPermissionNames.size()> out = {};
  for (size_t i = 0; i < out.size(); ++i) out[i] = kPermissionNames[i].value;
  return out;
}();

// Everything but the server's own operation: an organisation is a guest on the server.
constexpr auto kOrganisation = [] {
  std::array<Permission, kPermissions.size() - 1> out = {};
  std::copy_if(kPermissions.begin(), kPermissions.end(), out.begin(),
               [](Permission permission) { return permission != P::operate; });
  return out;
}();

std::span<const Permission> permissions_of(Role role) {
  switch (role) {
    case Role::owner:
    case Role::admin:
      return kOrganisation;
    case Role::manager:
      return kManager;
    case Role::reviewer:
      return kReviewer;
    case Role::annotator:
      return kAnnotator;
    case Role::scientist:
      return kScientist;
    case Role::uploader:
      return kUploader;
    case Role::trainer:
      return kTrainer;
    case Role::predictor:
      return kPredictor;
    case Role::model_operator:
      return kModelOperator;
    case Role::auditor:
      return kAuditor;
  }
  return {};
}

template <typename Value, size_t Count>
std::string_view find_name(const std::array<Named<Value>, Count>& names, Value value) {
  for (const auto& named : names) {
    if (named.value == value) return named.name;
  }
  return "unknown";
}

template <typename Value, size_t Count>
std::optional<Value> find_value(const std::array<Named<Value>, Count>& names,
                                std::string_view name) {
  for (const auto& named : names) {
    if (named.name == name) return named.value;
  }
  return std::nullopt;
}

}  // namespace

std::string_view name_of(Role role) {
  return find_name(kRoleNames, role);
}
std::string_view name_of(Permission permission) {
  return find_name(kPermissionNames, permission);
}
std::optional<Role> parse_role(std::string_view name) {
  return find_value(kRoleNames, name);
}
std::optional<Permission> parse_permission(std::string_view name) {
  return find_value(kPermissionNames, name);
}
std::span<const Role> all_roles() {
  return kRoles;
}
std::span<const Permission> all_permissions() {
  return kPermissions;
}

bool includes(Permission held, Permission wanted) {
  return held == wanted ||
         (held == Permission::document_read && wanted == Permission::document_read_own);
}

bool allows(Role role, Permission permission, const ProjectPolicy& policy) {
  const bool git = permission == P::repository_clone || permission == P::repository_push;
  if (role == Role::annotator && git) return policy.annotators_may_clone;
  const auto held = permissions_of(role);
  return std::find(held.begin(), held.end(), permission) != held.end();
}

}  // namespace corpus
