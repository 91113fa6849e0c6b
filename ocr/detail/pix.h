// leptonica's image, owned. In the worker only.
#pragma once

#include <leptonica/allheaders.h>

#include "base/handle.h"

namespace ocr::detail {

inline void destroy_pix(PIX* pix) {
  pixDestroy(&pix);
}
inline void destroy_boxa(BOXA* boxes) {
  boxaDestroy(&boxes);
}

using Pix = base::Handle<PIX, destroy_pix>;
using Boxes = base::Handle<BOXA, destroy_boxa>;

inline l_int32 width_of(const Pix& pix) {
  return pixGetWidth(pix.get());
}
inline l_int32 height_of(const Pix& pix) {
  return pixGetHeight(pix.get());
}
inline l_int32 depth_of(const Pix& pix) {
  return pixGetDepth(pix.get());
}
// leptonica's words of a row: pixels from the highest bits down.
inline l_uint32* row_of(const Pix& pix, l_int32 y) {
  return pixGetData(pix.get()) + static_cast<size_t>(y) * static_cast<size_t>(pixGetWpl(pix.get()));
}

// In 8 bits; the image itself if it is that already.
inline Pix gray_of(const Pix& image) {
  return Pix(depth_of(image) == 8 && pixGetColormap(image.get()) == nullptr
                 ? pixClone(image.get())
                 : pixConvertTo8(image.get(), 0));
}

}  // namespace ocr::detail
