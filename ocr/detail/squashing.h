// What the layers of ocr/detail/text_network.h make of their sums: curves instead of straight
// lines. By vectors in the widest form that the processor has; every form rounds alike, so that a
// text does not depend on the machine that reads it.
//
// Sums are whole numbers; a sum times its output's scale is what the layer means. Counts are
// multiples of 16. Between layers a number from -1 to 1 is a whole one from -127 to 127.
#pragma once

#include <cstddef>
#include <cstdint>

namespace ocr::detail {

// A step of `cells` LSTM cells. `sums` and `scales` hold the cells' inputs, then their input,
// forget and output gates; `state` is carried on, `out` is what the cells say.
void squash_cells(const int32_t* sums, const float* scales, size_t cells, float* state,
                  int8_t* out);

void squash_tanh(const int32_t* sums, const float* scales, size_t count, int8_t* out);

// Chances that add up to 1; those behind `codes` are 0.
void squash_to_chances(const int32_t* sums, const float* scales, size_t codes, size_t count,
                       float* out);

}  // namespace ocr::detail
