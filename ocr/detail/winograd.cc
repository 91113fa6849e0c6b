#include "ocr/detail/winograd.h"

#include <algorithm>
#include <array>
#include <memory>

#include "ocr/detail/convolution.h"
#include "ocr/detail/tile.h"

namespace ocr::detail {
namespace {

constexpr int kSide = 4;           // of a patch's outputs
constexpr int kPatch = kSide + 2;  // of its inputs
constexpr int kPlaces = kPatch * kPatch;
constexpr int kLeastChannels = 16;       // in and out: with fewer the transforms outweigh
constexpr int kMostPatches = kMostTile;  // side by side, that are worked on together
constexpr size_t kApart = 16;  // numbers between places: they are not all in one cache set

// Patches side by side: what is the same in each of them lies together, in vectors.
struct Strip {
  int row;  // of the image: the patches' first outputs
  int column;
  int patches;
};

// Numbers of all places of some patches' channels.
class Places {
 public:
  explicit Places(int channels)
      : place_(static_cast<size_t>(channels) * kMostPatches + kApart),
        values_(std::make_unique_for_overwrite<float[]>(kPlaces * place_)) {}

  float* at(int place, int channel) {
    return values_.get() + static_cast<size_t>(place) * place_ +
           static_cast<size_t>(channel) * kMostPatches;
  }

 private:
  size_t place_;
  std::unique_ptr<float[]> values_;
};

// Rows of an image, columns sorted by their remainder: columns x, x + 4, x + 8, ... of neighbouring
// patches become neighbours.
template <int kRows>
class Sorted {
 public:
  float* at(int row, int remainder) { return values_[row][remainder]; }

  // Columns from `first` on, of which some may lie beside the image, which is zero there.
  OCR_INLINE void take(int row, const float* image, int width, int first, int patches) {
    std::array<float, kSide*(kMostPatches + 1)> line;
    const int count = kSide * (patches + 1);
    const int left = std::clamp(-first, 0, count);
    const int there = std::clamp(width - first, left, count);
    std::fill_n(line.begin(), left, 0.0F);
    std::copy(image + (first + left), image + (first + there), line.begin() + left);
    std::fill(line.begin() + there, line.begin() + count, 0.0F);
    for (int i = 0; i <= patches; ++i) {
      for (int r = 0; r < kSide; ++r) values_[row][r][i] = line[static_cast<size_t>(kSide * i + r)];
    }
  }
  void clear(int row) { std::fill_n(&values_[row][0][0], kSide * kStride, 0.0F); }

  // The first `count` columns, in their order.
  OCR_INLINE void give(int row, float* image, int count) const {
    std::array<float, kSide * kMostPatches> line;
    for (int i = 0; i < (count + kSide - 1) / kSide; ++i) {
      for (int r = 0; r < kSide; ++r) line[static_cast<size_t>(kSide * i + r)] = values_[row][r][i];
    }
    std::copy_n(line.begin(), count, image);
  }

