// GoogleTest helpers for base::Result.
//
//   ASSERT_OK(result);                       // prints the error's words when it fails
//   const auto value = TAKE(function());     // the value, or a failed test
//   EXPECT_EQ(code_of(result), base::Code::invalid);
#pragma once

#include <gtest/gtest.h>

#include <optional>
#include <stdexcept>

#include "base/result.h"

namespace test {

template <typename T>
testing::AssertionResult is_ok(const base::Result<T>& result) {
  if (result.ok()) return testing::AssertionSuccess();
  return testing::AssertionFailure()
         << base::name_of(result.error().code) << ": " << base::to_string(result.error());
}

template <typename T>
std::optional<base::Code> code_of(const base::Result<T>& result) {
  if (result.ok()) return std::nullopt;
  return result.error().code;
}

template <typename T>
T take(base::Result<T> result, const char* expression) {
  if (!result.ok()) {
    throw std::runtime_error(std::string(expression) +
                             " failed: " + base::to_string(result.error()));
  }
  return std::move(result).value();
}
inline void take(const base::Result<void>& result, const char* expression) {
  if (!result.ok()) {
    throw std::runtime_error(std::string(expression) +
                             " failed: " + base::to_string(result.error()));
  }
}

}  // namespace test

#define ASSERT_OK(...) ASSERT_TRUE(test::is_ok(__VA_ARGS__))
#define EXPECT_OK(...) EXPECT_TRUE(test::is_ok(__VA_ARGS__))
#define TAKE(...) test::take((__VA_ARGS__), #__VA_ARGS__)
