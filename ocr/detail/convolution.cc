#include "ocr/detail/convolution.h"

#include <algorithm>
#include <cstring>
#include <memory>

namespace ocr::detail {
namespace {

constexpr int kBlock = 8;      // output channels that share what is loaded
constexpr int kColumns = 3;    // vectors side by side
constexpr int kMostTile = 48;  // pixels: the widest form's

// What one tile reads and writes.
struct Tile {
  const float* in;
  size_t in_plane;
  const size_t* taps;  // places read for one output, relative to `in`
  int tap_count;
  int channels;
  const float* weights;  // [channels][taps][rows]
  const float* biases;
  float* out;
  size_t out_plane;
  int rows;  // output channels of the block that exist
  Activation activation;
  float scale;
  float shift;
};

template <int kLanes>
struct Vector {
  typedef float type __attribute__((vector_size(kLanes * sizeof(float))));
};

template <class V>
[[gnu::always_inline]] inline void finish(V& v, const Tile& tile) {
  const V zero = {};
  const V six = zero + 6.0F;
  if (tile.activation == Activation::relu) {
    v = v > zero ? v : zero;
  } else if (tile.activation == Activation::hard_swish) {
    V gate = v + 3.0F;
    gate = gate > zero ? gate : zero;
    gate = gate < six ? gate : six;
    v = v * gate * (tile.scale / 6.0F) + tile.shift;
  }
}

// The loops over rows and columns are unrolled so that all sums stay in registers.
template <int kLanes, int kRows>
[[gnu::always_inline]] inline void compute(const Tile& tile) {
  using V = typename Vector<kLanes>::type;
  V sums[kRows][kColumns];
#pragma GCC unroll 8
  for (int r = 0; r < kRows; ++r) {
#pragma GCC unroll 3
    for (int j = 0; j < kColumns; ++j) sums[r][j] = V{} + tile.biases[r];
  }
  const float* weights = tile.weights;
  for (int c = 0; c < tile.channels; ++c) {
    const float* plane = tile.in + static_cast<size_t>(c) * tile.in_plane;
    for (int t = 0; t < tile.tap_count; ++t, weights += kRows) {
      const float* from = plane + tile.taps[t];
      V x0, x1, x2;
      std::memcpy(&x0, from, sizeof(V));
      std::memcpy(&x1, from + kLanes, sizeof(V));
      std::memcpy(&x2, from + 2 * kLanes, sizeof(V));
#pragma GCC unroll 8
      for (int r = 0; r < kRows; ++r) {
        const V weight = V{} + weights[r];
        sums[r][0] += x0 * weight;
        sums[r][1] += x1 * weight;
        sums[r][2] += x2 * weight;
      }
    }
  }
#pragma GCC unroll 8
  for (int r = 0; r < kRows; ++r) {
    if (r >= tile.rows) break;
    float* to = tile.out + static_cast<size_t>(r) * tile.out_plane;
#pragma GCC unroll 3
    for (int j = 0; j < kColumns; ++j) {
      finish(sums[r][j], tile);
      std::memcpy(to + j * kLanes, &sums[r][j], sizeof(V));
    }
  }
}

// A processor's form of the inner loop.
struct Form {
  int tile;  // pixels
  void (*dense)(const Tile&);
  void (*single)(const Tile&);
};

#if defined(__x86_64__)
[[gnu::target("avx512f,avx512vl,fma")]] void dense_512(const Tile& t) {
  compute<16, kBlock>(t);
}
[[gnu::target("avx512f,avx512vl,fma")]] void single_512(const Tile& t) {
  compute<16, 1>(t);
}
[[gnu::target("avx2,fma")]] void dense_256(const Tile& t) {
  compute<8, kBlock>(t);
}
[[gnu::target("avx2,fma")]] void single_256(const Tile& t) {
  compute<8, 1>(t);
}
#endif
void dense_plain(const Tile& t) {
  compute<4, kBlock>(t);
}
void single_plain(const Tile& t) {
  compute<4, 1>(t);
}

const Form& form() {
  static const Form chosen = [] {
#if defined(__x86_64__)
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl")) {
      return Form{16 * kColumns, dense_512, single_512};
    }
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) {
      return Form{8 * kColumns, dense_256, single_256};
    }
#endif
    return Form{4 * kColumns, dense_plain, single_plain};
  }();
  return chosen;
}

// The input with a border of zeros; for a stride of two, each row's even columns and then its odd
// ones, so that neighbouring outputs read neighbouring inputs.
class Bordered {
 public:
  Bordered(const Planes& in, int border, int stride)
      : stride_(static_cast<size_t>(stride)),
        half_((static_cast<size_t>(in.width() + 2 * border) + 1) / 2),
        row_(stride == 2 ? 2 * half_ : static_cast<size_t>(in.width() + 2 * border)),
        plane_(row_ * static_cast<size_t>(in.height() + 2 * border)),
        values_(std::make_unique_for_overwrite<float[]>(
            plane_ * static_cast<size_t>(in.channels()) + 2 * kMostTile)) {
    const auto edge = static_cast<size_t>(border);
    const auto width = static_cast<size_t>(in.width());
    float* to = values_.get();
    for (int c = 0; c < in.channels(); ++c) {
      to = std::fill_n(to, edge * row_, 0.0F);
      for (int y = 0; y < in.height(); ++y, to += row_) {
        fill_row(in.at(c) + static_cast<size_t>(y) * width, width, edge, to);
      }
      to = std::fill_n(to, edge * row_, 0.0F);
    }
  }

