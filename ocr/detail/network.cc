#include "ocr/detail/network.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <numeric>
#include <optional>
#include <string>

#include "base/json.h"
#include "ocr/detail/convolution.h"
#include "ocr/detail/winograd.h"

namespace ocr::detail {
namespace {

constexpr std::string_view kMagic = "GLOSSNET1\n";
constexpr size_t kSlack = 64;  // behind a plane's last row
constexpr int kMostChannels = 4096;

base::Error broken(const std::string& what) {
  return {base::Code::invalid, "the network's file is damaged: " + what};
}

template <class Enum>
struct Named {
  const char* name;
  Enum value;
};
constexpr Named<Step::Kind> kKinds[] = {
    {"conv", Step::Kind::conv},
    {"depthwise", Step::Kind::depthwise},
    {"grow", Step::Kind::grow},
    {"weigh", Step::Kind::weigh},
    {"add_enlarged", Step::Kind::add_enlarged},
    {"join_enlarged", Step::Kind::join_enlarged},
};
constexpr Named<Activation> kActivations[] = {
    {"none", Activation::none},
    {"relu", Activation::relu},
    {"hard_swish", Activation::hard_swish},
    {"sigmoid", Activation::sigmoid},
};

template <class Enum, size_t kSize>
std::optional<Enum> named(const Named<Enum> (&all)[kSize], const std::string& name) {
  for (const auto& one : all) {
    if (name == one.name) return one.value;
  }
  return std::nullopt;
}

float number_or(const base::Json& json, const char* key, float fallback) {
  const base::Json* found = json.find(key);
  if (found == nullptr) return fallback;
  if (const double* real = found->as_real()) return static_cast<float>(*real);
  const int64_t* integer = found->as_integer();
  return integer != nullptr ? static_cast<float>(*integer) : fallback;
}

int count_or(const base::Json& json, const char* key, int fallback) {
  return static_cast<int>(std::clamp<int64_t>(json.integer_or(key, fallback), 0, kMostChannels));
}

// A value's extent: how many planes, and how many times smaller than the image.
struct Extent {
  int channels = 0;
  int shrink = 1;
};

// How many numbers a step brings along.
struct Counts {
  int weights = 0;
  int biases = 0;
};

Counts counts_of(const Step& step) {
  const int square = step.kernel * step.kernel;
  switch (step.kind) {
    case Step::Kind::conv:
      return {step.channels_out * step.channels_in * square, step.channels_out};
    case Step::Kind::depthwise:
      return {step.channels_in * square, step.channels_in};
    case Step::Kind::grow:
      return {step.channels_out * step.channels_in * square, step.channels_out * square};
    case Step::Kind::weigh:
      return {2 * step.middle * step.channels_in, step.middle + step.channels_in};
    default:
      return {};
  }
}

base::Result<Step> parse_step(const base::Json& json) {
  const auto kind = named(kKinds, json.string_or("do", ""));
  const auto activation = named(kActivations, json.string_or("activation", "none"));
  const auto* from = json.find_array("from");
  if (!kind || !activation || from == nullptr || from->empty()) return broken("a step");
  Step step;
  step.kind = *kind;
  step.activation = *activation;
  for (const base::Json& value : *from) {
    const int64_t* at = value.as_integer();
    if (at == nullptr) return broken("a step");
    step.from.push_back(static_cast<size_t>(*at));
  }
  step.channels_in = count_or(json, "channels_in", 0);
  step.channels_out = count_or(json, "channels_out", 0);
  step.kernel = count_or(json, "kernel", 1);
  step.stride = count_or(json, "stride", 1);
  step.scale = number_or(json, "scale", 1);
  step.shift = number_or(json, "shift", 0);
  step.middle = count_or(json, "middle", 0);
  step.slope = number_or(json, "slope", 0);
  const base::Json* residual = json.find("residual");
  step.residual =
      residual != nullptr && residual->as_boolean() != nullptr && *residual->as_boolean();
  return step;
}

// Checks each step against the values before it.
class Checker {
 public:
  explicit Checker(int channels) : extents_{{channels, 1}} {}

  base::Result<void> check(Step& step) {
    for (const size_t value : step.from) {
      if (value >= extents_.size()) return broken("a step reads what is not there");
    }
    const Extent in = extents_[step.from[0]];
    if (step.channels_in == 0) step.channels_in = in.channels;
    if (step.channels_out == 0) step.channels_out = in.channels;
    const Extent out = made(step, in);
    if (step.channels_in != in.channels || out.channels == 0) return broken("steps do not fit");
    step.channels_out = out.channels;
    extents_.push_back(out);
    return {};
  }

