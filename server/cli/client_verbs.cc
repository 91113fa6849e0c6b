#include "server/cli/verbs.h"

namespace server::cli {

std::vector<Verb> client_verbs() {
  return {pull_verb(),        export_verb(),       leakage_verb(),
          receipt_add_verb(), receipt_list_verb(), receipt_outdated_verb()};
}

int run_client(int argc, char** argv) {
  std::vector<Verb> verbs = client_verbs();
  verbs.push_back(verify_pulled_verb());
  return run_command_line(argc, argv, "glossator-client",
                          "Brings releases of a Glossator server to a machine that trains, and "
                          "tells it what was made of them.",
                          verbs);
}

}  // namespace server::cli
