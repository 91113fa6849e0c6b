// Brings a database file to the schema of this program.
#pragma once

#include "storage/detail/sqlite_connection.h"

namespace storage {

// Applies the missing migrations up to number `last`, each in one transaction. Refuses (invalid)
// a file of a newer program, or of another one, before it changes anything. Several processes may
// do this at once. Returns the number reached.
Result<int> migrate(SqliteConnection& connection, int last);

}  // namespace storage
