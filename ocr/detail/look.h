// What a page looks like from afar: corpus/page_look.h. In the worker only.
#pragma once

#include <cstdint>
#include <optional>

#include "corpus/page_look.h"
#include "ocr/detail/pix.h"

namespace ocr::detail {

// Of an upright image of 1, 8 or 32 bits that lies turned by `skew` hundredths of a degree. Nothing
// for a page with hardly any ink: blank pages look alike, and that tells nothing.
std::optional<corpus::PageLook> look_of(const Pix& page, int32_t skew);

}  // namespace ocr::detail
