// What is done to a page that was drawn from type and needs no reading: little, and quickly, for
// such pages come by the thousand. In the worker only.
#pragma once

#include <optional>

#include "base/result.h"
#include "ocr/detail/encode.h"
#include "ocr/detail/pix.h"

namespace ocr::detail {

// The page in 8 bits of gray: itself if it is, else by weights as leptonica's, within one level.
Pix gray_of_typeset(const Pix& page);

// The canonical image as PNG. Areas keep their colour; edges of letters, which mix the colours of
// ink and paper, are kept in sixteen steps. Nothing for a page that has more than letters, rules
// and tints: pictures keep every level, and are encode_canonical's (docs/decisions/0115).
base::Result<std::optional<Encoded>> encode_typeset(const Pix& page, int32_t dpi);

}  // namespace ocr::detail
