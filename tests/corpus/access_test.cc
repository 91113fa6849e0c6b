#include "corpus/access.h"

#include <gtest/gtest.h>

#include <set>

namespace corpus {
namespace {

using P = Permission;

std::set<P> permissions_of(Role role, const ProjectPolicy& policy = {}) {
  std::set<P> out;
  for (const P permission : all_permissions()) {
    if (allows(role, permission, policy)) out.insert(permission);
  }
  return out;
}

TEST(Access, NamesReadBack) {
  for (const Role role : all_roles()) EXPECT_EQ(parse_role(name_of(role)), role);
  for (const P permission : all_permissions()) {
    EXPECT_EQ(parse_permission(name_of(permission)), permission);
  }
  EXPECT_EQ(all_roles().size(), 11u);
  EXPECT_EQ(all_permissions().size(), static_cast<size_t>(P::operate) + 1);
  EXPECT_FALSE(parse_role("root"));
}

TEST(Access, OwnersAndAdminsMayEverythingInTheirOrganisation) {
  EXPECT_EQ(permissions_of(Role::owner).size(), all_permissions().size() - 1);
  EXPECT_EQ(permissions_of(Role::admin).size(), all_permissions().size() - 1);
}

TEST(Access, MachinesMayOneThing) {
  EXPECT_EQ(permissions_of(Role::uploader), (std::set{P::document_upload, P::document_read_own}));
  EXPECT_EQ(permissions_of(Role::trainer),
            (std::set{P::release_read, P::export_read, P::receipt_write}));
  EXPECT_EQ(permissions_of(Role::predictor), (std::set{P::prediction_upload}));
  EXPECT_EQ(permissions_of(Role::model_operator), (std::set{P::model_write}));
}

TEST(Access, AuditorsSeeNoDocuments) {
  EXPECT_EQ(permissions_of(Role::auditor), (std::set{P::audit_read}));
}

TEST(Access, AnnotatorsCloneOnlyWhereTheProjectAllows) {
  EXPECT_FALSE(allows(Role::annotator, P::repository_clone));
  EXPECT_FALSE(allows(Role::annotator, P::repository_push));
  const ProjectPolicy open{.annotators_may_clone = true};
  EXPECT_TRUE(allows(Role::annotator, P::repository_clone, open));
  EXPECT_TRUE(allows(Role::annotator, P::repository_push, open));
  EXPECT_FALSE(allows(Role::uploader, P::repository_clone, open));
}

TEST(Access, JudgesAreReviewersOnly) {
  for (const Role role : all_roles()) {
    const bool judge = role == Role::reviewer || role == Role::owner || role == Role::admin;
    EXPECT_EQ(allows(role, P::review_write), judge) << name_of(role);
  }
}

TEST(Access, WhoLabelsMayProposeAndOthersDecide) {
  for (const Role role : {Role::annotator, Role::scientist}) {
    EXPECT_TRUE(allows(role, P::proposal_write)) << name_of(role);
    EXPECT_FALSE(allows(role, P::proposal_review)) << name_of(role);
  }
  for (const Role role : {Role::reviewer, Role::manager, Role::admin, Role::owner}) {
    EXPECT_TRUE(allows(role, P::proposal_review)) << name_of(role);
  }
}

TEST(Access, SchemaIsForManagersAndScientists) {
  for (const Role role : {Role::reviewer, Role::annotator, Role::uploader, Role::trainer}) {
    EXPECT_FALSE(allows(role, P::schema_write)) << name_of(role);
  }
  EXPECT_TRUE(allows(Role::manager, P::schema_write));
  EXPECT_TRUE(allows(Role::scientist, P::schema_write));
}

TEST(Access, NoRoleOperatesTheServer) {
  for (const Role role : all_roles()) EXPECT_FALSE(allows(role, P::operate)) << name_of(role);
}

TEST(Access, ErasureStaysWithTheOrganisation) {
  for (const Role role : all_roles()) {
    if (role == Role::owner || role == Role::admin) continue;
    for (const P permission : {P::erase, P::user_manage, P::project_create}) {
      EXPECT_FALSE(allows(role, permission)) << name_of(role) << " " << name_of(permission);
    }
  }
}

}  // namespace
}  // namespace corpus
