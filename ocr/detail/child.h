// A child process of ours, from the parent's side: started by posix_spawn as our own program, in a
// session of its own, with three descriptors and a fourth for control; killed with its group and
// reaped when the object dies, killed by the kernel when our process ends before (launcher.h).
// Belongs to one thread.
#pragma once

#include <sys/types.h>

#include <string>
#include <utility>
#include <vector>

#include "base/file.h"
#include "base/result.h"
#include "ocr/sandbox.h"

namespace ocr::detail {

// Descriptors that become 0, 1, 2 and 3 of the child; -1 stands for /dev/null.
struct ChildFds {
  int in = -1;
  int out = -1;
  int err = -1;
  int control = -1;
};

class Child {
 public:
  Child() = default;
  Child(Child&& other) noexcept : pid_(std::exchange(other.pid_, -1)) {}
  Child& operator=(Child&& other) noexcept;
  ~Child();

  // Our own program again, with these arguments after its name.
  static base::Result<Child> start(const std::vector<std::string>& arguments, const ChildFds& fds);

  pid_t pid() const { return pid_; }
  bool running() const { return pid_ > 0; }
  // A descriptor that polls readable once the child has ended (pidfd).
  base::UniqueFd end_signal() const;
  void kill_group() const;
  // Of the child alone; it cannot have children. 0 once it is gone.
  double cpu_seconds() const;
  uint64_t resident_bytes() const;
  // Seconds of CPU from now on until it gets SIGXCPU.
  void allow_cpu(int seconds) const;

  struct End {
    int exit_status = 0;  // meaningful if signal is 0
    int signal = 0;
    double cpu_seconds = 0;
  };
  // Waits for the end; kills first if asked.
  End reap(bool kill_first);

 private:
  explicit Child(pid_t pid) : pid_(pid) {}
  pid_t pid_ = -1;
};

// How a run that did not end well is told: SIGSYS is a broken rule, SIGXCPU a limit, ...
Ending ending_of(const Child::End& end);
base::Error error_of(Ending ending);

}  // namespace ocr::detail
