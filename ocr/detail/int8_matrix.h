// Products of 8-bit whole numbers, exact, in the widest form that the processor has: what
// ocr/detail/text_network.h spends its time with.
//
//   const Int8Matrix matrix({.outputs = 48, .inputs = 16, .weights = ..., .biases = ...});
//   matrix.multiply(in, in_stride, rows, out);      // out: rows x matrix.columns()
//
// Immutable, so threads may share it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace ocr::detail {

// How a processor multiplies. All forms give the same numbers.
enum class Int8Form {
  plain,
  avx2,  // pairs of 16 bits
  vnni,  // AVX-512: four products of 8 bits at once
};
bool can_run(Int8Form form);
Int8Form widest_int8_form();

struct Int8Weights {
  size_t outputs = 0;
  size_t inputs = 0;
  std::vector<int8_t> weights;  // outputs x inputs
  std::vector<int32_t> biases;  // one an output, or none
};

class Int8Matrix {
 public:
  static constexpr size_t kMostInputs = 2048;  // more would not fit the sums, or a row's copy
  static constexpr size_t kOutputMultiple = 16;

  Int8Matrix() = default;
  explicit Int8Matrix(const Int8Weights& weights, Int8Form form = widest_int8_form());

  // Numbers in a row of `out`: the outputs, filled up with zeros to a multiple.
  size_t columns() const { return columns_; }

  // Rows of `in` begin every `stride` numbers. A row is read up to a multiple of four inputs;
  // what lies behind the last does not count.
  void multiply(const int8_t* in, size_t stride, size_t rows, int32_t* out) const;
  // The same, added to what `out` holds.
  void multiply_add(const int8_t* in, size_t stride, size_t rows, int32_t* out) const;

 private:
  void run(const int8_t* in, size_t stride, size_t rows, int32_t* out, bool add) const;

  Int8Form form_ = Int8Form::plain;
  size_t inputs_ = 0;
  size_t groups_ = 0;  // of inputs that are multiplied at once
  size_t columns_ = 0;
  std::vector<int8_t> bytes_;    // vnni: [vector of 16 outputs][group of 4 inputs][output][input]
  std::vector<int16_t> pairs_;   // else: [vector of 8 outputs][pair of inputs][output][input]
  std::vector<int32_t> starts_;  // what a sum begins with
};

}  // namespace ocr::detail
