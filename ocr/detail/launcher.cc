#include "ocr/detail/launcher.h"

#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <condition_variable>
#include <deque>
#include <future>
#include <mutex>
#include <thread>
#include <utility>

namespace ocr::detail {
namespace {

using Task = std::packaged_task<int()>;

class Launcher {
 public:
  Launcher() {
    // Signals to the process are for other threads: this one inherits the mask.
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    std::thread([this] { serve(); }).detach();
    pthread_sigmask(SIG_SETMASK, &before, nullptr);
  }

  int run(Task task) {
    std::future<int> answer = task.get_future();
    {
      const std::lock_guard lock(mutex_);
      tasks_.push_back(std::move(task));
    }
    came_.notify_one();
    return answer.get();
  }

 private:
  [[noreturn]] void serve() {
    while (true) {
      std::unique_lock lock(mutex_);
      came_.wait(lock, [this] { return !tasks_.empty(); });
      Task task = std::move(tasks_.front());
      tasks_.pop_front();
      lock.unlock();
      task();
    }
  }

  std::mutex mutex_;
  std::condition_variable came_;
  std::deque<Task> tasks_;  // guarded by mutex_
};

}  // namespace

int on_launching_thread(std::function<int()> work) {
  // Never destroyed: its thread must not end before the process.
  static Launcher* const launcher = new Launcher;
  return launcher->run(Task(std::move(work)));
}

void die_with_parent(int control) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  pollfd other_side = {control, 0, 0};
  const bool gone = poll(&other_side, 1, 0) > 0 && (other_side.revents & (POLLHUP | POLLERR)) != 0;
  if (gone) _exit(1);
}

}  // namespace ocr::detail
