// How long work in the background is ended early: whoever started it is asked now and then whether
// it shall stop. What stops leaves everything as sound as a crash there would.
#pragma once

#include <functional>

#include "base/result.h"

namespace vcs {

using StopAsked = std::function<bool()>;  // absent: never

// Code::busy if it shall stop.
inline base::Result<void> go_on(const StopAsked& stop) {
  if (stop && stop()) return base::Error{base::Code::busy, "stopped before it was done"};
  return {};
}

}  // namespace vcs
