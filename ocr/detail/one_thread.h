// A worker reads in one thread: parallel work inside its libraries only costs there. In the worker
// only.
#pragma once

namespace ocr::detail {

// Before the engine is opened: OpenCV stays in the thread that calls it, and so do the parallel
// regions of tesseract (docs/decisions/0093-no-teams-of-one.md).
void keep_to_one_thread();

}  // namespace ocr::detail
