#include "ocr/detail/int8_matrix.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <cstring>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace ocr::detail {
namespace {

constexpr size_t kRows = 4;  // that share the weights which are loaded

// What one tile reads and writes: some rows times some vectors of outputs.
template <class Number>
struct Tile {
  const Number* in;
  size_t in_stride;
  const Number* weights;
  size_t groups;
  const int32_t* starts;
  int32_t* out;
  size_t out_stride;
  bool add;
};
using Bytes = Tile<int8_t>;
using Pairs = Tile<int16_t>;

// The inner loops of one form; how many vectors of outputs each takes.
template <class Number>
struct Kernels {
  using Run = void (*)(const Tile<Number>&);
  size_t lanes;  // outputs in a vector
  size_t each;   // inputs in a group
  size_t many_wide;
  Run many;  // kRows rows
  Run many_single;
  size_t one_wide;
  Run one;  // one row
  Run one_single;
};

template <int kTall>
void pairs_plain(const Pairs& tile) {
  constexpr size_t kLanes = 8;
  for (size_t r = 0; r < kTall; ++r) {
    int32_t* out = tile.out + r * tile.out_stride;
    std::array<int32_t, kLanes> sums;
    for (size_t i = 0; i < kLanes; ++i) sums[i] = tile.starts[i] + (tile.add ? out[i] : 0);
    const int16_t* in = tile.in + r * tile.in_stride;
    const int16_t* weights = tile.weights;
    for (size_t g = 0; g < tile.groups; ++g, in += 2, weights += 2 * kLanes) {
      for (size_t i = 0; i < kLanes; ++i) {
        sums[i] += in[0] * weights[2 * i] + in[1] * weights[2 * i + 1];
      }
    }
    std::copy(sums.begin(), sums.end(), out);
  }
}
constexpr Kernels<int16_t> kPlain = {
    8, 2, 1, pairs_plain<kRows>, pairs_plain<kRows>, 1, pairs_plain<1>, pairs_plain<1>};

#if defined(__x86_64__)
int32_t four_bytes(const void* from) {
  int32_t out;
  std::memcpy(&out, from, sizeof(out));
  return out;
}

// The loops over rows and vectors are unrolled so that all sums stay in registers.
template <int kTall, int kWide>
[[gnu::target("avx2")]] void pairs_avx2(const Pairs& tile) {
  constexpr size_t kLanes = 8;
  __m256i sums[kTall][kWide];
#pragma GCC unroll 8
  for (int r = 0; r < kTall; ++r) {
#pragma GCC unroll 8
    for (int v = 0; v < kWide; ++v) {
      sums[r][v] = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(tile.starts + v * kLanes));
      if (!tile.add) continue;
      sums[r][v] = _mm256_add_epi32(sums[r][v], _mm256_loadu_si256(reinterpret_cast<const __m256i*>(
                                                    tile.out + r * tile.out_stride + v * kLanes)));
    }
  }
  for (size_t g = 0; g < tile.groups; ++g) {
    __m256i in[kTall];
#pragma GCC unroll 8
    for (int r = 0; r < kTall; ++r) {
      in[r] = _mm256_set1_epi32(four_bytes(tile.in + r * tile.in_stride + 2 * g));
    }
#pragma GCC unroll 8
    for (int v = 0; v < kWide; ++v) {
      const __m256i weights = _mm256_loadu_si256(
          reinterpret_cast<const __m256i*>(tile.weights + (v * tile.groups + g) * 2 * kLanes));
#pragma GCC unroll 8
      for (int r = 0; r < kTall; ++r) {
        sums[r][v] = _mm256_add_epi32(sums[r][v], _mm256_madd_epi16(in[r], weights));
      }
    }
  }
#pragma GCC unroll 8
  for (int r = 0; r < kTall; ++r) {
#pragma GCC unroll 8
    for (int v = 0; v < kWide; ++v) {
      _mm256_storeu_si256(reinterpret_cast<__m256i*>(tile.out + r * tile.out_stride + v * kLanes),
                          sums[r][v]);
    }
  }
}
constexpr Kernels<int16_t> kAvx2 = {
    8, 2, 2, pairs_avx2<kRows, 2>, pairs_avx2<kRows, 1>, 8, pairs_avx2<1, 8>, pairs_avx2<1, 1>};

template <int kTall, int kWide>
[[gnu::target("avx512f,avx512vnni")]] void bytes_vnni(const Bytes& tile) {
  constexpr size_t kLanes = 16;
  __m512i sums[kTall][kWide];
#pragma GCC unroll 4
  for (int r = 0; r < kTall; ++r) {
#pragma GCC unroll 12
    for (int v = 0; v < kWide; ++v) {
      sums[r][v] = _mm512_loadu_si512(tile.starts + v * kLanes);
      if (!tile.add) continue;
      sums[r][v] = _mm512_add_epi32(
          sums[r][v], _mm512_loadu_si512(tile.out + r * tile.out_stride + v * kLanes));
    }
  }
  // The instruction takes one side without signs: 128 is added here, and taken away in `starts`.
  const __m512i half = _mm512_set1_epi32(static_cast<int32_t>(0x80808080));
  for (size_t g = 0; g < tile.groups; ++g) {
    __m512i in[kTall];
#pragma GCC unroll 4
    for (int r = 0; r < kTall; ++r) {
      in[r] = _mm512_xor_si512(_mm512_set1_epi32(four_bytes(tile.in + r * tile.in_stride + 4 * g)),
                               half);
    }
#pragma GCC unroll 12
    for (int v = 0; v < kWide; ++v) {
      const __m512i weights = _mm512_loadu_si512(tile.weights + (v * tile.groups + g) * 4 * kLanes);
#pragma GCC unroll 4
      for (int r = 0; r < kTall; ++r) {
        sums[r][v] = _mm512_dpbusd_epi32(sums[r][v], in[r], weights);
      }
    }
  }
#pragma GCC unroll 4
  for (int r = 0; r < kTall; ++r) {
#pragma GCC unroll 12
    for (int v = 0; v < kWide; ++v) {
      _mm512_storeu_si512(tile.out + r * tile.out_stride + v * kLanes, sums[r][v]);
    }
  }
}
constexpr Kernels<int8_t> kVnni = {
    16, 4, 4, bytes_vnni<kRows, 4>, bytes_vnni<kRows, 1>, 12, bytes_vnni<1, 12>, bytes_vnni<1, 1>};
