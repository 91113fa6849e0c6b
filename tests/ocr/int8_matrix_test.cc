#include "ocr/detail/int8_matrix.h"

#include <gtest/gtest.h>

namespace ocr::detail {
namespace {

constexpr Int8Form kForms[] = {Int8Form::plain, Int8Form::avx2, Int8Form::vnni};

int8_t number(size_t i) {
  return static_cast<int8_t>((i * 2654435761U >> 7) & 0xff);
}

Int8Weights weights_of(size_t outputs, size_t inputs) {
  Int8Weights out{outputs, inputs, {}, {}};
  for (size_t i = 0; i < outputs * inputs; ++i) out.weights.push_back(number(i));
  for (size_t i = 0; i < outputs; ++i) out.biases.push_back(static_cast<int32_t>(i) * 1000 - 77);
  return out;
}

// By the definition, in every form that this machine can run.
void expect_products(size_t outputs, size_t inputs, size_t rows) {
  const Int8Weights weights = weights_of(outputs, inputs);
  const size_t stride = inputs + 7;
  std::vector<int8_t> in;
  for (size_t i = 0; i < rows * stride; ++i) in.push_back(number(i + 1234567));
  for (const Int8Form form : kForms) {
    if (!can_run(form)) continue;
    const Int8Matrix matrix(weights, form);
    ASSERT_EQ(matrix.columns() % 16, 0U);
    std::vector<int32_t> once(rows * matrix.columns());
    matrix.multiply(in.data(), stride, rows, once.data());
    std::vector<int32_t> twice = once;
    matrix.multiply_add(in.data(), stride, rows, twice.data());
    for (size_t r = 0; r < rows; ++r) {
      for (size_t o = 0; o < matrix.columns(); ++o) {
        int32_t sum = o < outputs ? weights.biases[o] : 0;
        for (size_t i = 0; i < inputs && o < outputs; ++i) {
          sum += weights.weights[o * inputs + i] * in[r * stride + i];
        }
        ASSERT_EQ(once[r * matrix.columns() + o], sum) << static_cast<int>(form) << ' ' << r;
        ASSERT_EQ(twice[r * matrix.columns() + o], 2 * sum) << static_cast<int>(form) << ' ' << r;
      }
    }
  }
}

TEST(Int8Matrix, MultipliesAlikeInEveryForm) {
  expect_products(16, 12, 108);
  expect_products(192, 48, 33);
  expect_products(111, 192, 5);
  expect_products(768, 192, 1);
  expect_products(1, 1, 4);
  expect_products(35, 9, 7);
}

TEST(Int8Matrix, HoldsTheLargestSums) {
  const size_t inputs = Int8Matrix::kMostInputs;
  for (const Int8Form form : kForms) {
    if (!can_run(form)) continue;
    const Int8Matrix matrix({1, inputs, std::vector<int8_t>(inputs, -128), {}}, form);
    std::vector<int32_t> out(matrix.columns());
    const std::vector<int8_t> low(inputs, -128);
    matrix.multiply(low.data(), inputs, 1, out.data());
    EXPECT_EQ(out[0], 128 * 128 * static_cast<int32_t>(inputs));
    const std::vector<int8_t> high(inputs, 127);
    matrix.multiply(high.data(), inputs, 1, out.data());
    EXPECT_EQ(out[0], -128 * 127 * static_cast<int32_t>(inputs));
  }
}

TEST(Int8Form, PlainRunsEverywhere) {
  EXPECT_TRUE(can_run(Int8Form::plain));
  EXPECT_TRUE(can_run(widest_int8_form()));
}

}  // namespace
}  // namespace ocr::detail
