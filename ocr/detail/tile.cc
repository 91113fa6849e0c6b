#include "ocr/detail/tile.h"

namespace ocr::detail {
namespace {

constexpr int kRows = 4;  // of an image, side by side: additions need not wait for one another

template <class V, int kCount, int kWidth>
OCR_INLINE void finish_and_store(V (&sums)[kCount][kWidth], const Tile& tile, int rows,
                                 float* out) {
  constexpr int kLanes = sizeof(V) / sizeof(float);
#pragma GCC unroll 8
  for (int r = 0; r < kCount; ++r) {
    if (r >= rows) break;
#pragma GCC unroll 3
    for (int j = 0; j < kWidth; ++j) {
      tile.finish.apply(sums[r][j]);
      store(sums[r][j], out + static_cast<size_t>(r) * tile.out_plane + j * kLanes);
    }
  }
}

// The loops over rows and columns are unrolled so that all sums stay in registers.
template <int kLanes, int kWidth>
OCR_INLINE void dense_columns(const Tile& tile) {
  using V = typename VectorOf<kLanes>::type;
  V sums[kBlock][kWidth];
#pragma GCC unroll 8
  for (int r = 0; r < kBlock; ++r) {
#pragma GCC unroll 3
    for (int j = 0; j < kWidth; ++j) sums[r][j] = V{} + tile.biases[r];
  }
  const float* weights = tile.weights;
  for (int c = 0; c < tile.channels; ++c) {
    const float* plane = tile.in + static_cast<size_t>(c) * tile.in_plane;
    for (int t = 0; t < tile.tap_count; ++t, weights += kBlock) {
      V x[kWidth];
#pragma GCC unroll 3
      for (int j = 0; j < kWidth; ++j) load(x[j], plane + tile.taps[t] + j * kLanes);
#pragma GCC unroll 8
      for (int r = 0; r < kBlock; ++r) {
        const V weight = V{} + weights[r];
#pragma GCC unroll 3
        for (int j = 0; j < kWidth; ++j) sums[r][j] += x[j] * weight;
      }
    }
  }
  finish_and_store(sums, tile, tile.rows, tile.out);
}

template <int kLanes, int kWidth, int kHeight>
OCR_INLINE void single_rows(const Tile& tile, int first) {
  using V = typename VectorOf<kLanes>::type;
  const float* in = tile.in + static_cast<size_t>(first) * tile.in_plane;
  V sums[kHeight][kWidth];
#pragma GCC unroll 4
  for (int r = 0; r < kHeight; ++r) {
#pragma GCC unroll 3
    for (int j = 0; j < kWidth; ++j) sums[r][j] = V{} + tile.biases[0];
  }
  for (int t = 0; t < tile.tap_count; ++t) {
    const V weight = V{} + tile.weights[t];
#pragma GCC unroll 4
    for (int r = 0; r < kHeight; ++r) {
      const float* from = in + static_cast<size_t>(r) * tile.in_plane + tile.taps[t];
#pragma GCC unroll 3
      for (int j = 0; j < kWidth; ++j) {
        V x;
        load(x, from + j * kLanes);
        sums[r][j] += x * weight;
      }
    }
  }
  finish_and_store(sums, tile, kHeight, tile.out + static_cast<size_t>(first) * tile.out_plane);
}

template <int kLanes, int kWidth>
OCR_INLINE void single_columns(const Tile& tile) {
  int row = 0;
  for (; row + kRows <= tile.rows; row += kRows) single_rows<kLanes, kWidth, kRows>(tile, row);
  for (; row < tile.rows; ++row) single_rows<kLanes, kWidth, 1>(tile, row);
}

// As few vectors as the tile's pixels need.
template <int kLanes>
OCR_INLINE void dense(const Tile& tile) {
  if (tile.pixels > 2 * kLanes) {
    dense_columns<kLanes, 3>(tile);
  } else if (tile.pixels > kLanes) {
    dense_columns<kLanes, 2>(tile);
  } else {
    dense_columns<kLanes, 1>(tile);
  }
}

template <int kLanes>
OCR_INLINE void single(const Tile& tile) {
  if (tile.pixels > 2 * kLanes) {
    single_columns<kLanes, 3>(tile);
  } else if (tile.pixels > kLanes) {
    single_columns<kLanes, 2>(tile);
  } else {
    single_columns<kLanes, 1>(tile);
  }
}

#if defined(__x86_64__)
OCR_FOR_AVX512 void dense_512(const Tile& tile) {
  dense<16>(tile);
}
OCR_FOR_AVX512 void single_512(const Tile& tile) {
  single<16>(tile);
}
OCR_FOR_AVX2 void dense_256(const Tile& tile) {
  dense<8>(tile);
}
OCR_FOR_AVX2 void single_256(const Tile& tile) {
  single<8>(tile);
}
#endif
void dense_plain(const Tile& tile) {
  dense<4>(tile);
}
void single_plain(const Tile& tile) {
  single<4>(tile);
}

}  // namespace

const TileForm& tile_form() {
  static const TileForm chosen = [] {
#if defined(__x86_64__)
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl")) {
      return TileForm{16, 16 * kColumns, dense_512, single_512};
    }
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) {
      return TileForm{8, 8 * kColumns, dense_256, single_256};
    }
#endif
    return TileForm{4, 4 * kColumns, dense_plain, single_plain};
  }();
  return chosen;
}

}  // namespace ocr::detail
