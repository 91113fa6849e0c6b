#include "server/flow/intake.h"

#include <gtest/gtest.h>

#include <condition_variable>
#include <mutex>
#include <set>
#include <string>

#include "tests/support/result_matchers.h"

namespace server {
namespace {

constexpr std::chrono::hours kForever{1};

corpus::DocumentId id_of(int number) {
  return corpus::DocumentId::of(base::sha256_of(std::to_string(number)));
}

// Notes what is committed together, and how each document ended.
class IntakeTest : public testing::Test {
 protected:
  using Commits = std::vector<std::vector<corpus::DocumentId>>;

  Intake::Options options() {
    return {.commit = [this](OpenProject&,
                             std::span<ReadDocument> documents) { return commit(documents); },
            .others_wait = [this](storage::ProjectId) { return others_wait; },
            .patience = kForever};
  }

  Result<void> commit(std::span<ReadDocument> documents) {
    const std::lock_guard lock(mutex);
    commits.emplace_back();
    bool fails = false;
    for (const ReadDocument& read : documents) {
      commits.back().push_back(read.document.id);
      fails |= bad.count(read.document.id) > 0;
    }
    if (fails) return base::Error{base::Code::io, "the disk is gone"};
    return {};
  }

  void add(Intake& intake, int number, int64_t project = 1) {
    ReadDocument read;
    read.project = std::make_shared<OpenProject>();
    read.project->project.id = {project};
    read.document.id = id_of(number);
    read.files = {{"a.tsv", std::string(100, 'x')}};
    intake.add(std::move(read), [this, number](const Result<void>& outcome) {
      const std::lock_guard lock(mutex);
      (outcome.ok() ? good : failed).insert(number);
      changed.notify_all();
    });
  }

  // The commits, once so many documents have ended.
  Commits after(size_t count) {
    std::unique_lock lock(mutex);
    changed.wait(lock, [&] { return good.size() + failed.size() >= count; });
    return commits;
  }

  bool others_wait = false;
  std::set<corpus::DocumentId> bad;
  std::mutex mutex;
  std::condition_variable changed;
  Commits commits;
  std::set<int> good, failed;
};

TEST_F(IntakeTest, CommitsALoneDocumentAtOnce) {
  Intake intake(options());
  {
    const auto reading = intake.expect({1});
    add(intake, 1);
  }
  EXPECT_EQ(after(1), (Commits{{id_of(1)}}));
}

TEST_F(IntakeTest, GathersWhileOthersAreRead) {
  Intake intake(options());
  {
    const auto slow = intake.expect({1});
    for (int i = 1; i <= 3; ++i) {
      const auto quick = intake.expect({1});
      add(intake, i);
    }
  }
  EXPECT_EQ(after(3), (Commits{{id_of(1), id_of(2), id_of(3)}}));
}

TEST_F(IntakeTest, GathersWhileOthersWaitToBeRead) {
  others_wait = true;
  Intake intake(options());
  add(intake, 1);
  add(intake, 2);
  intake.stop();
  EXPECT_EQ(after(2), (Commits{{id_of(1), id_of(2)}}));
}

TEST_F(IntakeTest, HoldsNoProjectBackForAnother) {
  Intake intake(options());
  const auto elsewhere = intake.expect({2});
  add(intake, 1);
  EXPECT_EQ(after(1).size(), 1u);
}

TEST_F(IntakeTest, CommitsWhatIsEnough) {
  auto few = options();
  few.most_documents = 2;
  Intake by_count(few);
  const auto reading = by_count.expect({1});
  add(by_count, 1);
  add(by_count, 2);
  EXPECT_EQ(after(2), (Commits{{id_of(1), id_of(2)}}));

  auto small = options();
  small.most_bytes = 150;
  Intake by_bytes(small);
  const auto other = by_bytes.expect({1});
  add(by_bytes, 3);
  add(by_bytes, 4);
  EXPECT_EQ(after(4).back(), (std::vector{id_of(3), id_of(4)}));
}

TEST_F(IntakeTest, LosesItsPatience) {
  auto hasty = options();
  hasty.patience = std::chrono::milliseconds(0);
  Intake intake(hasty);
  const auto reading = intake.expect({1});
  add(intake, 1);
  EXPECT_EQ(after(1), (Commits{{id_of(1)}}));
}

TEST_F(IntakeTest, TriesEachAloneWhenTogetherFails) {
  bad = {id_of(2)};
  Intake intake(options());
  {
    const auto reading = intake.expect({1});
    for (int i = 1; i <= 3; ++i) add(intake, i);
  }
  EXPECT_EQ(after(3).size(), 4u);
  EXPECT_EQ(good, (std::set<int>{1, 3}));
  EXPECT_EQ(failed, (std::set<int>{2}));
}

TEST_F(IntakeTest, TriesALoneDocumentOnce) {
  bad = {id_of(1)};
  Intake intake(options());
  add(intake, 1);
  EXPECT_EQ(after(1).size(), 1u);
  EXPECT_EQ(failed, (std::set<int>{1}));
}

}  // namespace
}  // namespace server
