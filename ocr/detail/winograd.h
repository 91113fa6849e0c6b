// Convolutions of 3 x 3 with fewer multiplications: Winograd's minimal filtering F(4 x 4, 3 x 3),
// after A. Lavin and S. Gray, Fast Algorithms for Convolutional Neural Networks (2015). The image
// is cut into patches of 6 x 6 that overlap by two; a patch, transformed, is multiplied number by
// number with the kernel, transformed too, and gives 4 x 4 outputs: 36 multiplications for 144.
//
// Sums are taken in another order than by definition, so that outputs differ in their last digits:
// by some 1e-5 of the largest.
#pragma once

#include <vector>

#include "ocr/detail/network.h"

namespace ocr::detail {

// Whether a step can be done so, and has enough channels for it to pay.
bool suits_winograd(const Step& step);

// A step's transformed weights, of its plain ones, which are [out][in][3][3].
std::vector<float> winograd_weights(const std::vector<float>& dense, const Step& step);

// `step.weights` are transformed, `step.biases` blocked.
Planes convolved_by_winograd(const Planes& in, const Step& step);

}  // namespace ocr::detail
