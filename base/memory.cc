#include "base/memory.h"

#include <algorithm>
#include <thread>

#ifdef __GLIBC__
#include <malloc.h>
#endif

namespace base {

void give_memory_back_early() {
#ifdef __GLIBC__
  constexpr int kLarge = 1 << 20;
  const auto cores = static_cast<int>(std::thread::hardware_concurrency());
  // glibc's own choice is eight arenas a core; what one has freed another cannot use. With one a
  // core the many threads of a busy server wait for each other's arenas.
  ::mallopt(M_ARENA_MAX, 4 * std::max(2, cores));
  // Setting either ends glibc's habit of raising both up to 32 MiB.
  ::mallopt(M_MMAP_THRESHOLD, kLarge);
  ::mallopt(M_TRIM_THRESHOLD, kLarge);
#endif
}

}  // namespace base
