#include "ocr/detail/launcher.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <string>
#include <thread>

#include "ocr/detail/worker.h"
#include "tests/ocr/orphans.h"
#include "tests/support/result_matchers.h"

namespace ocr {
namespace {

// A process of its own that starts such a child, is killed with -9, and leaves it behind.
// The child's wait status is given: whoever is orphaned here becomes a child of this process.
int status_of_orphan(const std::string& kind) {
  EXPECT_EQ(prctl(PR_SET_CHILD_SUBREAPER, 1), 0);
  int ends[2];
  EXPECT_EQ(pipe(ends), 0);
  const pid_t parent = fork();
  if (parent == 0) {
    dup2(ends[1], 1);
    execl("/proc/self/exe", "ocr_test", test::kParentVerb, kind.c_str(), nullptr);
    _exit(1);
  }
  close(ends[1]);
  pid_t orphan = -1;
  EXPECT_EQ(read(ends[0], &orphan, sizeof(orphan)), static_cast<ssize_t>(sizeof(orphan)));
  close(ends[0]);
  kill(parent, SIGKILL);
  int status = 0;
  waitpid(parent, &status, 0);
  EXPECT_EQ(waitpid(orphan, &status, 0), orphan);
  return status;
}

TEST(Child, OfAWorkerKindEndsWithItsParent) {
  const int status = status_of_orphan("worker");
  EXPECT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL) << status;
}

TEST(Child, OfAToolKindEndsWithItsParent) {
  const int status = status_of_orphan("tool");
  EXPECT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL) << status;
}

TEST(Child, OutlivesTheThreadThatAskedForIt) {
  std::unique_ptr<Worker> worker;
  std::thread([&] {
    detail::WorkerPlan plan;
    plan.languages = "eng";
    worker = TAKE(Worker::start(plan));
  }).join();
  ASSERT_OK(worker->ask(base::Json::object({{"verb", "nothing"}}), -1));
  EXPECT_OK(worker->next());
}

TEST(Launcher, GivesWhatTheWorkGives) {
  const auto caller = std::this_thread::get_id();
  std::thread::id other;
  EXPECT_EQ(detail::on_launching_thread([&] {
              other = std::this_thread::get_id();
              return 7;
            }),
            7);
  EXPECT_NE(other, caller);
}

}  // namespace
}  // namespace ocr
