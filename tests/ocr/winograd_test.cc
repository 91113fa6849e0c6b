#include "ocr/detail/winograd.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

#include "ocr/detail/convolution.h"

namespace ocr::detail {
namespace {

// Its sums differ in their last digits, which cancel where outputs are small.
constexpr double kOfLargest = 2e-5;

struct Case {
  Step step;
  std::vector<float> weights;  // plain
  Planes in;
};

Case some_case(int channels_in, int channels_out, int height, int width) {
  std::mt19937 random(7);
  std::uniform_real_distribution<float> number(-1, 1);
  Case out;
  out.step.kernel = 3;
  out.step.channels_in = channels_in;
  out.step.channels_out = channels_out;
  out.weights.resize(static_cast<size_t>(9 * channels_in * channels_out));
  for (float& weight : out.weights) weight = number(random);
  for (int i = 0; i < channels_out; ++i) out.step.biases.push_back(number(random));
  out.step.biases = blocked_biases(out.step.biases);
  out.in = Planes(channels_in, height, width);
  for (int c = 0; c < channels_in; ++c) {
    for (size_t i = 0; i < out.in.area(); ++i) out.in.at(c)[i] = number(random);
  }
  return out;
}

double pixel(const Planes& planes, int channel, int y, int x) {
  if (y < 0 || x < 0 || y >= planes.height() || x >= planes.width()) return 0;
  return planes.at(channel)[y * planes.width() + x];
}

// By the definition of a convolution.
double convolved_at(const Case& a, int channel, int y, int x) {
  double sum = a.step.biases[static_cast<size_t>(channel)];
  const float* weight = a.weights.data() + 9 * channel * a.step.channels_in;
  for (int c = 0; c < a.step.channels_in; ++c) {
    for (int dy = -1; dy <= 1; ++dy) {
      for (int dx = -1; dx <= 1; ++dx) sum += *weight++ * pixel(a.in, c, y + dy, x + dx);
    }
  }
  return sum;
}

void expect_convolution(Case a) {
  a.step.weights = winograd_weights(a.weights, a.step);
  const Planes out = convolved_by_winograd(a.in, a.step);
  ASSERT_EQ(out.channels(), a.step.channels_out);
  ASSERT_EQ(out.height(), a.in.height());
  ASSERT_EQ(out.width(), a.in.width());
  const double largest = 3 * a.step.channels_in;
  for (int c = 0; c < out.channels(); ++c) {
    for (int y = 0; y < out.height(); ++y) {
      for (int x = 0; x < out.width(); ++x) {
        double wanted = convolved_at(a, c, y, x);
        if (a.step.activation == Activation::relu) wanted = std::max(wanted, 0.0);
        ASSERT_NEAR(pixel(out, c, y, x), wanted, kOfLargest * largest)
            << c << ": " << y << ' ' << x;
      }
    }
  }
}

TEST(Winograd, ConvolvesAsByDefinition) {
  expect_convolution(some_case(16, 24, 12, 64));
}

TEST(Winograd, ConvolvesWhatItsPatchesDoNotDivide) {
  expect_convolution(some_case(17, 19, 7, 50));
  expect_convolution(some_case(16, 16, 1, 1));
}

TEST(Winograd, ConvolvesRowsOfMoreThanOneTile) {
  expect_convolution(some_case(16, 16, 5, 413));
}

TEST(Winograd, AppliesTheActivation) {
  Case a = some_case(16, 16, 8, 20);
  a.step.activation = Activation::relu;
  expect_convolution(std::move(a));
}

TEST(Winograd, SuitsSquaresOfThreeWithManyChannels) {
  Step step = some_case(16, 24, 4, 4).step;
  EXPECT_TRUE(suits_winograd(step));
  step.stride = 2;
  EXPECT_FALSE(suits_winograd(step));
  step.stride = 1;
  step.kernel = 5;
  EXPECT_FALSE(suits_winograd(step));
  step.kernel = 3;
  step.channels_in = 3;
  EXPECT_FALSE(suits_winograd(step));
}

}  // namespace
}  // namespace ocr::detail
