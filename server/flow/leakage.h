// What leaks across the borders of a split or a release: the same bytes, one group, or pages that
// say nearly the same. Reads the words of all documents, one document in memory.
#pragma once

#include <string>

#include "dataset/leakage.h"
#include "server/flow/services.h"
#include "storage/release_table.h"

namespace server {

// Of the split as main has it now.
Result<dataset::LeakageReport> leakage_of_split(const OpenProject& project,
                                                const std::string& name);
// Of the parts that the release's manifest names.
Result<dataset::LeakageReport> leakage_of_release(Services& services, const OpenProject& project,
                                                  const storage::ReleaseRow& release);

}  // namespace server
