#include "ocr/detail/network.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <string>

#include "tests/support/result_matchers.h"

namespace ocr::detail {
namespace {

std::string file_of(const std::string& steps, const std::vector<float>& numbers) {
  const std::string head = R"({"steps":[)" + steps + "]}";
  const auto size = static_cast<uint32_t>(head.size());
  std::string out = "GLOSSNET1\n";
  out.append(reinterpret_cast<const char*>(&size), sizeof(size));
  out += head;
  out.append(reinterpret_cast<const char*>(numbers.data()), numbers.size() * sizeof(float));
  return out;
}

// A plane that counts its pixels.
Planes counting(int channels, int height, int width) {
  Planes planes(channels, height, width);
  for (int c = 0; c < channels; ++c) {
    for (size_t i = 0; i < planes.area(); ++i) {
      planes.at(c)[i] = static_cast<float>(i % 17) + static_cast<float>(100 * c);
    }
  }
  return planes;
}

float pixel(const Planes& planes, int channel, int y, int x) {
  if (y < 0 || x < 0 || y >= planes.height() || x >= planes.width()) return 0;
  return planes.at(channel)[y * planes.width() + x];
}

// What a convolution is by its definition.
float convolved_at(const Planes& in, const std::vector<float>& weights, float bias, int kernel,
                   int stride, int y, int x) {
  float sum = bias;
  size_t at = 0;
  for (int c = 0; c < in.channels(); ++c) {
    for (int ky = 0; ky < kernel; ++ky) {
      for (int kx = 0; kx < kernel; ++kx) {
        sum += weights[at++] *
               pixel(in, c, y * stride + ky - kernel / 2, x * stride + kx - kernel / 2);
      }
    }
  }
  return sum;
}

void expect_convolution(int kernel, int stride) {
  std::vector<float> weights;
  for (int i = 0; i < 2 * kernel * kernel; ++i) weights.push_back(static_cast<float>(i % 5) - 2);
  std::vector<float> numbers = weights;
  numbers.push_back(0.5F);
  const std::string step = R"({"do":"conv","from":[0],"channels_in":2,"channels_out":1,"kernel":)" +
                           std::to_string(kernel) + R"(,"stride":)" + std::to_string(stride) + "}";
  const auto network = Network::parse(file_of(step, numbers));
  ASSERT_OK(network);
  const Planes in = counting(2, 32, 96);
  const Planes out = network->run(in.clone());
  ASSERT_EQ(out.width(), 96 / stride);
  for (int y = 0; y < out.height(); ++y) {
    for (int x = 0; x < out.width(); ++x) {
      ASSERT_FLOAT_EQ(pixel(out, 0, y, x), convolved_at(in, weights, 0.5F, kernel, stride, y, x))
          << y << ' ' << x;
    }
  }
}

TEST(Network, ConvolvesPoints) {
  expect_convolution(1, 1);
}

TEST(Network, ConvolvesWithEdgesOfZeros) {
  expect_convolution(3, 1);
}

TEST(Network, ConvolvesInStepsOfTwo) {
  expect_convolution(3, 2);
  expect_convolution(5, 2);
}

TEST(Network, ConvolvesChannelsAlone) {
  const auto network = Network::parse(
      file_of(R"({"do":"depthwise","from":[0],"channels_in":2,"kernel":3,"stride":1})",
              {0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 1, 0}));
  ASSERT_OK(network);
  const Planes in = counting(2, 32, 32);
  const Planes out = network->run(in.clone());
  EXPECT_EQ(pixel(out, 0, 5, 7), 2 * pixel(in, 0, 5, 7) + 1);
  EXPECT_EQ(pixel(out, 1, 5, 7), pixel(in, 1, 5, 8));
}

TEST(Network, AppliesHardSwish) {
  const auto network = Network::parse(file_of(
      R"({"do":"conv","from":[0],"channels_in":1,"channels_out":1,"activation":"hard_swish",)"
      R"("scale":2,"shift":1})",
      {1, -4}));
  ASSERT_OK(network);
  const Planes out = network->run(counting(1, 32, 32));
  EXPECT_FLOAT_EQ(pixel(out, 0, 0, 0), 1);                     // -4: shut
  EXPECT_FLOAT_EQ(pixel(out, 0, 0, 5), 2 * 1 * 4.0F / 6 + 1);  // 1: partly open
  EXPECT_FLOAT_EQ(pixel(out, 0, 0, 16), 2 * 12 + 1);           // 12: open
}

TEST(Network, GrowsEachPixelIntoFour) {
  const auto network = Network::parse(
      file_of(R"({"do":"conv","from":[0],"channels_in":1,"channels_out":1,"kernel":1,"stride":2},)"
              R"({"do":"grow","from":[1],"channels_out":1,"kernel":2,"stride":2})",
              {1, 0, 1, 2, 3, 4, 0, 0, 0, 0}));
  ASSERT_OK(network);
  const Planes in = counting(1, 32, 32);
  const Planes out = network->run(in.clone());
  ASSERT_EQ(out.height(), 32);
  EXPECT_EQ(pixel(out, 0, 4, 6), pixel(in, 0, 4, 6));
  EXPECT_EQ(pixel(out, 0, 4, 7), 2 * pixel(in, 0, 4, 6));
  EXPECT_EQ(pixel(out, 0, 5, 6), 3 * pixel(in, 0, 4, 6));
  EXPECT_EQ(pixel(out, 0, 5, 7), 4 * pixel(in, 0, 4, 6));
}

TEST(Network, RefusesAStepThatReadsWhatIsNotThere) {
  EXPECT_FALSE(Network::parse(
                   file_of(R"({"do":"conv","from":[1],"channels_in":1,"channels_out":1})", {1, 0}))
                   .ok());
}

TEST(Network, RefusesMissingAndSurplusWeights) {
  const std::string step = R"({"do":"conv","from":[0],"channels_in":1,"channels_out":1})";
  EXPECT_FALSE(Network::parse(file_of(step, {1})).ok());
  EXPECT_FALSE(Network::parse(file_of(step, {1, 0, 0})).ok());
}

TEST(Network, RefusesAFileThatEndsEarly) {
  const std::string whole =
      file_of(R"({"do":"conv","from":[0],"channels_in":1,"channels_out":1})", {1, 0});
  for (size_t size = 0; size < whole.size(); ++size) {
    EXPECT_FALSE(Network::parse(whole.substr(0, size)).ok()) << size;
  }
}

TEST(Network, RefusesASumOfUnlikeValues) {
  EXPECT_FALSE(
      Network::parse(file_of(R"({"do":"conv","from":[0],"channels_in":1,"channels_out":1},)"
                             R"({"do":"add_enlarged","from":[0,1]})",
                             {1, 0}))
          .ok());
}

}  // namespace
}  // namespace ocr::detail
