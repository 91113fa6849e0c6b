#include "ocr/detail/convolution.h"

#include <algorithm>
#include <memory>

#include "ocr/detail/tile.h"
#include "ocr/detail/winograd.h"

namespace ocr::detail {
namespace {

// Some channels of the input with a border of zeros; for a stride of two, each row's even columns
// and then its odd ones, so that neighbouring outputs read neighbouring inputs.
class Bordered {
 public:
  Bordered(const Planes& in, int first, int count, int border, int stride)
      : stride_(static_cast<size_t>(stride)),
        half_((static_cast<size_t>(in.width() + 2 * border) + 1) / 2),
        row_(stride == 2 ? 2 * half_ : static_cast<size_t>(in.width() + 2 * border)),
        plane_(row_ * static_cast<size_t>(in.height() + 2 * border)),
        values_(std::make_unique_for_overwrite<float[]>(plane_ * static_cast<size_t>(count) +
                                                        2 * kMostTile)) {
    const auto edge = static_cast<size_t>(border);
    const auto width = static_cast<size_t>(in.width());
    float* to = values_.get();
    for (int c = first; c < first + count; ++c) {
      to = std::fill_n(to, edge * row_, 0.0F);
      for (int y = 0; y < in.height(); ++y, to += row_) {
        fill_row(in.at(c) + static_cast<size_t>(y) * width, width, edge, to);
      }
      to = std::fill_n(to, edge * row_, 0.0F);
    }
  }

  size_t row() const { return row_; }
  size_t plane() const { return plane_; }
  const float* values() const { return values_.get(); }
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
    for (const size_t first : {size_t{0}, size_t{1}}) {
      float* next = to + place(first + edge);
      for (size_t x = first; x < width; x += 2) *next++ = from[x];
    }
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

// All blocks of output channels, for some pixels from `place` on.
void run_blocks(Tile tile, const Step& step, Planes& out, size_t place) {
  const auto block = static_cast<size_t>(tile.channels * tile.tap_count * kBlock);
  tile.out_plane = out.plane();
  for (int first = 0; first < step.channels_out; first += kBlock) {
    tile.rows = std::min(kBlock, step.channels_out - first);
    tile.weights = step.weights.data() + static_cast<size_t>(first / kBlock) * block;
    tile.biases = step.biases.data() + first;
    tile.out = out.at(first) + place;
    tile_form().dense(tile);
  }
}

// A plane is one long row to a kernel of one pixel.
Planes convolved_points(const Planes& in, const Step& step) {
  Planes out(step.channels_out, in.height(), in.width());
  constexpr size_t kHere = 0;
  Tile tile;
  tile.finish = Finish(step);
  tile.in_plane = in.plane();
  tile.taps = &kHere;
  tile.tap_count = 1;
  tile.channels = in.channels();
  const auto most = static_cast<size_t>(tile_form().pixels);
  for (size_t x = 0; x < in.area(); x += most) {
    tile.in = in.at(0) + x;
    tile.pixels = static_cast<int>(std::min(most, in.area() - x));
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
  if (suits_winograd(step)) return convolved_by_winograd(in, step);
  const Bordered bordered(in, 0, in.channels(), step.kernel / 2, step.stride);
  const std::vector<size_t> taps = taps_of(bordered, step.kernel);
  Planes out(step.channels_out, in.height() / step.stride, in.width() / step.stride);
  Tile tile;
  tile.finish = Finish(step);
  tile.in_plane = bordered.plane();
  tile.taps = taps.data();
  tile.tap_count = static_cast<int>(taps.size());
  tile.channels = in.channels();
  const int most = tile_form().pixels;
  // Downwards: what overhangs a row is written over by the next.
  for (int y = 0; y < out.height(); ++y) {
    const float* row = bordered.values() + static_cast<size_t>(y * step.stride) * bordered.row();
    for (int x = 0; x < out.width(); x += most) {
      tile.in = row + x;
      tile.pixels = std::min(most, out.width() - x);
      run_blocks(
          tile, step, out,
          static_cast<size_t>(y) * static_cast<size_t>(out.width()) + static_cast<size_t>(x));
    }
  }
  return out;
}

// One channel after another, so that it is still in the cache when its sums are taken.
Planes convolved_depthwise(const Planes& in, const Step& step) {
  Planes out(in.channels(), in.height() / step.stride, in.width() / step.stride);
  Tile tile;
  tile.finish = Finish(step);
  tile.channels = 1;
  tile.out_plane = static_cast<size_t>(out.width());
  tile.rows = out.height();
  const int most = tile_form().pixels;
  for (int c = 0; c < in.channels(); ++c) {
    const Bordered bordered(in, c, 1, step.kernel / 2, step.stride);
    const std::vector<size_t> taps = taps_of(bordered, step.kernel);
    tile.in_plane = static_cast<size_t>(step.stride) * bordered.row();
    tile.taps = taps.data();
    tile.tap_count = static_cast<int>(taps.size());
    tile.weights = step.weights.data() + static_cast<size_t>(c) * taps.size();
    tile.biases = step.biases.data() + c;
    // Leftwards: what overhangs the last columns is written over by the next row's first.
    for (int x = (out.width() - 1) / most * most; x >= 0; x -= most) {
      tile.in = bordered.values() + x;
      tile.out = out.at(c) + x;
      tile.pixels = std::min(most, out.width() - x);
      tile_form().single(tile);
    }
  }
  return out;
}

}  // namespace ocr::detail
