// Asked as a library asks.
#include "ocr/detail/one_thread.h"

#include <dlfcn.h>
#include <gtest/gtest.h>

#include <vector>

extern "C" {
void GOMP_parallel(void (*region)(void*), void* data, unsigned threads, unsigned flags);
void GOMP_parallel_sections(void (*region)(void*), void* data, unsigned threads, unsigned count,
                            unsigned flags);
unsigned GOMP_sections_next();
void GOMP_sections_end_nowait();
}

namespace {

std::vector<unsigned> entered;

void note_sections(void* inner) {
  for (unsigned section = GOMP_sections_next(); section != 0; section = GOMP_sections_next()) {
    entered.push_back(section);
    if (inner != nullptr && section == 1) GOMP_parallel_sections(note_sections, nullptr, 4, 1, 0);
  }
  GOMP_sections_end_nowait();
}

TEST(OneThread, RunsARegionOnceAndInPlace) {
  int runs = 0;
  GOMP_parallel([](void* data) { ++*static_cast<int*>(data); }, &runs, 4, 0);
  EXPECT_EQ(runs, 1);
}

TEST(OneThread, RunsEachSectionOnceInOrder) {
  entered.clear();
  GOMP_parallel_sections(note_sections, nullptr, 4, 3, 0);
  EXPECT_EQ(entered, (std::vector<unsigned>{1, 2, 3}));
}

TEST(OneThread, KeepsItsPlaceAroundARegionWithin) {
  entered.clear();
  GOMP_parallel_sections(note_sections, &entered, 4, 2, 0);
  EXPECT_EQ(entered, (std::vector<unsigned>{1, 1, 2}));
}

// The first that a library's name lookup finds.
TEST(OneThread, IsWhatLibrariesFind) {
  for (const char* name : {"GOMP_parallel", "GOMP_parallel_sections", "GOMP_sections_next",
                           "GOMP_sections_end_nowait"}) {
    Dl_info found = {};
    Dl_info own = {};
    ASSERT_NE(dladdr(dlsym(RTLD_DEFAULT, name), &found), 0) << name;
    ASSERT_NE(dladdr(reinterpret_cast<void*>(&note_sections), &own), 0);
    EXPECT_EQ(found.dli_fbase, own.dli_fbase) << name;
  }
}

}  // namespace
