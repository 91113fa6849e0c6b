#include "ocr/detail/squashing.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numeric>
#include <vector>

namespace ocr::detail {
namespace {

double logistic(double x) {
  return 1 / (1 + std::exp(-x));
}

TEST(Squash, TakesTheHyperbolicTangent) {
  std::vector<int32_t> sums;
  for (int32_t i = -2400; i < 2400; ++i) sums.push_back(i);
  const std::vector<float> scales(sums.size(), 0.005F);
  std::vector<int8_t> out(sums.size());
  squash_tanh(sums.data(), scales.data(), sums.size(), out.data());
  for (size_t i = 0; i < sums.size(); ++i) {
    EXPECT_NEAR(out[i], 127 * std::tanh(sums[i] * 0.005), 0.5001) << sums[i];
  }
}

TEST(Squash, CarriesCellsOn) {
  constexpr size_t kCells = 48;
  std::vector<int32_t> sums;
  std::vector<float> state;
  for (size_t i = 0; i < 4 * kCells; ++i) sums.push_back(static_cast<int32_t>(i * 97 % 401) - 200);
  for (size_t i = 0; i < kCells; ++i) state.push_back(static_cast<float>(i) / 10 - 2);
  const std::vector<float> before = state;
  const std::vector<float> scales(sums.size(), 0.02F);
  std::vector<int8_t> out(kCells);
  squash_cells(sums.data(), scales.data(), kCells, state.data(), out.data());
  for (size_t i = 0; i < kCells; ++i) {
    const auto gate = [&](size_t which) { return sums[which * kCells + i] * 0.02; };
    const double held = before[i] * logistic(gate(2)) + std::tanh(gate(0)) * logistic(gate(1));
    EXPECT_NEAR(state[i], held, 1e-5);
    EXPECT_NEAR(out[i], 127 * std::tanh(held) * logistic(gate(3)), 0.501);
  }
}

TEST(Squash, ForgetsNoMoreThanItCanHold) {
  constexpr size_t kCells = 16;
  std::vector<int32_t> sums(4 * kCells, 1000);
  const std::vector<float> scales(sums.size(), 1);
  std::vector<float> state(kCells, 99.9F);
  std::vector<int8_t> out(kCells);
  for (int i = 0; i < 3; ++i) {
    squash_cells(sums.data(), scales.data(), kCells, state.data(), out.data());
  }
  EXPECT_EQ(state[0], 100);
  EXPECT_EQ(out[0], 127);
}

TEST(Squash, GivesChancesThatAddUp) {
  constexpr size_t kCodes = 21;
  std::vector<int32_t> sums(32);
  for (size_t i = 0; i < kCodes; ++i) sums[i] = static_cast<int32_t>(i * 31 % 47) * 100 - 3000;
  const std::vector<float> scales(sums.size(), 0.004F);
  std::vector<float> out(sums.size());
  squash_to_chances(sums.data(), scales.data(), kCodes, sums.size(), out.data());
  double total = 0;
  for (size_t i = 0; i < kCodes; ++i) total += std::exp(sums[i] * 0.004);
  for (size_t i = 0; i < kCodes; ++i) {
    EXPECT_NEAR(out[i], std::exp(sums[i] * 0.004) / total, 1e-5) << i;
  }
  for (size_t i = kCodes; i < out.size(); ++i) EXPECT_EQ(out[i], 0);
  EXPECT_NEAR(std::accumulate(out.begin(), out.end(), 0.0), 1, 1e-5);
}

}  // namespace
}  // namespace ocr::detail
