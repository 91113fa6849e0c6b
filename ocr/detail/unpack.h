// Takes an archive apart inside the worker and streams it over the socket.
#pragma once

#include <string_view>

#include "base/json.h"
#include "base/result.h"

namespace ocr::detail {

// The request: {"entries","entry_bytes","total_bytes","ratio"}. Sends ArchiveSteps up to done or
// failed.
base::Result<void> unpack(int socket, const base::Json& request, std::string_view bytes);

}  // namespace ocr::detail
