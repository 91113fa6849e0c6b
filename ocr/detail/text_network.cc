#include "ocr/detail/text_network.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <cstring>
#include <limits>

#include "ocr/detail/squashing.h"

namespace ocr::detail {
namespace {

constexpr int kOne = 127;        // a bias counts as an input of 1
constexpr size_t kTaps = 3;      // pixels each way that the convolution sees
constexpr size_t kGroup = 4;     // bytes of a column that it reads at once
constexpr size_t kColumns = 32;  // that are summed side by side: their sums stay in the cache
constexpr size_t kAhead = 16;    // steps whose inputs are multiplied at once
// What lies around the line. tesseract takes noise; that reads neither better nor worse.
constexpr int8_t kOutside = 0;

// How often each level was met.
class Levels {
 public:
  void add(int level) {
    ++counts_[static_cast<size_t>(level)];
    ++total_;
  }
  // The level below which a share of them lies, or `other` if there are none.
  double at(double share, double other) const {
    if (total_ == 0) return other;
    const double wanted = std::max(1.0, share * total_);
    double sum = 0;
    size_t level = 0;
    while (sum < wanted) sum += counts_[level++];
    return static_cast<double>(level) - (sum - wanted) / counts_[level - 1];
  }

 private:
  std::array<int, 256> counts_ = {};
  int total_ = 0;
};

// From which level to which the middle row goes: the quarter of its darkest dips and of its
// lightest peaks are beyond.
std::pair<double, double> black_and_white(const cv::Mat& line) {
  const uint8_t* row = line.ptr<uint8_t>(line.rows / 2);
  Levels dips;
  Levels peaks;
  for (int x = 1; x + 1 < line.cols; ++x) {
    const int before = row[x - 1];
    const int here = row[x];
    const int after = row[x + 1];
    if ((here < before && here <= after) || (here <= before && here < after)) dips.add(here);
    if ((here > before && here >= after) || (here >= before && here > after)) peaks.add(here);
  }
  return {dips.at(0.25, 0), peaks.at(0.75, 255)};
}

// What each gray level is to the network.
std::array<int8_t, 256> inputs_of_levels(const cv::Mat& line) {
  const auto [black, white] = black_and_white(line);
  const double contrast = white > black ? (white - black) / 2 : 1;
  std::array<int8_t, 256> out;
  for (size_t level = 0; level < out.size(); ++level) {
    const double value = (static_cast<double>(level) - black) / contrast - 1;
    out[level] = static_cast<int8_t>(std::clamp<long>(std::lround(128 * value), -kOne, kOne));
  }
  return out;
}

// The line turned, so that a column's pixels lie side by side, with a border around it.
class Columns {
 public:
  explicit Columns(const cv::Mat& line)
      : stride_(static_cast<size_t>(line.rows) + 2),
        values_((static_cast<size_t>(line.cols) + 2) * stride_ + kGroup, kOutside) {
    const std::array<int8_t, 256> inputs = inputs_of_levels(line);
    for (int y = 0; y < line.rows; ++y) {
      const uint8_t* row = line.ptr<uint8_t>(y);
      int8_t* to = values_.data() + stride_ + static_cast<size_t>(y) + 1;
      for (int x = 0; x < line.cols; ++x, to += stride_) *to = inputs[row[x]];
    }
  }

  // The pixels of a column from the one above `y` on; columns count from the one before the line.
  const int8_t* at(size_t column, size_t y) const { return values_.data() + column * stride_ + y; }