  size_t row() const { return row_; }
  size_t plane() const { return plane_; }
  const float* at(size_t channel) const { return values_.get() + channel * plane_; }
  size_t place(size_t column) const {
    return stride_ == 1 ? column : column % 2 * half_ + column / 2;
  }

 private:
  void fill_row(const float* from, size_t width, size_t edge, float* to) const {
    if (stride_ == 1) {
      std::fill_n(to, edge, 0.0F);
      std::copy_n(from, width, to + edge);
      std::fill_n(to + edge + width, edge, 0.0F);
      return;
    }
    std::fill_n(to, row_, 0.0F);
    for (size_t x = 0; x < width; ++x) to[place(x + edge)] = from[x];
  }

  size_t stride_;
  size_t half_;  // where a row's odd columns begin
  size_t row_;
  size_t plane_;
  std::unique_ptr<float[]> values_;
};

std::vector<size_t> taps_of(const Bordered& in, int kernel) {
  std::vector<size_t> taps;
  for (int y = 0; y < kernel; ++y) {
    for (int x = 0; x < kernel; ++x) {
      taps.push_back(static_cast<size_t>(y) * in.row() + in.place(static_cast<size_t>(x)));
    }
  }
  return taps;
}

Tile tile_of(const Step& step) {
  Tile tile = {};
  tile.activation = step.activation;
  tile.scale = step.scale;
  tile.shift = step.shift;
  return tile;
}

// All blocks of output channels, for the pixels from `x` of one row on.
void run_blocks(Tile tile, const Step& step, Planes& out, size_t place) {
  const auto block = static_cast<size_t>(tile.channels * tile.tap_count * kBlock);
  tile.out_plane = out.plane();
  for (int first = 0; first < step.channels_out; first += kBlock) {
    tile.rows = std::min(kBlock, step.channels_out - first);
    tile.weights = step.weights.data() + static_cast<size_t>(first / kBlock) * block;
    tile.biases = step.biases.data() + first;
    tile.out = out.at(first) + place;
    form().dense(tile);
  }
}

// A plane is one long row to a kernel of one pixel.
Planes convolved_points(const Planes& in, const Step& step) {
  Planes out(step.channels_out, in.height(), in.width());
  constexpr size_t kHere = 0;
  Tile tile = tile_of(step);
  tile.in_plane = in.plane();
  tile.taps = &kHere;
  tile.tap_count = 1;
  tile.channels = in.channels();
  for (size_t x = 0; x < in.area(); x += static_cast<size_t>(form().tile)) {
    tile.in = in.at(0) + x;
    run_blocks(tile, step, out, x);
  }
  return out;
}

}  // namespace

std::vector<float> blocked_weights(const std::vector<float>& dense, int channels_out, int each) {
  const auto size = static_cast<size_t>(each);
  const auto channels = static_cast<size_t>(channels_out);
  std::vector<float> out((channels + kBlock - 1) / kBlock * kBlock * size);
  for (size_t channel = 0; channel < channels; ++channel) {
    float* block = out.data() + channel / kBlock * kBlock * size;
    for (size_t i = 0; i < size; ++i) {
      block[i * kBlock + channel % kBlock] = dense[channel * size + i];
    }
  }
  return out;
}

std::vector<float> blocked_biases(const std::vector<float>& biases) {
  std::vector<float> out = biases;
  out.resize((biases.size() + kBlock - 1) / kBlock * kBlock);
  return out;
}

Planes convolved(const Planes& in, const Step& step) {
  if (step.kernel == 1 && step.stride == 1) return convolved_points(in, step);
  const Bordered bordered(in, step.kernel / 2, step.stride);
  const std::vector<size_t> taps = taps_of(bordered, step.kernel);
  Planes out(step.channels_out, in.height() / step.stride, in.width() / step.stride);
  Tile tile = tile_of(step);
  tile.in_plane = bordered.plane();
  tile.taps = taps.data();
  tile.tap_count = static_cast<int>(taps.size());
  tile.channels = in.channels();
  // Downwards: what overhangs a row is written over by the next.
  for (int y = 0; y < out.height(); ++y) {
    for (int x = 0; x < out.width(); x += form().tile) {
      tile.in = bordered.at(0) + static_cast<size_t>(y * step.stride) * bordered.row() +
                static_cast<size_t>(x);
      run_blocks(
          tile, step, out,
          static_cast<size_t>(y) * static_cast<size_t>(out.width()) + static_cast<size_t>(x));
    }
  }
  return out;
}

Planes convolved_depthwise(const Planes& in, const Step& step) {
  const Bordered bordered(in, step.kernel / 2, step.stride);
  const std::vector<size_t> taps = taps_of(bordered, step.kernel);
  Planes out(in.channels(), in.height() / step.stride, in.width() / step.stride);
  Tile tile = tile_of(step);
  tile.taps = taps.data();
  tile.tap_count = static_cast<int>(taps.size());
  tile.channels = 1;
  tile.rows = 1;
  for (int c = 0; c < in.channels(); ++c) {
    tile.weights = step.weights.data() + static_cast<size_t>(c) * taps.size();
    tile.biases = step.biases.data() + c;
    const float* plane = bordered.at(static_cast<size_t>(c));
    for (int y = 0; y < out.height(); ++y) {
      for (int x = 0; x < out.width(); x += form().tile) {
        tile.in =
            plane + static_cast<size_t>(y * step.stride) * bordered.row() + static_cast<size_t>(x);
        tile.out = out.at(c) + static_cast<size_t>(y) * static_cast<size_t>(out.width()) + x;
        form().single(tile);
      }
    }
  }
  return out;
}

}  // namespace ocr::detail
