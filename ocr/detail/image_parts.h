// What of an image file decides its picture. Two files whose parts are equal decode to the same
// pixels that lie in the same way, so that the second need not even be decoded. Pure and total over
// any bytes.
#pragma once

#include <string_view>
#include <vector>

#include "ocr/identify.h"

namespace ocr::detail {

// In the file's order; none for formats of which it is not told, and for files that are not whole.
// Left out is only what is known to decide nothing: comments, dates, XMP and what follows a PNG's
// end.
std::vector<std::string_view> deciding_parts(Format format, std::string_view file);

}  // namespace ocr::detail
