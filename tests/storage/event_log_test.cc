#include "storage/event_log.h"

#include <thread>

#include "tests/storage/store_fixture.h"

namespace storage {
namespace {

class EventLogTest : public StoreTest {
 protected:
  int64_t append(const std::string& type, ProjectId where = {}) {
    return TAKE(write([&](Transaction& tx) {
      return log.append(tx, {.type = type, .project = where, .subject = "s"});
    }));
  }
  std::vector<int64_t> sequences(const EventQuery& query) {
    std::vector<int64_t> all;
    for (const Event& event : TAKE(log.read(query)).events) all.push_back(event.sequence);
    return all;
  }

  EventLog log{*db};
};

TEST_F(EventLogTest, GivesBackWhatWasAppended) {
  const base::Json data = base::Json::object({{"pages", 2}});
  TAKE(write([&](Transaction& tx) {
    return log.append(
        tx, {.type = "document.ready", .project = project.id, .subject = "d", .data = data});
  }));
  const Event event = TAKE(log.read({})).events.at(0);
  EXPECT_EQ(event.type, "document.ready");
  EXPECT_EQ(event.project, project.id);
  EXPECT_EQ(event.subject, "d");
  EXPECT_EQ(event.data, data);
  EXPECT_EQ(event.id.size(), 26u);
}

TEST_F(EventLogTest, ReadsOnFromACursor) {
  const int64_t first = append("a"), second = append("b"), third = append("c");
  EXPECT_EQ(sequences({.after = first}), (std::vector<int64_t>{second, third}));
  const EventBatch batch = TAKE(log.read({.limit = 2}));
  EXPECT_EQ(batch.cursor, second);
  EXPECT_EQ(TAKE(log.read({.after = third})).cursor, third);
}

TEST_F(EventLogTest, AnEventHappensOnlyWithTheRest) {
  (void)write([&](Transaction& tx) -> Result<void> {
    TRY(log.append(tx, {.type = "never"}));
    return base::Error{base::Code::denied, "no"};
  });
  EXPECT_TRUE(TAKE(log.read({})).events.empty());
}

TEST_F(EventLogTest, FiltersByProjectAndType) {
  const Project letters = other_project();
  const int64_t a = append("document.ready", project.id), b = append("job.failed", project.id),
                c = append("document.ready", letters.id);
  append("server.started");
  EXPECT_EQ(sequences({.projects = {project.id}}), (std::vector<int64_t>{a, b}));
  EXPECT_EQ(sequences({.projects = {project.id, letters.id}}), (std::vector<int64_t>{a, b, c}));
  EXPECT_EQ(sequences({.type_prefix = "document."}), (std::vector<int64_t>{a, c}));
}

TEST_F(EventLogTest, ACursorPassesWhatDidNotMatch) {
  append("x");
  const int64_t last = append("y");
  EXPECT_EQ(TAKE(log.read({.projects = {project.id}})).cursor, last);
}

TEST_F(EventLogTest, NumbersAreNotUsedAgain) {
  append("a");
  const int64_t last = append("b");
  EXPECT_EQ(TAKE(log.forget_before(base::now_milliseconds() + 1000)), 2);
  EXPECT_EQ(TAKE(log.last()), last);
  EXPECT_GT(append("c"), last);
}

TEST_F(EventLogTest, WakesAWaitingReader) {
  EventBatch batch;
  std::thread waiting([&] { batch = TAKE(log.read_or_wait({}, 60'000)); });
  append("a");
  waiting.join();
  EXPECT_EQ(batch.events.size(), 1u);
}

TEST_F(EventLogTest, StopsWaitingWhenInterrupted) {
  std::thread waiting([&] { EXPECT_TRUE(TAKE(log.read_or_wait({}, 3'600'000)).events.empty()); });
  log.interrupt();
  waiting.join();
}

TEST_F(EventLogTest, DoesNotWaitWithoutATimeout) {
  EXPECT_TRUE(TAKE(log.read_or_wait({}, 0)).events.empty());
}

}  // namespace
}  // namespace storage