 private:
  // No channels: the step cannot work on what it reads.
  Extent made(const Step& step, Extent in) const {
    const bool odd = step.kernel % 2 == 1 && step.kernel <= 7;
    const bool plain = odd && (step.stride == 1 || step.stride == 2);
    switch (step.kind) {
      case Step::Kind::conv:
        return plain ? Extent{step.channels_out, in.shrink * step.stride} : Extent{};
      case Step::Kind::depthwise:
        return plain && step.channels_out == in.channels
                   ? Extent{in.channels, in.shrink * step.stride}
                   : Extent{};
      case Step::Kind::grow:
        return step.kernel == 2 && step.stride == 2 && in.shrink % 2 == 0
                   ? Extent{step.channels_out, in.shrink / 2}
                   : Extent{};
      case Step::Kind::weigh:
        return in;
      case Step::Kind::add_enlarged:
        return step.from.size() == 2 && enlarges(step.from[1], in) ? in : Extent{};
      case Step::Kind::join_enlarged:
        return joined(step);
    }
    return {};
  }

  bool enlarges(size_t value, Extent to) const {
    return extents_[value].channels == to.channels && extents_[value].shrink == 2 * to.shrink;
  }

  Extent joined(const Step& step) const {
    Extent out{0, extents_[step.from.back()].shrink};
    for (const size_t value : step.from) {
      if (extents_[value].shrink % out.shrink != 0) return {};
      out.channels += extents_[value].channels;
    }
    return out;
  }

