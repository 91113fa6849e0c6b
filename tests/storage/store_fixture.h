// A fresh database with one organisation, one project and one user, in a directory of its own.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "storage/user_store.h"
#include "tests/support/result_matchers.h"

namespace storage {

inline constexpr base::Milliseconds kNow = 1'750'000'000'000;

class StoreTest : public testing::Test {
 protected:
  StoreTest() {
    db = TAKE(open_sqlite(dir.path() / "glossator.db"));
    TAKE(db->write([&](Transaction& tx) -> Result<void> {
      UserStore users(tx);
      organisation = TRY(users.create_organisation("acme", "Acme", kNow));
      project =
          TRY(users.create_project({.organisation = organisation.id, .slug = "claims"}, kNow));
      user = TRY(users.create_user({.name = "Ada", .addresses = {"ada@acme.example"}}, kNow));
      return {};
    }));
  }

  template <typename Action>
  auto write(Action action) {
    return db->write(action);
  }
  template <typename Action>
  auto read(Action action) {
    return db->read(action);
  }

  // A second project of the same organisation.
  Project other_project(const std::string& slug = "letters") {
    return TAKE(write([&](Transaction& tx) {
      return UserStore(tx).create_project({.organisation = organisation.id, .slug = slug}, kNow);
    }));
  }
  User other_user(const std::string& name = "Bob") {
    return TAKE(write([&](Transaction& tx) {
      return UserStore(tx).create_user({.name = name, .addresses = {name + "@acme.example"}}, kNow);
    }));
  }
  base::TempDir dir = TAKE(base::TempDir::create());
  std::unique_ptr<Database> db;
  Organisation organisation;
  Project project;
  User user;
};

}  // namespace storage
