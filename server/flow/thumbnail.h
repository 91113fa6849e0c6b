// Small images of pages, for lists: made when first asked for, then kept below DATA/cache, which
// may be emptied at any time. Whether the caller may see the page is for the caller to know.
//
//   const Thumbnail small = TRY(thumbnail_of(services, project, page.image, 160));
//   reply_file(small.fd, small.size);
//
// From any thread; two who ask for the same at once may both make it.
#pragma once

#include <cstdint>

#include "base/clock.h"
#include "base/file.h"
#include "corpus/document.h"
#include "server/flow/services.h"

namespace server {

struct Thumbnail {
  base::UniqueFd fd;  // a JPEG
  uint64_t size = 0;
};

// not_found where the image cannot be decoded, or is not this project's.
Result<Thumbnail> thumbnail_of(Services& services, const storage::Project& project,
                               const corpus::StoredFile& image, int32_t width);

// Once a day: drops those that nobody has asked for in a month.
Result<void> sweep_thumbnails(Services& services, base::Milliseconds now);

}  // namespace server
