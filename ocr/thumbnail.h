// A small JPEG of a page image, for lists. Decoded and made in a sandboxed worker, as everything
// that comes from strangers.
//
//   const auto small = TRY(make_thumbnail(pool, fd, {"image/png", 160}));
//   if (small.refusal) ...                                // the image is damaged, or too large
//
// The image is read by position and stays the caller's. Blocking; thread-safe.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/result.h"
#include "ocr/failure.h"
#include "ocr/worker_pool.h"

namespace ocr {

struct ThumbnailOrder {
  std::string media_type;  // of the image: image/png or image/jpeg
  int32_t width = 160;     // pixels; never more than the image has
};

struct Thumbnail {
  std::optional<Failure> refusal;
  std::string jpeg;
};

base::Result<Thumbnail> make_thumbnail(WorkerPool& pool, int image, const ThumbnailOrder& order);

}  // namespace ocr
