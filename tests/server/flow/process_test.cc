#include "server/flow/process.h"

#include <gtest/gtest.h>

#include "base/clock.h"
#include "tests/server/flow/one_project.h"

namespace server {
namespace {

class AbandonedDocument : public OneProject {
 protected:
  // Each attempt's lease runs out without an answer.
  void use_up_attempts() {
    while (TAKE(services->jobs->lease(storage::Worker::here(), {}, 0))) {
      TAKE(services->jobs->reclaim_expired());
    }
  }
  storage::DocumentRow row() { return TAKE(find_document(*services, actor.project(), id)); }

  corpus::DocumentId id = upload("a.png");
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
