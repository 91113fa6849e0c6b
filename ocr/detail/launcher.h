// The thread from which all children are started.
//
// A child asks the kernel to be killed when its parent ends (PR_SET_PDEATHSIG), and to the kernel
// the parent is the thread that started it, not the process. So children are started by one thread
// that lives exactly as long as the process: however the process ends, kill -9 included, its
// children end with it, and no end of another thread takes a child along.
#pragma once

#include <functional>

namespace ocr::detail {

// Runs `work` on that thread and waits for what it gives. Safe from any other thread.
int on_launching_thread(std::function<int()> work);

// In the child, first of all: be killed when the parent ends, now if it has ended already, which
// shows by the closed other side of the descriptor `control`.
void die_with_parent(int control);

}  // namespace ocr::detail
