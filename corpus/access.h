// Roles and what they may do: the only such list. A role is a set of permissions, a permission is
// `resource:verb`, and `allows` is the one function that decides. Every route and every git
// operation names the permission that it needs.
#pragma once

#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "corpus/project_policy.h"

namespace corpus {

enum class Role {
  owner,           // everything in the organisation; not the server's own operation
  admin,           // its settings, users, projects, retention, erasure
  manager,         // a project's schema, guidelines, members, assignments, splits, policies
  reviewer,        // read, accept, reject, adjudicate, restore
  annotator,       // read, annotate, submit, propose; clone only where the project allows
  scientist,       // read, clone, push annotations, split, release, export, receipts
  uploader,        // upload, see the state of its own uploads; nothing else
  trainer,         // read releases and their bytes; write receipts
  predictor,       // upload with predictions; nothing else
  model_operator,  // register, promote, revert models
  auditor,         // read and export the audit log; no documents
};

enum class Permission {
  document_upload,    // document:upload
  document_read_own,  // document:read-own     the state of one's own uploads
  document_read,      // document:read
  document_retry,     // document:retry
  annotation_write,   // annotation:write
  annotation_submit,  // annotation:submit
  review_write,       // review:write          accept, reject
  comment_write,      // comment:write
  proposal_write,     // proposal:write        open proposals, see and close one's own
  proposal_review,    // proposal:review       see all, accept, turn down
  schema_write,       // schema:write          schema.json, guidelines/
  split_write,        // split:write
  release_create,     // release:create
  release_read,       // release:read
  export_read,        // export:read
  receipt_write,      // receipt:write
  repository_clone,   // repository:clone
  repository_push,    // repository:push
  data_push,          // data:push             upload objects to the DVC remote
  prediction_upload,  // prediction:upload
  model_write,        // model:write
  project_read,       // project:read          that it exists, its settings
  project_create,     // project:create
  project_manage,     // project:manage        policies
  member_manage,      // member:manage
  token_manage,       // token:manage          one's own tokens: everybody's; a scope of tokens
  user_manage,        // user:manage
  event_read,         // event:read
  audit_read,         // audit:read
  erase,              // document:erase
  operate,            // server:operate        metrics, any user: of no role, see storage/account.h
};

std::string_view name_of(Role role);
std::string_view name_of(Permission permission);
std::optional<Role> parse_role(std::string_view name);
std::optional<Permission> parse_permission(std::string_view name);
std::span<const Role> all_roles();
std::span<const Permission> all_permissions();

// Whether a token that is limited to `held` may do what `wanted` names: the same, or, where all
// documents may be read, one's own.
bool includes(Permission held, Permission wanted);

// Whether the role holds the permission under this policy.
bool allows(Role role, Permission permission, const ProjectPolicy& policy = {});

}  // namespace corpus
