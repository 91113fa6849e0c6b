// Documents in the API's replies.
#pragma once

#include <vector>

#include "base/clock.h"
#include "base/json.h"
#include "server/flow/upload.h"

namespace server::http {

// A document as lists and single views show it to somebody. Who may not read documents sees what
// they sent themselves, and how far the reading is: no other's sources, no labels, no review.
base::Result<base::Json> document_json(Services& services, const storage::Access& viewer,
                                       const storage::DocumentRow& row);

// What became of each file of an upload; waits for documents to be read until the deadline.
base::Result<base::Json> to_json(Services& services, const storage::Access& viewer,
                                 const std::vector<UploadItem>& items, base::Milliseconds deadline);

// Whether the upload was one file and that was refused: then the whole request is.
const Refusal* sole_refusal(const std::vector<UploadItem>& items);

}  // namespace server::http