 private:
  size_t stride_;
  std::vector<int8_t> values_;
};

std::vector<int32_t> scaled_biases(const std::vector<int8_t>& biases) {
  std::vector<int32_t> out;
  for (const int8_t bias : biases) out.push_back(bias * kOne);
  return out;
}

size_t filled_up(size_t count) {
  constexpr size_t kMultiple = Int8Matrix::kOutputMultiple;
  return (count + kMultiple - 1) / kMultiple * kMultiple;
}

// The part of a layer's four gates that begins at an input, one gate below the other.
Int8Weights stacked(const CellLayer& layer, size_t first, size_t count) {
  const size_t cells = filled_up(layer.cells);
  Int8Weights out;
  out.outputs = layer.gates.size() * cells;
  out.inputs = count;
  out.weights.resize(out.outputs * count);
  for (size_t gate = 0; gate < layer.gates.size(); ++gate) {
    const LayerWeights& from = layer.gates[gate];
    for (size_t cell = 0; cell < layer.cells; ++cell) {
      std::copy_n(from.weights.data() + cell * from.inputs + first, count,
                  out.weights.data() + (gate * cells + cell) * count);
    }
  }
  return out;
}

}  // namespace

TextNetwork::Layer TextNetwork::layer_of(const LayerWeights& weights, Int8Form form) {
  Layer out;
  out.matrix = Int8Matrix(
      {weights.outputs, weights.inputs, weights.weights, scaled_biases(weights.biases)}, form);
  out.scales = weights.scales;
  out.scales.resize(out.matrix.columns());
  return out;
}

TextNetwork::Cells TextNetwork::cells_of(const CellLayer& layer, Int8Form form) {
  Cells out;
  out.cells = filled_up(layer.cells);
  out.backwards = layer.backwards;
  Int8Weights inputs = stacked(layer, 0, layer.inputs);
  inputs.biases.resize(inputs.outputs);
  out.scales.resize(inputs.outputs);
  for (size_t gate = 0; gate < layer.gates.size(); ++gate) {
    const std::vector<int32_t> biases = scaled_biases(layer.gates[gate].biases);
    std::copy(biases.begin(), biases.end(), inputs.biases.begin() + gate * out.cells);
    std::copy(layer.gates[gate].scales.begin(), layer.gates[gate].scales.end(),
              out.scales.begin() + gate * out.cells);
  }
  out.from_inputs = Int8Matrix(inputs, form);
  out.from_cells = Int8Matrix(stacked(layer, layer.inputs, layer.cells), form);
  return out;
}

TextNetwork::TextNetwork(const LineModel& model, Int8Form form)
    : height_(model.height),
      pool_(model.pool),
      down_(cells_of(model.down, form)),
      output_(layer_of(model.output, form)),
      codes_(model.output.outputs) {
  // Each column of three pixels gets a fourth that does not count.
  LayerWeights convolution = model.convolution;
  convolution.inputs = kTaps * kGroup;
  convolution.weights.assign(convolution.outputs * convolution.inputs, 0);
  for (size_t o = 0; o < convolution.outputs; ++o) {
    for (size_t tap = 0; tap < kTaps * kTaps; ++tap) {
      convolution.weights[o * convolution.inputs + tap / kTaps * kGroup + tap % kTaps] =
          model.convolution.weights[o * kTaps * kTaps + tap];
    }
  }
  convolution_ = layer_of(convolution, form);
  for (const CellLayer& layer : model.along) along_.push_back(cells_of(layer, form));
}

// Of each step, one row of features after the other from the top.
TextNetwork::Rows TextNetwork::features(const cv::Mat& line, size_t steps) const {
  const Columns columns(line);
  const size_t rows = height_ / pool_;
  const size_t each = convolution_.matrix.columns();
  const size_t pooled = pool_ * pool_;
  std::vector<int8_t> seen(rows * pooled * kTaps * kGroup);
  std::vector<int32_t> sums(rows * pooled * each);
  std::vector<int32_t> most(each);
  Rows out{rows * each, std::vector<int8_t>(steps * rows * each)};
  for (size_t step = 0; step < steps; ++step) {
    int8_t* to = seen.data();
    for (size_t i = 0; i < rows * pooled; ++i) {
      const size_t x = step * pool_ + i % pooled / pool_;
      const size_t y = i / pooled * pool_ + i % pool_;
      for (size_t tap = 0; tap < kTaps; ++tap, to += kGroup) {
        std::memcpy(to, columns.at(x + tap, y), kGroup);
      }
    }
    convolution_.matrix.multiply(seen.data(), kTaps * kGroup, rows * pooled, sums.data());
    // The strongest is looked for before the curve is applied: the curve keeps the order.
    const int32_t* from = sums.data();
    for (size_t row = 0; row < rows; ++row) {
      std::fill(most.begin(), most.end(), std::numeric_limits<int32_t>::min());
      for (size_t i = 0; i < pooled; ++i, from += each) {
        for (size_t o = 0; o < each; ++o) most[o] = std::max(most[o], from[o]);
      }
      squash_tanh(most.data(), convolution_.scales.data(), each,
                  out.values.data() + step * out.stride + row * each);
    }
  }
  return out;
}

// What the cells say at the foot of each column.
TextNetwork::Rows TextNetwork::summed_down(const Rows& features, size_t steps) const {
  const size_t cells = down_.cells;
  const size_t each = convolution_.matrix.columns();
  std::vector<int32_t> sums(kColumns * 4 * cells);
  std::vector<float> states(kColumns * cells);
  Rows out{cells, std::vector<int8_t>(steps * cells + kGroup)};
  for (size_t first = 0; first < steps; first += kColumns) {
    const size_t count = std::min(kColumns, steps - first);
    std::fill(states.begin(), states.end(), 0.0F);
    int8_t* said = out.values.data() + first * cells;
    for (size_t row = 0; row < height_ / pool_; ++row) {
      down_.from_inputs.multiply(features.values.data() + first * features.stride + row * each,
                                 features.stride, count, sums.data());
      if (row > 0) down_.from_cells.multiply_add(said, cells, count, sums.data());
      for (size_t i = 0; i < count; ++i) {
        squash_cells(sums.data() + i * 4 * cells, down_.scales.data(), cells,
                     states.data() + i * cells, said + i * cells);
      }
    }
  }
  return out;
}

TextNetwork::Rows TextNetwork::run_along(const Cells& layer, const Rows& in, size_t steps) {
  const size_t cells = layer.cells;
  std::vector<int32_t> sums(kAhead * 4 * cells);
  std::vector<float> state(cells);
  Rows out{cells, std::vector<int8_t>(steps * cells + kGroup)};
  const int8_t* said = nullptr;
  for (size_t done = 0; done < steps; done += kAhead) {
    const size_t count = std::min(kAhead, steps - done);
    const size_t first = layer.backwards ? steps - done - count : done;
    layer.from_inputs.multiply(in.values.data() + first * in.stride, in.stride, count, sums.data());
    for (size_t i = 0; i < count; ++i) {
      const size_t at = layer.backwards ? count - 1 - i : i;
      int32_t* sum = sums.data() + at * 4 * cells;
      if (said != nullptr) layer.from_cells.multiply_add(said, cells, 1, sum);
      int8_t* says = out.values.data() + (first + at) * cells;
      squash_cells(sum, layer.scales.data(), cells, state.data(), says);
      said = says;
    }
  }
  return out;
}

Chances TextNetwork::run(const cv::Mat& line) const {
  assert(line.type() == CV_8UC1 && static_cast<size_t>(line.rows) == height_);
  const size_t steps = static_cast<size_t>(line.cols) / pool_;
  Rows rows = summed_down(features(line, steps), steps);
  for (const Cells& layer : along_) rows = run_along(layer, rows, steps);
  const size_t columns = output_.matrix.columns();
  Chances out(steps, codes_, columns);
  std::vector<int32_t> sums(kAhead * columns);
  for (size_t first = 0; first < steps; first += kAhead) {
    const size_t count = std::min(kAhead, steps - first);
    output_.matrix.multiply(rows.values.data() + first * rows.stride, rows.stride, count,
                            sums.data());
    for (size_t i = 0; i < count; ++i) {
      squash_to_chances(sums.data() + i * columns, output_.scales.data(), codes_, columns,
                        out.at(first + i));
    }
  }
  return out;
}

}  // namespace ocr::detail
