// The arithmetic below ocr/detail/network.h: convolutions, as tiles (ocr/detail/tile.h).
#pragma once

#include <cstddef>
#include <vector>

#include "ocr/detail/network.h"

namespace ocr::detail {

// Weights as the inner loop wants them: blocks of output channels, the last filled up with zeros.
// `dense` is [out][in][kernel * kernel].
std::vector<float> blocked_weights(const std::vector<float>& dense, int channels_out, int each);
std::vector<float> blocked_biases(const std::vector<float>& biases);

// `step.weights` and `step.biases` are blocked, for depthwise plain.
Planes convolved(const Planes& in, const Step& step);
Planes convolved_depthwise(const Planes& in, const Step& step);

}  // namespace ocr::detail
