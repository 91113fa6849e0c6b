// A page as a row of columns, for the formats that `datasets` and `webdataset` read. Private to
// dataset/.
#pragma once

#include "base/json.h"
#include "dataset/detail/page_archive.h"

namespace dataset::detail {

// Adds `width`, `height`, `words`, `boxes` (corners in pixels) and `objects`: lists of `id`,
// `category`, `bbox` (x, y, width, height) and `text`.
void add_page_columns(base::Json& row, const ChosenPage& page, LossReport& loss);

}  // namespace dataset::detail
