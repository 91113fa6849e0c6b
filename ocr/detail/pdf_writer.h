// Writes searchable PDF files with qpdf. In the worker only: the source is a stranger's.
//
// The request is followed by a frame for each page (PdfPageRequest); the answer is StreamSteps:
// bytes, then done, or failed with the reason.
#pragma once

#include <string_view>

#include "base/json.h"
#include "base/result.h"

namespace ocr::detail {

// request: {"pages": N, "onto": whether `input` is the PDF whose pages are kept, else the images of
// all pages one after another}.
base::Result<void> write_searchable(int socket, const base::Json& request, std::string_view input);

}  // namespace ocr::detail
