// The inner loops of ocr/detail/convolution.h and ocr/detail/winograd.h: a tile is some
// neighbouring pixels of some output channels, whose sums all stay in the processor's registers.
//
// There is a form of each loop for each kind of processor; tile_form() is the widest that this one
// has. All forms add in the same order, with fused multiplication where there is one.
#pragma once

#include <cstddef>
#include <cstring>

#include "ocr/detail/network.h"

namespace ocr::detail {

inline constexpr int kBlock = 8;      // output channels that share what is loaded
inline constexpr int kColumns = 3;    // vectors side by side, at most
inline constexpr int kMostTile = 48;  // pixels: the widest form's

// Functions for one kind of processor, and what they are made of, which must be inlined there.
#define OCR_FOR_AVX512 [[gnu::target("avx512f,avx512vl,fma")]]
#define OCR_FOR_AVX2 [[gnu::target("avx2,fma")]]
#define OCR_INLINE [[gnu::always_inline]] inline

template <int kLanes>
struct VectorOf {
  typedef float type __attribute__((vector_size(kLanes * sizeof(float))));
};

template <class V>
OCR_INLINE void load(V& v, const float* from) {
  std::memcpy(&v, from, sizeof(V));
}

template <class V>
OCR_INLINE void store(const V& v, float* to) {
  std::memcpy(to, &v, sizeof(V));
}

// What becomes of a sum.
struct Finish {
  explicit Finish(const Step& step)
      : activation(step.activation), scale(step.scale), shift(step.shift) {}
  Finish() = default;

  template <class V>
  OCR_INLINE void apply(V& v) const {
    const V zero = {};
    const V six = zero + 6.0F;
    if (activation == Activation::relu) {
      v = v > zero ? v : zero;
    } else if (activation == Activation::hard_swish) {
      V gate = v + 3.0F;
      gate = gate > zero ? gate : zero;
      gate = gate < six ? gate : six;
      v = v * gate * (scale / 6.0F) + shift;
    }
  }

  Activation activation = Activation::none;
  float scale = 1;
  float shift = 0;
};

// What one tile reads and writes. What lies behind its last pixel is read and written too, up to a
// whole vector.
struct Tile {
  const float* in = nullptr;
  size_t in_plane = 0;           // from an input channel to the next
  const size_t* taps = nullptr;  // places read for one output, relative to `in`
  int tap_count = 0;
  int channels = 0;  // that are summed up
  const float* weights = nullptr;
  const float* biases = nullptr;
  float* out = nullptr;
  size_t out_plane = 0;
  int rows = 0;    // output channels of the block that exist, or rows of an image
  int pixels = 0;  // of each, at most a form's
  Finish finish;
};

struct TileForm {
  int lanes;   // of a vector
  int pixels;  // of a tile, at most
  // Up to kBlock output channels; weights are [channels][taps][kBlock].
  void (*dense)(const Tile&);
  // One channel by itself, any number of image rows, `in_plane` and `out_plane` apart; weights are
  // [taps].
  void (*single)(const Tile&);
};
const TileForm& tile_form();

}  // namespace ocr::detail