  std::vector<Extent> extents_;
};

bool take(std::string_view& bytes, int count, std::vector<float>& into) {
  const size_t size = static_cast<size_t>(count) * sizeof(float);
  if (count < 0 || bytes.size() < size) return false;
  into.resize(static_cast<size_t>(count));
  if (size > 0) std::memcpy(into.data(), bytes.data(), size);  // an empty vector has no place
  bytes.remove_prefix(size);
  return true;
}

base::Result<void> take_weights(Step& step, std::string_view& bytes) {
  const Counts counts = counts_of(step);
  if (!take(bytes, counts.weights, step.weights) || !take(bytes, counts.biases, step.biases)) {
    return broken("weights are missing");
  }
  if (step.kind == Step::Kind::conv || step.kind == Step::Kind::grow) {
    const int outputs = counts.biases;
    step.weights = suits_winograd(step)
                       ? winograd_weights(step.weights, step)
                       : blocked_weights(step.weights, outputs, counts.weights / outputs);
    step.biases = blocked_biases(step.biases);
  }
  return {};
}

float clipped(float value) {
  return std::clamp(value, 0.0F, 1.0F);
}

// In eight sums side by side, which the compiler makes one vector.
float sum_of(const float* values, size_t count) {
  std::array<float, 8> sums = {};
  size_t i = 0;
  for (; i + sums.size() <= count; i += sums.size()) {
    for (size_t lane = 0; lane < sums.size(); ++lane) sums[lane] += values[i + lane];
  }
  for (; i < count; ++i) sums[0] += values[i];
  return std::accumulate(sums.begin(), sums.end(), 0.0F);
}

// Each channel times what two small layers make of all channels' means.
void weigh(Planes& planes, const Step& step) {
  const auto channels = static_cast<size_t>(planes.channels());
  const auto middle = static_cast<size_t>(step.middle);
  const size_t area = planes.area();
  std::vector<float> means(channels);
  std::vector<float> hidden(step.biases.begin(), step.biases.begin() + step.middle);
  for (size_t c = 0; c < channels; ++c) {
    means[c] = sum_of(planes.at(static_cast<int>(c)), area) / static_cast<float>(area);
  }
  for (size_t m = 0; m < middle; ++m) {
    for (size_t c = 0; c < channels; ++c) hidden[m] += step.weights[m * channels + c] * means[c];
    hidden[m] = std::max(hidden[m], 0.0F);
  }
  const float* weights = step.weights.data() + middle * channels;
  for (size_t c = 0; c < channels; ++c, weights += middle) {
    float sum = step.biases[middle + c];
    for (size_t m = 0; m < middle; ++m) sum += weights[m] * hidden[m];
    const float gate = clipped(step.slope * sum + 0.5F) + (step.residual ? 1.0F : 0.0F);
    float* values = planes.at(static_cast<int>(c));
    for (size_t i = 0; i < area; ++i) values[i] *= gate;
  }
}

// Adds `half`, twice as large.
void add_enlarged(Planes& planes, const Planes& half) {
  for (int c = 0; c < planes.channels(); ++c) {
    float* to = planes.at(c);
    for (int y = 0; y < planes.height(); ++y, to += planes.width()) {
      const float* from = half.at(c) + static_cast<ptrdiff_t>(y / 2) * half.width();
      for (int x = 0; x < half.width(); ++x) {
        to[2 * x] += from[x];
        to[2 * x + 1] += from[x];
      }
    }
  }
}

// Puts `in`, enlarged, into the planes of `out` from `first` on.
void put_enlarged(const Planes& in, Planes& out, int first) {
  const int factor = out.width() / in.width();
  for (int c = 0; c < in.channels(); ++c) {
    const float* from = in.at(c);
    float* to = out.at(first + c);
    for (int y = 0; y < in.height(); ++y, from += in.width()) {
      const float* row = to;
      for (int x = 0; x < in.width(); ++x, to += factor) std::fill_n(to, factor, from[x]);
      for (int i = 1; i < factor; ++i) to = std::copy_n(row, out.width(), to);
    }
  }
}

float sigmoid(float value) {
  return 1.0F / (1.0F + std::exp(-value));
}

// The four outputs of each pixel come as channels of their own and are put in their places.
Planes grown(const Planes& in, const Step& step) {
  Step points = step;
  points.kernel = points.stride = 1;
  points.channels_out = 4 * step.channels_out;
  const Planes parts = convolved(in, points);
  Planes out(step.channels_out, 2 * in.height(), 2 * in.width());
  for (int c = 0; c < out.channels(); ++c) {
    for (int y = 0; y < out.height(); ++y) {
      const ptrdiff_t row = static_cast<ptrdiff_t>(y / 2) * in.width();
      const float* left = parts.at(4 * c + y % 2 * 2) + row;
      const float* right = parts.at(4 * c + y % 2 * 2 + 1) + row;
      float* to = out.at(c) + static_cast<ptrdiff_t>(y) * out.width();
      for (int x = 0; x < in.width(); ++x) {
        to[2 * x] = left[x];
        to[2 * x + 1] = right[x];
      }
    }
    if (step.activation == Activation::sigmoid) {
      std::transform(out.at(c), out.at(c) + out.area(), out.at(c), sigmoid);
    }
  }
  return out;
}

Planes joined(const Step& step, const std::vector<Planes>& values) {
  const Planes& largest = values[step.from.back()];
  Planes out(step.channels_out, largest.height(), largest.width());
  int first = 0;
  for (const size_t value : step.from) {
    put_enlarged(values[value], out, first);
    first += values[value].channels();
  }
  return out;
}

// `last`: the first value that the step reads is read no more and may be changed in place.
Planes made(const Step& step, std::vector<Planes>& values, bool last) {
  Planes& in = values[step.from[0]];
  const auto own = [&] { return last ? std::move(in) : in.clone(); };
  switch (step.kind) {
    case Step::Kind::conv:
      return convolved(in, step);
    case Step::Kind::depthwise:
      return convolved_depthwise(in, step);
    case Step::Kind::grow:
      return grown(in, step);
    case Step::Kind::weigh: {
      Planes out = own();
      weigh(out, step);
      return out;
    }
    case Step::Kind::add_enlarged: {
      Planes out = own();
      add_enlarged(out, values[step.from[1]]);
      return out;
    }
    case Step::Kind::join_enlarged:
      return joined(step, values);
  }
  return {};
}

}  // namespace

Planes::Planes(int channels, int height, int width)
    : channels_(channels),
      height_(height),
      width_(width),
      plane_(area() + kSlack),
      values_(std::make_unique_for_overwrite<float[]>(plane_ * static_cast<size_t>(channels))) {}

Planes Planes::clone() const {
  Planes out(channels_, height_, width_);
  std::copy_n(values_.get(), plane_ * static_cast<size_t>(channels_), out.values_.get());
  return out;
}

base::Result<Network> Network::parse(std::string_view bytes) {
  uint32_t size = 0;
  if (!bytes.starts_with(kMagic) || bytes.size() < kMagic.size() + sizeof(size)) {
    return broken("it does not begin as one");
  }
  std::memcpy(&size, bytes.data() + kMagic.size(), sizeof(size));
  bytes.remove_prefix(kMagic.size() + sizeof(size));
  if (size > bytes.size()) return broken("it ends early");
  const base::Json head = TRY(base::parse_json(bytes.substr(0, size)));
  bytes.remove_prefix(size);
  const auto* steps = head.find_array("steps");
  if (steps == nullptr || steps->empty()) return broken("it has no steps");
  Network network;
  network.channels_in_ = count_or(steps->front(), "channels_in", 0);
  Checker checker(network.channels_in_);
  network.last_use_.resize(steps->size() + 1);
  for (const base::Json& json : *steps) {
    Step step = TRY(parse_step(json));
    TRY(checker.check(step));
    TRY(take_weights(step, bytes));
    for (const size_t value : step.from) network.last_use_[value] = network.steps_.size();
    network.steps_.push_back(std::move(step));
  }
  if (!bytes.empty()) return broken("it goes on behind its weights");
  return network;
}

Planes Network::run(Planes image) const {
  std::vector<Planes> values;
  values.push_back(std::move(image));
  for (size_t i = 0; i < steps_.size(); ++i) {
    values.push_back(made(steps_[i], values, last_use_[steps_[i].from[0]] == i));
    for (const size_t value : steps_[i].from) {
      if (last_use_[value] == i) values[value] = Planes();
    }
  }
  return std::move(values.back());
}

}  // namespace ocr::detail
