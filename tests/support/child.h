// A part of a test in a process of its own: one that ends in the middle, or has limits of its own.
#pragma once

#include <sys/wait.h>
#include <unistd.h>

#include <functional>

namespace test {

// How the body ended: its value, the status of an _exit() on its way, or 1000 + the signal.
inline int in_child(const std::function<int()>& body) {
  const pid_t child = ::fork();
  if (child == 0) ::_exit(body());
  int status = 0;
  ::waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 1000 + WTERMSIG(status);
}

}  // namespace test
