// One decode worker from the server's side: starts it, asks it, watches it, buries it.
// Belongs to one thread at a time (a lease of the pool).
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "base/file.h"
#include "base/result.h"
#include "ocr/detail/child.h"
#include "ocr/detail/stages.h"
#include "ocr/detail/wire.h"

namespace ocr {

class Worker {
 public:
  static base::Result<std::unique_ptr<Worker>> start(const detail::WorkerPlan& plan);

  const std::string& languages() const { return plan_.languages; }
  // It is there for those whom a person waits for: the kernel prefers it.
  bool is_for_urgent() const { return plan_.limits.niceness < kUsualNiceness; }
  // False once it has died or misbehaved; it is then thrown away.
  bool healthy() const { return child_.running(); }
  int requests() const { return requests_; }

  // Sends a request. `input` travels as a descriptor and is not consumed.
  base::Result<void> ask(const base::Json& request, int input);
  // A further frame of a request that is more than one.
  base::Result<void> tell(const base::Json& more);
  // The next frame of the answer, within the limits of a request. After an error the worker is
  // dead and ending() says how.
  base::Result<detail::Frame> next(const std::function<bool()>& cancelled = {});

  // Ends the worker in the midst of an answer that nobody wants any more.
  void abandon() { (void)bury(Ending::cancelled); }

  Ending ending() const { return ending_; }
  // Seconds of CPU since the last call.
  double take_cpu_seconds();

 private:
  Worker(detail::WorkerPlan plan, detail::Child child, base::UniqueFd socket);
  base::Result<void> greet();
  base::Result<void> fill(char* into, size_t size, const std::function<bool()>& cancelled);
  base::Result<void> wait_readable(const std::function<bool()>& cancelled);
  base::Error bury(Ending ending);
  base::Error bury_dead();
  base::Error bury_unheard();

  detail::WorkerPlan plan_;
  detail::Child child_;
  base::UniqueFd socket_;
  std::chrono::steady_clock::time_point deadline_;
  Ending ending_ = Ending::exited;
  int requests_ = 0;
  double cpu_at_last_ask_ = 0;
  double cpu_at_burial_ = 0;
};

namespace detail {
Failure failure_of(Ending ending);
}

}  // namespace ocr
