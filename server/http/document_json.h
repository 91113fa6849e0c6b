// Documents in the API's replies.
#pragma once

#include <vector>

#include "base/clock.h"
#include "base/json.h"
#include "server/flow/upload.h"

namespace server::http {

// A document as lists and single views show it.
base::Json to_json(const storage::DocumentRow& row);

// What became of each file of an upload; waits for documents to be read until the deadline.
base::Result<base::Json> to_json(Services& services, const storage::Project& project,
                                 const std::vector<UploadItem>& items, base::Milliseconds deadline);

// Whether the upload was one file and that was refused: then the whole request is.
const Refusal* sole_refusal(const std::vector<UploadItem>& items);

}  // namespace server::http
