// The canonical image's bytes: PNG or JPEG by content, the same for the same pixels; and small
// copies of it. In the worker.
#pragma once

#include <string>

#include "base/result.h"
#include "ocr/detail/pix.h"

namespace ocr::detail {

struct Encoded {
  std::string bytes;
  std::string media_type;
};

// What the pixels are: `lossy` if they came out of a lossy format, so that another loss of that
// kind is fair.
enum class Pixels { exact, lossy };
base::Result<Encoded> encode_canonical(const Pix& image, Pixels pixels, int32_t dpi);

// A small JPEG of at most that width, for lists; of a slender image its upper part.
base::Result<std::string> encode_thumbnail(const Pix& image, int32_t width);

// Whether neighbouring pixels differ mostly by a little, as in photographs and noisy scans, which
// PNG cannot pack.
bool is_noisy(const Pix& image);

}  // namespace ocr::detail
