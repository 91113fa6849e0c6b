// Whether what was pulled, last night or years ago, is still what the release names: every file of
// it is hashed and read anew, without a server.
//
//   const dataset::Verification found = TRY(verify_pulled({.directory = "data", .digest =
//   "9f86..."})); for (const dataset::Finding& finding : found.findings) ...      // none: it is
//   whole
//
// The manifest is believed as far as its digest is known: from the release's tag, a receipt, a lock
// file. A directory to which stock dvc has pulled a clone of <project>.data.git will do as well;
// its pointers and the lists in its cache are compared, too. Memory: some 200 bytes a file.
//
// Errors: not_found where no release was pulled, or not to its end; invalid for a digest or a
// selection that is none.
#pragma once

#include <string>
#include <vector>

#include "base/file.h"
#include "base/result.h"
#include "dataset/verify.h"

namespace server::client {

using base::Result;

struct PulledSelection {
  base::Path directory = {};
  std::string digest = {};              // the manifest's SHA-256; empty: any
  std::vector<std::string> parts = {};  // as they were pulled; empty: all
  std::vector<std::string> kinds = {};  // of kPullKinds; empty: all
};

Result<dataset::Verification> verify_pulled(const PulledSelection& selection);

}  // namespace server::client
