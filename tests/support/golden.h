// Golden files: the frozen bytes of a format, beside the tests.
//
//   EXPECT_GOLDEN("tests/dataset/golden/coco.json", text);
//
// GLOSSATOR_REWRITE_GOLDEN=1 in the environment writes them anew instead of comparing; the diff
// then goes through review like any change of a format.
#pragma once

#include <gtest/gtest.h>

#include <cstdlib>
#include <string>
#include <string_view>

#include "base/file.h"

#ifndef GLOSSATOR_SOURCE_DIR
#error "link a target that defines GLOSSATOR_SOURCE_DIR, the root of the source tree"
#endif

namespace test {

inline testing::AssertionResult matches_golden(std::string_view path, std::string_view text) {
  const base::Path file = base::Path(GLOSSATOR_SOURCE_DIR) / path;
  if (std::getenv("GLOSSATOR_REWRITE_GOLDEN") != nullptr) {
    if (!base::make_directories(file.parent_path()).ok() ||
        !base::write_file_durably(file, text).ok()) {
      return testing::AssertionFailure() << "cannot write " << file;
    }
    return testing::AssertionSuccess() << "rewritten";
  }
  const auto golden = base::read_file(file);
  if (!golden.ok()) return testing::AssertionFailure() << base::to_string(golden.error());
  if (*golden == text) return testing::AssertionSuccess();
  return testing::AssertionFailure() << path << " differs; now it would be\n" << text;
}

}  // namespace test

#define EXPECT_GOLDEN(path, text) EXPECT_TRUE(test::matches_golden((path), (text)))
