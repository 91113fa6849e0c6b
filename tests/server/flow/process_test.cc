#include "server/flow/process.h"

#include <gtest/gtest.h>

#include "base/clock.h"
#include "server/flow/upload.h"
#include "storage/user_store.h"
#include "tests/support/result_matchers.h"

namespace server {
namespace {

// Enough of a PNG to be taken for one.
const std::string kPng = std::string("\x89PNG\r\n\x1a\n\0\0\0\rIHDR", 16) + std::string(100, '\0');

class AbandonedDocument : public testing::Test {
 protected:
  AbandonedDocument() {
    ServerConfig config;
    config.data = dir.path();
    services = TAKE(open_services(config, Readers::none));
    actor.access = TAKE(services->database->write(
        [](storage::Transaction& tx) { return add_world(storage::UserStore(tx)); }));
    Upload upload(*services, actor, {});
    MUST(upload.begin_file("a.png"));
    MUST(upload.write(kPng));
    MUST(upload.end_file());
    id = *TAKE(upload.finish()).at(0).id;
  }

  static Result<storage::Access> add_world(storage::UserStore users) {
    storage::Access access;
    const auto organisation = TRY(users.create_organisation("acme", "Acme", 1));
    access.project =
        TRY(users.create_project({.organisation = organisation.id, .slug = "claims"}, 1));
    access.project.organisation_slug = "acme";
    access.principal.user =
        TRY(users.create_user({.name = "Ada", .addresses = {"ada@acme.example"}}, 1));
    return access;
  }

  // Each attempt's lease runs out without an answer.
  void use_up_attempts() {
    while (TAKE(services->jobs->lease(storage::Worker::here(), {}, 0))) {
      TAKE(services->jobs->reclaim_expired());
    }
  }
  storage::DocumentRow row() { return TAKE(find_document(*services, actor.project(), id)); }

  base::TempDir dir = TAKE(base::TempDir::create());
  std::unique_ptr<Services> services;
  Actor actor;
  corpus::DocumentId id;
};

TEST_F(AbandonedDocument, IsLeftAloneWhileAttemptsAreLeft) {
  ASSERT_TRUE(TAKE(services->jobs->lease(storage::Worker::here(), {}, 0)));
  TAKE(services->jobs->reclaim_expired());
  ASSERT_OK(fail_abandoned(*services));
  EXPECT_EQ(row().state, storage::DocumentState::queued);
}

TEST_F(AbandonedDocument, FailsAfterTheLastAttempt) {
  use_up_attempts();
  ASSERT_OK(fail_abandoned(*services));
  EXPECT_EQ(row().state, storage::DocumentState::failed);
  EXPECT_EQ(row().failure_code, "server_failed");
}

TEST_F(AbandonedDocument, WaitsAgainOnceItIsRetried) {
  use_up_attempts();
  ASSERT_OK(fail_abandoned(*services));
  const base::Milliseconds failed_at = base::now_milliseconds();
  while (base::now_milliseconds() == failed_at) {
  }
  ASSERT_OK(retry_document(*services, actor, id, ""));
  ASSERT_OK(fail_abandoned(*services));
  EXPECT_EQ(row().state, storage::DocumentState::queued);
}

}  // namespace
}  // namespace server
