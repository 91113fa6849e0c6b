// Runs the network that reads a line of text: from gray pixels to the chances of each character at
// each step along the line. The arithmetic is that of tesseract 5.3 (src/lstm), so that its
// language data mean here what they mean there; why it is done again:
// docs/decisions/0110-lines-are-read-by-our-own-code.md.
//
//   const TextNetwork network(TRY(parse_traineddata(bytes)));
//   const Chances chances = network.run(line);   // line.rows == network.height()
//
// Immutable, so threads may share it; a run takes one thread.
#pragma once

#include <opencv2/core.hpp>
#include <vector>

#include "ocr/detail/int8_matrix.h"
#include "ocr/detail/traineddata.h"

namespace ocr::detail {

// How likely each code is at each step; a step's chances add up to 1.
class Chances {
 public:
  Chances(size_t steps, size_t codes, size_t columns)
      : steps_(steps), codes_(codes), columns_(columns), values_(steps * columns) {}

  size_t steps() const { return steps_; }
  size_t codes() const { return codes_; }
  float* at(size_t step) { return values_.data() + step * columns_; }
  const float* at(size_t step) const { return values_.data() + step * columns_; }

 private:
  size_t steps_;
  size_t codes_;
  size_t columns_;
  std::vector<float> values_;
};

class TextNetwork {
 public:
  explicit TextNetwork(const LineModel& model, Int8Form form = widest_int8_form());

  size_t height() const { return height_; }  // of a line, pixels
  size_t step() const { return pool_; }      // pixels along the line

  // 8-bit gray, dark letters on light ground. Steps: the line's width / step(), rounded down.
  Chances run(const cv::Mat& line) const;

 private:
  // All that a layer's outputs are squashed with.
  struct Layer {
    Int8Matrix matrix;
    std::vector<float> scales;  // of each of the matrix' columns
  };
  struct Cells {
    Int8Matrix from_inputs;
    Int8Matrix from_cells;  // what they said last
    std::vector<float> scales;
    size_t cells = 0;  // filled up to a multiple of 16 with some that say nothing
    bool backwards = false;
  };
  // Numbers of 8 bits in rows: one row a step.
  struct Rows {
    size_t stride = 0;
    std::vector<int8_t> values;
  };

  static Layer layer_of(const LayerWeights& weights, Int8Form form);
  static Cells cells_of(const CellLayer& layer, Int8Form form);
  Rows features(const cv::Mat& line, size_t steps) const;
  Rows summed_down(const Rows& features, size_t steps) const;
  static Rows run_along(const Cells& layer, const Rows& in, size_t steps);

  size_t height_;
  size_t pool_;
  Layer convolution_;
  Cells down_;
  std::vector<Cells> along_;
  Layer output_;
  size_t codes_;
};

}  // namespace ocr::detail
