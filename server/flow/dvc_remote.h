// What a stock DVC client asks of an HTTP remote: is this object there, give it, take it. An upload
// is checked against its address while it streams; a directory object is taken only when everything
// that it names is there, since clients then trust it for ever.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "server/flow/actor.h"
#include "server/flow/services.h"
#include "storage/blob_table.h"

namespace server {

// What a reader sees of an object: nothing, what is known of it, or that it is gone.
struct SeenObject {
  bool withdrawn = false;  // only withdrawn releases have it
  std::optional<storage::BlobRecord> record = {};
};

struct StoredObject {
  bool withdrawn = false;  // only withdrawn releases have it: nothing below
  storage::BlobRecord record = {};
  std::unique_ptr<storage::BlobReader> reader = {};
};

// What a reader may see of a project: all its bytes, or those that its releases point to.
enum class Sight { all, released };
Sight sight_of(const storage::Access& access);

Result<SeenObject> see_object(storage::Transaction& tx, const storage::Project& project,
                              Sight sight, const storage::BlobName& name);

// not_found unless it is in sight. Who may see all documents sees their bytes whatever becomes of
// releases that had them, but not the lists of withdrawn ones.
Result<StoredObject> open_object(Services& services, const storage::Project& project, Sight sight,
                                 const storage::BlobName& name);

// The same for who cannot say that it is gone: not_found then, too, so that there is a reader.
Result<StoredObject> open_bytes(Services& services, const storage::Project& project, Sight sight,
                                const storage::BlobName& name);

// Fills the buffer; 0 at the end.
using ObjectSource = std::function<Result<size_t>(char* buffer, size_t size)>;

// For how long collection (server/flow/collect.h) leaves alone what a client sends or relies on.
enum class Keeping {
  for_good,      // pointers to it may lie where this server never sees them (dvc)
  until_pushed,  // for the time of grace, in which a push brings its pointers here (Git LFS)
};

// Durable when it returns. invalid: the bytes are not what was expected, or the directory object is
// malformed; conflict: children are missing. How long an object may be is the server's to say.
Result<void> take_object(Services& services, const Actor& actor, storage::ExpectedContent expected,
                         const ObjectSource& source, Keeping keeping = Keeping::for_good);

// Of objects that seem to be there already: who would send them relies on them from now on, as on
// those that were taken. Gives those that are not there after all: they have to be sent.
Result<std::vector<storage::BlobName>> rely_on(Services& services, const Actor& actor,
                                               std::span<const storage::BlobName> names,
                                               Keeping keeping = Keeping::for_good);

// A client that may push and is shown an object will not send it: what collection might take is
// relied on from now on. not_found if it was faster.
Result<void> note_shown(Services& services, const Actor& actor, const StoredObject& object);

}  // namespace server
