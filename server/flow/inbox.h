// What came back to somebody: documents that they submitted and a reviewer rejected, with the
// reason.
#pragma once

#include <vector>

#include "corpus/review.h"
#include "server/flow/actor.h"
#include "server/flow/services.h"
#include "storage/document_table.h"

namespace server {

struct Returned {
  storage::DocumentRow document;
  corpus::Review review;
  int64_t rejected = 0;  // annotations that the reviewer marked as wrong
};

// The most recently changed first, at most `limit`.
Result<std::vector<Returned>> returned_to(Services& services, const Actor& actor, size_t limit);

}  // namespace server
