#include "storage/user_store.h"

#include "base/secret.h"
#include "tests/storage/store_fixture.h"

namespace storage {
namespace {

using base::Code;
using corpus::Permission;
using corpus::Role;

class UserStoreTest : public StoreTest {
 protected:
  template <typename Action>
  auto with_store(Action action) {
    return db->write([&](Transaction& tx) {
      UserStore users(tx);
      return action(users);
    });
  }
  Principal principal_of(const User& who) {
    Principal principal;
    principal.user = who;
    return principal;
  }
  void grant(Role role) {
    TAKE(with_store([&](UserStore& s) { return s.set_role(project.id, user.id, role); }));
  }
  Result<Access> access(const Principal& who, const char* org = "acme",
                        const char* name = "claims") {
    return with_store([&](UserStore& s) { return s.access_to(who, org, name); });
  }
};

TEST_F(UserStoreTest, FindsWhatItCreated) {
  EXPECT_EQ(TAKE(with_store([&](UserStore& s) { return s.find_user(user.id); })), user);
  EXPECT_EQ(TAKE(with_store([&](UserStore& s) { return s.find_project("acme", "claims"); })),
            project);
  EXPECT_EQ(TAKE(with_store([&](UserStore& s) { return s.find_organisation("acme"); })),
            organisation);
  EXPECT_EQ(user.addresses, std::vector<std::string>{"ada@acme.example"});
  EXPECT_EQ(project.ulid.size(), 26u);
  EXPECT_EQ(project.path(), "acme/claims");
}

TEST_F(UserStoreTest, RefusesTakenNames) {
  EXPECT_EQ(test::code_of(
                with_store([](UserStore& s) { return s.create_organisation("acme", "", kNow); })),
            Code::conflict);
  EXPECT_EQ(test::code_of(with_store([&](UserStore& s) {
              return s.create_project({.organisation = organisation.id, .slug = "claims"}, kNow);
            })),
            Code::conflict);
  EXPECT_EQ(test::code_of(with_store([](UserStore& s) {
              return s.create_user({.name = "Eve", .addresses = {"ADA@acme.example"}}, kNow);
            })),
            Code::conflict);
}

TEST_F(UserStoreTest, RefusesNamesThatGitCannotCarry) {
  for (const char* name : {"", "A <b>", "a\nb"}) {
    EXPECT_EQ(test::code_of(with_store([&](UserStore& s) {
                return s.create_user({.name = name, .addresses = {"x@y"}}, kNow);
              })),
              Code::invalid);
  }
  for (const char* address : {"", "x", "@x", "x@", "a b@c", "<a@b>"}) {
    EXPECT_EQ(test::code_of(with_store([&](UserStore& s) {
                return s.create_user({.name = "X", .addresses = {address}}, kNow);
              })),
              Code::invalid);
  }
}

TEST_F(UserStoreTest, FindsAUserByAnyAddress) {
  TAKE(with_store([&](UserStore& s) { return s.add_address(user.id, "Ada@Home.example"); }));
  const User found =
      TAKE(with_store([](UserStore& s) { return s.find_user_by_address(" ada@home.EXAMPLE"); }));
  EXPECT_EQ(found.id, user.id);
  EXPECT_EQ(found.addresses, (std::vector<std::string>{"ada@acme.example", "Ada@Home.example"}));
}

TEST_F(UserStoreTest, KeepsPolicyAndSettings) {
  const corpus::ProjectPolicy policy{.annotators_may_clone = true, .self_review = true};
  TAKE(with_store([&](UserStore& s) -> Result<void> {
    TRY(s.set_policy(project.id, policy));
    return s.set_settings(project.id, base::Json::object({{"profile", "fast"}}));
  }));
  const Project found = TAKE(with_store([&](UserStore& s) { return s.find_project(project.id); }));
  EXPECT_EQ(found.policy, policy);
  EXPECT_EQ(found.settings.string_or("profile", ""), "fast");
}

TEST_F(UserStoreTest, AStrangerSeesWhatAMissingProjectShows) {
  const auto stranger = access(principal_of(user));
  const auto missing = access(principal_of(user), "acme", "nothing");
  const auto nowhere = access(principal_of(user), "nowhere", "claims");
  EXPECT_EQ(test::code_of(stranger), Code::not_found);
  EXPECT_EQ(stranger.error().what, missing.error().what);
  EXPECT_EQ(stranger.error().what, nowhere.error().what);
}

TEST_F(UserStoreTest, ARoleAllowsWhatItHolds) {
  grant(Role::annotator);
  const Access granted = TAKE(access(principal_of(user)));
  EXPECT_EQ(granted.roles, std::vector<Role>{Role::annotator});
  EXPECT_TRUE(granted.allows(Permission::annotation_write));
  EXPECT_FALSE(granted.allows(Permission::release_create));
}

TEST_F(UserStoreTest, ThePolicyWidensARole) {
  grant(Role::annotator);
  EXPECT_FALSE(TAKE(access(principal_of(user))).allows(Permission::repository_clone));
  TAKE(with_store(
      [&](UserStore& s) { return s.set_policy(project.id, {.annotators_may_clone = true}); }));
  EXPECT_TRUE(TAKE(access(principal_of(user))).allows(Permission::repository_clone));
}

TEST_F(UserStoreTest, AnOrganisationsRoleHoldsInItsProjects) {
  TAKE(with_store([&](UserStore& s) { return s.set_role(organisation.id, user.id, Role::owner); }));
  grant(Role::annotator);
  const Access granted = TAKE(access(principal_of(user)));
  EXPECT_EQ(granted.roles, (std::vector<Role>{Role::annotator, Role::owner}));
  EXPECT_TRUE(granted.allows(Permission::erase));
  TAKE(with_store([&](UserStore& s) { return s.remove_role(organisation.id, user.id); }));
  EXPECT_FALSE(TAKE(access(principal_of(user))).allows(Permission::erase));
}

TEST_F(UserStoreTest, SettingARoleReplacesIt) {
  grant(Role::annotator);
  grant(Role::reviewer);
  EXPECT_EQ(TAKE(access(principal_of(user))).roles, std::vector<Role>{Role::reviewer});
}

TEST_F(UserStoreTest, ListsMembers) {
  const User bob = other_user("Bob");
  grant(Role::annotator);
  TAKE(with_store([&](UserStore& s) { return s.set_role(organisation.id, bob.id, Role::admin); }));
  const auto members = TAKE(with_store([&](UserStore& s) { return s.members(project.id); }));
  const std::vector<Member> expected = {
      {user.id, "Ada", "ada@acme.example", Role::annotator, false},
      {bob.id, "Bob", "Bob@acme.example", Role::admin, true}};
  EXPECT_EQ(members, expected);
}

TEST_F(UserStoreTest, ListsTheProjectsOfAPrincipal) {
  const Project letters = other_project();
  EXPECT_TRUE(
      TAKE(with_store([&](UserStore& s) { return s.projects_of(principal_of(user)); })).empty());
  grant(Role::annotator);
  EXPECT_EQ(
      TAKE(with_store([&](UserStore& s) { return s.projects_of(principal_of(user)); })).size(), 1u);
  TAKE(with_store([&](UserStore& s) { return s.set_role(organisation.id, user.id, Role::admin); }));
  EXPECT_EQ(
      TAKE(with_store([&](UserStore& s) { return s.projects_of(principal_of(user)); })).size(), 2u);
  Principal limited = principal_of(user);
  limited.only_project = letters.id;
  const auto only = TAKE(with_store([&](UserStore& s) { return s.projects_of(limited); }));
  EXPECT_EQ(only, std::vector<Project>{letters});
}

class Tokens : public UserStoreTest {
 protected:
  MadeToken make(NewToken token = {}) {
    token.user = user.id;
    return TAKE(with_store([&](UserStore& s) { return s.create_token(token, kNow); }));
  }
  Result<Principal> authenticate(const std::string& secret, base::Milliseconds now = kNow) {
    return db->read([&](Transaction& tx) { return UserStore(tx).authenticate_token(secret, now); });
  }
};

TEST_F(Tokens, ProveTheirUser) {
  const MadeToken made = make({.name = "ci"});
  const Principal principal = TAKE(authenticate(made.secret));
  EXPECT_EQ(principal.user, user);
  EXPECT_EQ(principal.token, made.id);
  EXPECT_FALSE(principal.scopes);
}

TEST_F(Tokens, AreNotKept) {
  const MadeToken made = make();
  ASSERT_OK(db->copy_to(dir.path() / "copy.db"));
  const std::string bytes = TAKE(base::read_file(dir.path() / "copy.db"));
  EXPECT_EQ(bytes.find(made.secret), std::string::npos);
  EXPECT_EQ(bytes.find(made.secret.substr(12)), std::string::npos);
}

TEST_F(Tokens, EndAtTheirTime) {
  const MadeToken made = make({.expires_at = kNow + 10});
  EXPECT_OK(authenticate(made.secret, kNow + 9));
  EXPECT_EQ(test::code_of(authenticate(made.secret, kNow + 10)), Code::denied);
}

TEST_F(Tokens, EndWhenRevokedOrWhenTheUserIsDisabled) {
  const MadeToken first = make(), second = make();
  const User bob = other_user("Bob");
  EXPECT_EQ(
      test::code_of(with_store([&](UserStore& s) { return s.revoke_token(bob.id, first.id); })),
      Code::not_found);
  TAKE(with_store([&](UserStore& s) { return s.revoke_token(user.id, first.id); }));
  EXPECT_EQ(test::code_of(authenticate(first.secret)), Code::denied);
  TAKE(with_store([&](UserStore& s) { return s.set_disabled(user.id, true); }));
  EXPECT_EQ(authenticate(second.secret).error().what, authenticate("glo_nonsense").error().what);
}

TEST_F(Tokens, LimitWhatTheirUserMay) {
  grant(Role::annotator);
  const MadeToken made = make({.scopes = std::vector{Permission::document_read}});
  const Access limited = TAKE(access(TAKE(authenticate(made.secret))));
  EXPECT_TRUE(limited.allows(Permission::document_read));
  EXPECT_FALSE(limited.allows(Permission::annotation_write));
}

TEST_F(Tokens, AScopeGrantsNothingThatTheRoleLacks) {
  grant(Role::uploader);
  const MadeToken made = make({.scopes = std::vector{Permission::erase}});
  EXPECT_FALSE(TAKE(access(TAKE(authenticate(made.secret)))).allows(Permission::erase));
}

TEST_F(Tokens, AnEmptyListOfScopesGrantsNothing) {
  grant(Role::owner);
  const MadeToken made = make({.scopes = std::vector<Permission>{}});
  const Access none = TAKE(access(TAKE(authenticate(made.secret))));
  for (const Permission permission : corpus::all_permissions())
    EXPECT_FALSE(none.allows(permission));
}

TEST_F(Tokens, OfOneProjectSeeNoOther) {
  const Project letters = other_project();
  TAKE(with_store([&](UserStore& s) { return s.set_role(organisation.id, user.id, Role::owner); }));
  const Principal limited = TAKE(authenticate(make({.only_project = letters.id}).secret));
  EXPECT_OK(access(limited, "acme", "letters"));
  EXPECT_EQ(test::code_of(access(limited)), Code::not_found);
  EXPECT_EQ(test::code_of(with_store([&](UserStore& s) { return s.access_to(limited, "acme"); })),
            Code::not_found);
}

TEST_F(Tokens, NoteTheirUseToTheHour) {
  const MadeToken made = make();
  EXPECT_TRUE(TAKE(authenticate(made.secret)).token_use_unrecorded);
  TAKE(with_store([&](UserStore& s) { return s.note_token_use(made.id, kNow); }));
  const Token token = TAKE(with_store([&](UserStore& s) { return s.tokens(user.id); })).front();
  EXPECT_EQ(token.last_used_at, kNow - kNow % 3'600'000);
  EXPECT_EQ(token.prefix, made.secret.substr(0, 9));
  EXPECT_FALSE(TAKE(authenticate(made.secret, token.last_used_at + 1)).token_use_unrecorded);
}

class Sessions : public UserStoreTest {
 protected:
  MadeSession begin() {
    return TAKE(with_store([&](UserStore& s) { return s.create_session(user.id, kNow, 1000); }));
  }
  Result<Principal> authenticate(const std::string& cookie, base::Milliseconds now = kNow) {
    return db->read(
        [&](Transaction& tx) { return UserStore(tx).authenticate_session(cookie, now); });
  }
};

TEST_F(Sessions, ProveTheirUser) {
  const MadeSession made = begin();
  const Principal principal = TAKE(authenticate(made.cookie));
  EXPECT_EQ(principal.user, user);
  EXPECT_EQ(principal.csrf, made.csrf);
  EXPECT_FALSE(principal.token);
}

TEST_F(Sessions, EndAtTheirTimeOrWhenTold) {
  const MadeSession first = begin(), second = begin();
  EXPECT_EQ(test::code_of(authenticate(first.cookie, kNow + 1000)), Code::denied);
  TAKE(with_store([&](UserStore& s) { return s.end_session(first.cookie); }));
  EXPECT_EQ(test::code_of(authenticate(first.cookie)), Code::denied);
  EXPECT_OK(authenticate(second.cookie));
  EXPECT_EQ(TAKE(with_store([](UserStore& s) { return s.forget_expired_sessions(kNow + 1000); })),
            1);
}

TEST_F(Sessions, EndWhenThePasswordChanges) {
  const MadeSession made = begin();
  TAKE(with_store([&](UserStore& s) { return s.set_password_hash(user.id, "x"); }));
  EXPECT_EQ(test::code_of(authenticate(made.cookie)), Code::denied);
}

TEST_F(UserStoreTest, APasswordProvesItsUser) {
  const std::string hash = TAKE(base::hash_password("correct horse"));
  TAKE(with_store([&](UserStore& s) { return s.set_password_hash(user.id, hash); }));
  EXPECT_EQ(TAKE(authenticate_password(*db, "ada@acme.example", "correct horse")).id, user.id);
  const auto wrong = authenticate_password(*db, "ada@acme.example", "wrong");
  const auto unknown = authenticate_password(*db, "nobody@acme.example", "wrong");
  EXPECT_EQ(test::code_of(wrong), Code::denied);
  EXPECT_EQ(wrong.error().what, unknown.error().what);
}

TEST_F(UserStoreTest, WithoutAPasswordNobodyLogsIn) {
  EXPECT_EQ(test::code_of(authenticate_password(*db, "ada@acme.example", "")), Code::denied);
}

TEST_F(UserStoreTest, ANewPasswordHasAtLeastTenCharacters) {
  EXPECT_EQ(test::code_of(hash_new_password("123456789")), Code::invalid);
  EXPECT_OK(hash_new_password("1234567890"));
}

TEST_F(UserStoreTest, TheServersOwnersAreNoRole) {
  grant(Role::owner);
  EXPECT_FALSE(principal_of(user).allows_on_server(Permission::operate));
  TAKE(with_store([&](UserStore& s) { return s.set_server_owner(user.id, true); }));
  Principal owner =
      principal_of(TAKE(with_store([&](UserStore& s) { return s.find_user(user.id); })));
  EXPECT_TRUE(owner.allows_on_server(Permission::operate));
  owner.scopes = std::vector{Permission::document_read};
  EXPECT_FALSE(owner.allows_on_server(Permission::operate));
}

TEST_F(UserStoreTest, BelongsToTheOrganisationOfItsProjects) {
  const auto belongs = [&] {
    return TAKE(with_store([&](UserStore& s) { return s.belongs_to(organisation.id, user.id); }));
  };
  EXPECT_FALSE(belongs());
  grant(Role::annotator);
  EXPECT_TRUE(belongs());
  EXPECT_EQ(TAKE(with_store([&](UserStore& s) { return s.role_in(project.id, user.id); })),
            Role::annotator);
}

TEST_F(Tokens, EndWithTheLastRole) {
  const Project letters = other_project();
  grant(Role::annotator);
  TAKE(with_store([&](UserStore& s) { return s.set_role(letters.id, user.id, Role::annotator); }));
  const MadeToken anywhere = make(), there = make({.only_project = letters.id});
  TAKE(with_store([&](UserStore& s) { return s.remove_role(letters.id, user.id); }));
  EXPECT_EQ(test::code_of(authenticate(there.secret)), Code::denied);
  EXPECT_OK(authenticate(anywhere.secret));
  TAKE(with_store([&](UserStore& s) { return s.remove_role(project.id, user.id); }));
  EXPECT_EQ(test::code_of(authenticate(anywhere.secret)), Code::denied);
  EXPECT_EQ(
      test::code_of(with_store([&](UserStore& s) { return s.remove_role(project.id, user.id); })),
      Code::not_found);
}

TEST_F(UserStoreTest, ALinkWorksOnce) {
  const base::Json payload = base::Json::object({{"role", "owner"}});
  const std::string secret =
      TAKE(with_store([&](UserStore& s) { return s.create_link("owner", payload, kNow + 10); }));
  const auto redeem = [&](const char* purpose, base::Milliseconds now) {
    return with_store([&](UserStore& s) { return s.redeem_link(secret, purpose, now); });
  };
  EXPECT_EQ(test::code_of(redeem("reset", kNow)), Code::denied);
  EXPECT_EQ(test::code_of(redeem("owner", kNow + 10)), Code::denied);
  EXPECT_EQ(TAKE(redeem("owner", kNow)), payload);
  EXPECT_EQ(test::code_of(redeem("owner", kNow)), Code::denied);
}

}  // namespace
}  // namespace storage
