// verify --pulled: of what lies on this machine, without a server.
#pragma once

#include <string>

#include "base/json.h"
#include "server/cli/command_line.h"
#include "server/client/pulled_verification.h"

namespace server::cli {

struct PulledWishes {
  std::string directory;
  client::PulledSelection selection;
  bool json = false;
};

// What --json prints of a release, wherever it lies.
base::Json to_json(const dataset::Verification& found);

// All options but the directory.
void declare_pulled(Options& options, PulledWishes& wishes);
// The exit status: 0 whole, 1 damaged or not to be read, 2 asked wrongly.
int run_verify_pulled(PulledWishes& wishes);

}  // namespace server::cli
