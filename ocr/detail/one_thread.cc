#include "ocr/detail/one_thread.h"

#include <opencv2/core.hpp>

// tesseract enters a parallel region of OpenMP for every step along a line, some ten thousand times
// a page. GNU's run time makes a team of one for it, whose end is a system call. libtesseract finds
// the functions below before it finds the run time's: what a team of one would do, without the
// team.
//
// The interface is libgomp's (GCC's libgomp manual, "The libgomp ABI"). What a region asks about
// its team the run time answers as it does outside of any: one thread, number 0.

namespace {

// The sections of the region that runs: the next one, from 1, and how many there are.
thread_local unsigned next_section = 1;
thread_local unsigned sections = 0;

}  // namespace

extern "C" {

void GOMP_parallel(void (*region)(void*), void* data, unsigned /*threads*/, unsigned /*flags*/) {
  region(data);
}

void GOMP_parallel_sections(void (*region)(void*), void* data, unsigned /*threads*/, unsigned count,
                            unsigned /*flags*/) {
  const unsigned outer_next = next_section;
  const unsigned outer_sections = sections;
  next_section = 1;
  sections = count;
  region(data);
  next_section = outer_next;
  sections = outer_sections;
}

// 0: none is left.
unsigned GOMP_sections_next() {
  return next_section <= sections ? next_section++ : 0;
}

void GOMP_sections_end_nowait() {}

}  // extern "C"

namespace ocr::detail {

// That it is called makes the linker take this file's other functions along.
void keep_to_one_thread() {
  cv::setNumThreads(0);
}

}  // namespace ocr::detail
