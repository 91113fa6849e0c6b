// How the process gives memory back. A server with hundreds of threads, each of which may once in a
// while hold a large buffer, otherwise keeps the most that all of them ever held.
#pragma once

namespace base {

// Few arenas shared by all threads, and large blocks back to the system as soon as they are freed.
// Once, before the first thread. No effect with an allocator other than glibc's.
void give_memory_back_early();

}  // namespace base