#endif

template <class Number>
void run_vectors(const Kernels<Number>& kernels, Tile<Number> tile, size_t rows, size_t columns) {
  const bool many = rows == kRows;
  const size_t wide = many ? kernels.many_wide : kernels.one_wide;
  size_t left = columns / kernels.lanes;
  const auto take = [&](size_t vectors, typename Kernels<Number>::Run run) {
    for (; left >= vectors; left -= vectors) {
      run(tile);
      tile.weights += vectors * tile.groups * kernels.each * kernels.lanes;
      tile.starts += vectors * kernels.lanes;
      tile.out += vectors * kernels.lanes;
    }
  };
  take(wide, many ? kernels.many : kernels.one);
  take(1, many ? kernels.many_single : kernels.one_single);
}

// The weights as the inner loops want them: outputs side by side, inputs in groups.
template <class Number>
std::vector<Number> packed(const Int8Weights& from, size_t columns, size_t lanes, size_t each) {
  const size_t groups = (from.inputs + each - 1) / each;
  std::vector<Number> out(columns * groups * each);
  for (size_t o = 0; o < from.outputs; ++o) {
    for (size_t i = 0; i < from.inputs; ++i) {
      const size_t vector = o / lanes * groups + i / each;
      out[(vector * lanes + o % lanes) * each + i % each] = from.weights[o * from.inputs + i];
    }
  }
  return out;
}

size_t rounded_up(size_t number, size_t multiple) {
  return (number + multiple - 1) / multiple * multiple;
}

}  // namespace

bool can_run(Int8Form form) {
#if defined(__x86_64__)
  if (form == Int8Form::avx2) return __builtin_cpu_supports("avx2");
  if (form == Int8Form::vnni) {
    return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vnni");
  }
#endif
  return form == Int8Form::plain;
}

Int8Form widest_int8_form() {
  static const Int8Form widest = can_run(Int8Form::vnni)   ? Int8Form::vnni
                                 : can_run(Int8Form::avx2) ? Int8Form::avx2
                                                           : Int8Form::plain;
  return widest;
}

Int8Matrix::Int8Matrix(const Int8Weights& weights, Int8Form form)
    : form_(form),
      inputs_(weights.inputs),
      columns_(rounded_up(weights.outputs, kOutputMultiple)),
      starts_(weights.biases) {
  assert(weights.inputs <= kMostInputs);
  assert(weights.weights.size() == weights.outputs * weights.inputs);
  starts_.resize(columns_);
#if defined(__x86_64__)
  if (form == Int8Form::vnni) {
    groups_ = (inputs_ + kVnni.each - 1) / kVnni.each;
    bytes_ = packed<int8_t>(weights, columns_, kVnni.lanes, kVnni.each);
    for (size_t o = 0; o < weights.outputs; ++o) {
      for (size_t i = 0; i < inputs_; ++i) starts_[o] -= 128 * weights.weights[o * inputs_ + i];
    }
    return;
  }
#endif
  groups_ = (inputs_ + kPlain.each - 1) / kPlain.each;
  pairs_ = packed<int16_t>(weights, columns_, kPlain.lanes, kPlain.each);
}

void Int8Matrix::multiply(const int8_t* in, size_t stride, size_t rows, int32_t* out) const {
  run(in, stride, rows, out, false);
}

void Int8Matrix::multiply_add(const int8_t* in, size_t stride, size_t rows, int32_t* out) const {
  run(in, stride, rows, out, true);
}

void Int8Matrix::run(const int8_t* in, size_t stride, size_t rows, int32_t* out, bool add) const {
  for (size_t row = 0; row < rows;) {
    const size_t count = rows - row >= kRows ? kRows : 1;
    const int8_t* from = in + row * stride;
    int32_t* to = out + row * columns_;
    row += count;
#if defined(__x86_64__)
    if (form_ == Int8Form::vnni) {
      const Bytes tile = {from, stride, bytes_.data(), groups_, starts_.data(), to, columns_, add};
      run_vectors(kVnni, tile, count, columns_);
      continue;
    }
#endif
    int16_t wide[kRows * kMostInputs];
    const size_t width = 2 * groups_;
    for (size_t r = 0; r < count; ++r) {
      std::copy_n(from + r * stride, width, wide + r * width);
    }
    const Pairs tile = {wide, width, pairs_.data(), groups_, starts_.data(), to, columns_, add};
#if defined(__x86_64__)
    if (form_ == Int8Form::avx2) {
      run_vectors(kAvx2, tile, count, columns_);
      continue;
    }
#endif
    run_vectors(kPlain, tile, count, columns_);
  }
}

}  // namespace ocr::detail
