// What leaks across the borders of a split or a release: the same bytes, one group, or pages that
// are nearly the same. Of a split as the index has found them; of a release by the very words that
// it pins, one document's in memory.
#pragma once

#include <string>

#include "dataset/leakage.h"
#include "server/flow/services.h"
#include "storage/release_table.h"

namespace server {

// Of the split as main has it now.
Result<dataset::LeakageReport> leakage_of_split(Services& services, const OpenProject& project,
                                                const std::string& name);
// Of the parts that the release's manifest names.
Result<dataset::LeakageReport> leakage_of_release(Services& services, const OpenProject& project,
                                                  const storage::ReleaseRow& release);

}  // namespace server