 private:
  static constexpr int kStride = kMostPatches + 16;  // one patch more, read by whole vectors
  float values_[kRows][kSide][kStride] = {};
};

// One dimension of the transforms, in place: of an input patch,
template <class V>
OCR_INLINE void transform_input(V& d0, V& d1, V& d2, V& d3, V& d4, V& d5) {
  const V even = d4 - 4.0F * d2, odd = d3 - 4.0F * d1;
  const V even2 = d4 - d2, odd2 = 2.0F * (d3 - d1);
  d0 = 4.0F * d0 - 5.0F * d2 + d4;
  d5 = 4.0F * d1 - 5.0F * d3 + d5;
  d1 = even + odd;
  d2 = even - odd;
  d3 = even2 + odd2;
  d4 = even2 - odd2;
}

// of a product back to four outputs,
template <class V>
OCR_INLINE void transform_output(V& m0, V& m1, V& m2, V& m3, const V& m4, const V& m5) {
  const V sum = m1 + m2, difference = m1 - m2;
  const V sum2 = m3 + m4, difference2 = m3 - m4;
  m0 = m0 + sum + sum2;
  m1 = difference + 2.0F * difference2;
  m2 = sum + 4.0F * sum2;
  m3 = difference + 8.0F * difference2 + m5;
}

// and of a kernel.
std::array<double, kPatch> transform_kernel(double g0, double g1, double g2) {
  return {g0 / 4,
          -(g0 + g1 + g2) / 6,
          -(g0 - g1 + g2) / 6,
          g0 / 24 + g1 / 12 + g2 / 6,
          g0 / 24 - g1 / 12 + g2 / 6,
          g2};
}

struct Work {
  const Planes* in;
  const Step* step;
  Planes* out;
  Places* patches;   // transformed, of all input channels
  Places* products;  // of all output channels
};

template <int kLanes>
OCR_INLINE void take_patches(const Work& work, const Strip& strip) {
  using V = typename VectorOf<kLanes>::type;
  const Planes& in = *work.in;
  Sorted<kPatch> rows;
  for (int c = 0; c < in.channels(); ++c) {
    for (int y = 0; y < kPatch; ++y) {
      const int row = strip.row + y - 1;
      if (row < 0 || row >= in.height()) {
        rows.clear(y);
      } else {
        rows.take(y, in.at(c) + static_cast<ptrdiff_t>(row) * in.width(), in.width(),
                  strip.column - 1, strip.patches);
      }
    }
    for (int i = 0; i < strip.patches; i += kLanes) {
      V d[kPatch][kPatch];
#pragma GCC unroll 6
      for (int x = 0; x < kPatch; ++x) {
#pragma GCC unroll 6
        for (int y = 0; y < kPatch; ++y) load(d[y][x], rows.at(y, x % kSide) + i + x / kSide);
        transform_input(d[0][x], d[1][x], d[2][x], d[3][x], d[4][x], d[5][x]);
      }
#pragma GCC unroll 6
      for (int y = 0; y < kPatch; ++y) {
        transform_input(d[y][0], d[y][1], d[y][2], d[y][3], d[y][4], d[y][5]);
#pragma GCC unroll 6
        for (int x = 0; x < kPatch; ++x) store(d[y][x], work.patches->at(y * kPatch + x, c) + i);
      }
    }
  }
}

template <int kLanes>
OCR_INLINE void give_outputs(const Work& work, const Strip& strip) {
  using V = typename VectorOf<kLanes>::type;
  Planes& out = *work.out;
  const Finish finish(*work.step);
  const int width = std::min(kSide * strip.patches, out.width() - strip.column);
  Sorted<kSide> rows;
  for (int c = 0; c < out.channels(); ++c) {
    const float bias = work.step->biases[static_cast<size_t>(c)];
    for (int i = 0; i < strip.patches; i += kLanes) {
      V m[kPatch][kPatch];
#pragma GCC unroll 6
      for (int x = 0; x < kPatch; ++x) {
#pragma GCC unroll 6
        for (int y = 0; y < kPatch; ++y) load(m[y][x], work.products->at(y * kPatch + x, c) + i);
        transform_output(m[0][x], m[1][x], m[2][x], m[3][x], m[4][x], m[5][x]);
      }
#pragma GCC unroll 4
      for (int y = 0; y < kSide; ++y) {
        transform_output(m[y][0], m[y][1], m[y][2], m[y][3], m[y][4], m[y][5]);
#pragma GCC unroll 4
        for (int x = 0; x < kSide; ++x) {
          V sum = m[y][x] + bias;
          finish.apply(sum);
          store(sum, rows.at(y, x) + i);
        }
      }
    }
    for (int y = 0; y < kSide && strip.row + y < out.height(); ++y) {
      rows.give(y, out.at(c) + static_cast<ptrdiff_t>(strip.row + y) * out.width() + strip.column,
                width);
    }
  }
}

#if defined(__x86_64__)
OCR_FOR_AVX512 void take_patches_512(const Work& work, const Strip& strip) {
  take_patches<16>(work, strip);
}
OCR_FOR_AVX512 void give_outputs_512(const Work& work, const Strip& strip) {
  give_outputs<16>(work, strip);
}
OCR_FOR_AVX2 void take_patches_256(const Work& work, const Strip& strip) {
  take_patches<8>(work, strip);
}
OCR_FOR_AVX2 void give_outputs_256(const Work& work, const Strip& strip) {
  give_outputs<8>(work, strip);
}
#endif
void take_patches_plain(const Work& work, const Strip& strip) {
  take_patches<4>(work, strip);
}
void give_outputs_plain(const Work& work, const Strip& strip) {
  give_outputs<4>(work, strip);
}

struct Transforms {
  void (*take_patches)(const Work&, const Strip&);
  void (*give_outputs)(const Work&, const Strip&);
};

Transforms transforms() {
#if defined(__x86_64__)
  if (tile_form().lanes == 16) return {take_patches_512, give_outputs_512};
  if (tile_form().lanes == 8) return {take_patches_256, give_outputs_256};
#endif
  return {take_patches_plain, give_outputs_plain};
}

// Each place of the patches is a picture of its own to a kernel of one pixel.
void multiply(const Work& work, const Strip& strip) {
  constexpr size_t kHere = 0;
  constexpr std::array<float, kBlock> kNoBiases = {};
  const Step& step = *work.step;
  const auto block = static_cast<size_t>(step.channels_in * kBlock);
  Tile tile;
  tile.taps = &kHere;
  tile.tap_count = 1;
  tile.channels = step.channels_in;
  tile.biases = kNoBiases.data();
  tile.in_plane = tile.out_plane = kMostPatches;
  tile.pixels = strip.patches;
  tile.weights = step.weights.data();
  for (int place = 0; place < kPlaces; ++place) {
    tile.in = work.patches->at(place, 0);
    for (int first = 0; first < step.channels_out; first += kBlock, tile.weights += block) {
      tile.rows = std::min(kBlock, step.channels_out - first);
      tile.out = work.products->at(place, first);
      tile_form().dense(tile);
    }
  }
}

}  // namespace

bool suits_winograd(const Step& step) {
  return step.kind == Step::Kind::conv && step.kernel == 3 && step.stride == 1 &&
         step.channels_in >= kLeastChannels && step.channels_out >= kLeastChannels;
}

std::vector<float> winograd_weights(const std::vector<float>& dense, const Step& step) {
  const auto kernels =
      static_cast<size_t>(step.channels_in) * static_cast<size_t>(step.channels_out);
  std::vector<std::vector<float>> places(kPlaces, std::vector<float>(kernels));
  for (size_t i = 0; i < kernels; ++i) {
    const float* kernel = dense.data() + 9 * i;
    std::array<std::array<double, kPatch>, 3> rows;
    for (size_t y = 0; y < 3; ++y) {
      rows[y] = transform_kernel(kernel[3 * y], kernel[3 * y + 1], kernel[3 * y + 2]);
    }
    for (size_t x = 0; x < kPatch; ++x) {
      const auto column = transform_kernel(rows[0][x], rows[1][x], rows[2][x]);
      for (size_t y = 0; y < kPatch; ++y) {
        places[y * kPatch + x][i] = static_cast<float>(column[y]);
      }
    }
  }
  std::vector<float> out;
  for (const std::vector<float>& place : places) {
    const std::vector<float> blocked = blocked_weights(place, step.channels_out, step.channels_in);
    out.insert(out.end(), blocked.begin(), blocked.end());
  }
  return out;
}

Planes convolved_by_winograd(const Planes& in, const Step& step) {
  Planes out(step.channels_out, in.height(), in.width());
  Places patches(step.channels_in), products(step.channels_out);
  const Work work{&in, &step, &out, &patches, &products};
  const Transforms transform = transforms();
  const int most = tile_form().pixels;
  const int across = (in.width() + kSide - 1) / kSide;
  for (int row = 0; row < in.height(); row += kSide) {
    for (int first = 0; first < across; first += most) {
      const Strip strip{row, kSide * first, std::min(most, across - first)};
      transform.take_patches(work, strip);
      multiply(work, strip);
      transform.give_outputs(work, strip);
    }
  }
  return out;
}

}  // namespace ocr::detail
