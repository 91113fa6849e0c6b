#include "server/flow/reread.h"

#include "storage/reading_table.h"
#include "tests/server/flow/one_project.h"

namespace server {
namespace {

using Rereading = OneProject;

TEST_F(Rereading, LeavesWhatSomebodyBeganToReadBlindSinceItWasQueued) {
  const corpus::DocumentId id = upload("a.png");
  bring_in_as_read(id);
  const auto project = TAKE(services->catalog->open(actor.project()));
  ASSERT_OK(queue_rereading(*services, actor, id));
  const vcs::ObjectId before = TAKE(project->tip_id());
  TAKE(services->database->write([&](storage::Transaction& tx) {
    return storage::ReadingTable(tx).take({actor.project().id, id}, actor.user(), 2, 1);
  }));
  const auto read = reread_document(
      *services, actor.project(), id, {.always = true, .next_word = 1}, [] { return false; },
      [] {});
  ASSERT_FALSE(read.ok());
  EXPECT_EQ(read.error().code, base::Code::invalid);
  EXPECT_EQ(read.error().what, "read_blind: people read it blind just now");
  EXPECT_EQ(TAKE(project->tip_id()), before);
}

}  // namespace
}  // namespace server
