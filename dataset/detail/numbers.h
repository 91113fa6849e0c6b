// Numbers of strangers' JSON as pixels: bounded, rounded half away from zero. Private to dataset/.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <optional>

#include "base/json.h"

namespace dataset::detail {

// Integer or real; nothing for anything else.
inline std::optional<double> number_of(const base::Json* json) {
  if (json == nullptr) return std::nullopt;
  if (const int64_t* integer = json->as_integer()) return static_cast<double>(*integer);
  if (const double* real = json->as_real()) return *real;
  return std::nullopt;
}

inline int32_t pixel(double value) {
  constexpr double kFar = 1e6;  // beyond any page
  return static_cast<int32_t>(std::lround(std::clamp(value, -kFar, kFar)));
}

}  // namespace dataset::detail
