// Runs a small convolutional network over an image, on one thread: what ocr/detail/line_detector.h
// needs, and no more.
//
//   const Network network = TRY(Network::parse(bytes));   // docs/formats/line-detector.md
//   Planes out = network.run(std::move(image));           // height, width: multiples of 32
//
// Immutable once parsed, so runs may share it. The file is ours (tools/make_line_detector.py writes
// it, from a model checked by hash); parse() checks all the same that every step fits the ones
// before, so that run() cannot leave its arrays.
//
// Why not OpenCV's: docs/decisions/0043-line-detector.md.
#pragma once

#include <cstddef>
#include <memory>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace ocr::detail {

// channels x height x width numbers, not set at first. A plane begins every `plane()` numbers,
// which leaves room for a vector's overhang behind its last row.
class Planes {
 public:
  Planes() = default;
  Planes(int channels, int height, int width);
  Planes clone() const;

  int channels() const { return channels_; }
  int height() const { return height_; }
  int width() const { return width_; }
  size_t area() const { return static_cast<size_t>(height_) * static_cast<size_t>(width_); }
  size_t plane() const { return plane_; }
  float* at(int channel) { return values_.get() + static_cast<size_t>(channel) * plane_; }
  const float* at(int channel) const {
    return values_.get() + static_cast<size_t>(channel) * plane_;
  }

 private:
  int channels_ = 0;
  int height_ = 0;
  int width_ = 0;
  size_t plane_ = 0;
  std::unique_ptr<float[]> values_;
};

enum class Activation { none, relu, hard_swish, sigmoid };

// One step; makes a value of the values before it. Value 0 is the image.
struct Step {
  enum class Kind {
    conv,           // dense, any odd kernel, stride 1 or 2
    depthwise,      // one channel each
    grow,           // transposed, 2 x 2, stride 2
    weigh,          // squeeze and excite
    add_enlarged,   // first + the second, twice as large by nearest neighbours
    join_enlarged,  // channels one after another, each enlarged to the largest
  };
  Kind kind = Kind::conv;
  std::vector<size_t> from;
  int channels_in = 0;
  int channels_out = 0;
  int kernel = 1;
  int stride = 1;
  Activation activation = Activation::none;
  float scale = 1;  // and shift: applied after the activation
  float shift = 0;
  int middle = 0;         // weigh: channels between its two layers
  float slope = 0;        // weigh: of the gate
  bool residual = false;  // weigh: the input is added
  std::vector<float> weights;
  std::vector<float> biases;
};

class Network {
 public:
  static base::Result<Network> parse(std::string_view bytes);
  Planes run(Planes image) const;

  int channels_in() const { return channels_in_; }
  int channels_out() const { return steps_.back().channels_out; }

 private:
  std::vector<Step> steps_;
  std::vector<size_t> last_use_;  // of each value: the step after which it is dropped
  int channels_in_ = 0;
};

}  // namespace ocr::detail
