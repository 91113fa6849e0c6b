// What a stock DVC client asks of an HTTP remote: is this object there, give it, take it. An upload
// is checked against its address while it streams; a directory object is taken only when everything
// that it names is there, since clients then trust it for ever.
#pragma once

#include <functional>
#include <memory>

#include "server/flow/actor.h"
#include "server/flow/services.h"
#include "storage/blob_table.h"

namespace server {

struct StoredObject {
  storage::BlobRecord record;
  std::unique_ptr<storage::BlobReader> reader;
};

// not_found unless the project may see it.
Result<StoredObject> open_object(Services& services, const storage::Project& project,
                                 const storage::BlobName& name);

// Fills the buffer; 0 at the end.
using ObjectSource = std::function<Result<size_t>(char* buffer, size_t size)>;

// Durable when it returns. invalid: the bytes are not what the address says, or the directory
// object is malformed; conflict: children are missing.
Result<void> take_object(Services& services, const Actor& actor, const storage::BlobName& name,
                         const ObjectSource& source);

}  // namespace server
