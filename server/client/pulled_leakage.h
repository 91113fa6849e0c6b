// What leaks between the parts of a release that was pulled: told from its manifest and its words,
// without a server. Groups, source files and page images are compared by what the manifest says of
// them, pages by the words that lie beside it; what pages look like only the server knows.
//
//   const PulledLeakage found = TRY(leakage_of_pulled("data"));
//   found.report.leaking;               // 0: nothing leaks
//   found.pages_without_words;          // compared by their bytes alone
//
// Errors: not_found where no release was pulled, or not to its end; invalid for one without a
// split, and for words that are not those of the release.
#pragma once

#include "base/file.h"
#include "dataset/leakage.h"
#include "server/client/remote.h"

namespace server::client {

struct PulledLeakage {
  std::string name;  // of the dataset
  std::string version;
  dataset::LeakageReport report;
  uint64_t pages_without_words = 0;  // not pulled, or never read
};

Result<PulledLeakage> leakage_of_pulled(const base::Path& directory);

}  // namespace server::client
