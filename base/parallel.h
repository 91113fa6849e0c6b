// Work in several threads at once: for what waits for a disk, or for the processors.
//
//   TRY(in_parallel(8, files.size(), [&](size_t i) { return sync(files[i]); }));
#pragma once

#include <cstddef>
#include <functional>

#include "base/result.h"

namespace base {

// Calls work(0) to work(count - 1), each once and in about that order, from at most `threads`
// threads, of which the caller's is one. Returns when all have returned; the first error, after
// which that thread has taken no more. `work` must be safe from several threads.
Result<void> in_parallel(size_t threads, size_t count,
                         const std::function<Result<void>(size_t)>& work);

// As many as there are processors.
size_t processors();

}  // namespace base
