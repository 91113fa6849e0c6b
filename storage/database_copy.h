// A copy of a database file that goes on being used, by this process or by another one.
#pragma once

#include "base/file.h"
#include "base/result.h"

namespace storage {

// One moment's state in one file, durable when this returns. Neither the schema nor anything else
// of the source changes, so it may be of another version. Code::conflict if the target exists,
// Code::not_found if the source does not.
base::Result<void> copy_sqlite(const base::Path& source, const base::Path& target);

// Adds to an earlier copy what the source knows by now of stored bytes and of who may see them, and
// nothing else: for a copy of git that was made after it, and may name such bytes.
base::Result<void> update_blob_rights(const base::Path& source, const base::Path& copy);

}  // namespace storage
