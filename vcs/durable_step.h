// The steps of a durable write. Whoever writes can be given an observer that hears of each step as
// it is done: a test ends the process there and looks at what a crash leaves.
#pragma once

#include <functional>

namespace vcs {

enum class DurableStep {
  pack_written,      // the pack is synced under a temporary name
  index_written,     // so is the index
  pack_renamed,      // the pack has its final name, the index not yet
  index_renamed,     // both have; the directory is not synced
  objects_durable,   // no ref names them yet
  ref_moved,         // nobody was told yet
  quarantine_moved,  // a push's objects have moved in, its refs have not moved
  packs_replaced,    // a rolled-up pack stands beside the packs that it replaces
};

using StepObserver = std::function<void(DurableStep)>;

inline void report(const StepObserver& observer, DurableStep step) {
  if (observer) observer(step);
}

}  // namespace vcs
