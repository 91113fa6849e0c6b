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
  bool withdrawn = false;  // only withdrawn releases have it: nothing below
  storage::BlobRecord record = {};
  std::unique_ptr<storage::BlobReader> reader = {};
};

// What a reader may see of a project: all its bytes, or those that its releases point to.
enum class Sight { all, released };
Sight sight_of(const storage::Access& access);

// not_found unless it is in sight. Who may see all documents sees their bytes whatever becomes of
// releases that had them, but not the lists of withdrawn ones.
Result<StoredObject> open_object(Services& services, const storage::Project& project, Sight sight,
                                 const storage::BlobName& name);

// Fills the buffer; 0 at the end.
using ObjectSource = std::function<Result<size_t>(char* buffer, size_t size)>;

// Durable when it returns. invalid: the bytes are not what the address says, or the directory
// object is malformed; conflict: children are missing.
Result<void> take_object(Services& services, const Actor& actor, const storage::BlobName& name,
                         const ObjectSource& source);

// Of an object that is there already: who sends it relies on it from now on, as on one that was
// taken, and collection (server/flow/collect.h) leaves it alone.
Result<void> note_sent_again(Services& services, const Actor& actor, const storage::BlobName& name);

}  // namespace server
