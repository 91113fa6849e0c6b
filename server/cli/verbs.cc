#include "server/cli/verbs.h"

namespace server::cli {

int run(int argc, char** argv) {
  std::vector<Verb> verbs = {serve_verb(),        project_create_verb(),
                             user_add_verb(),     user_remove_role_verb(),
                             user_disable_verb(), token_create_verb()};
  for (Verb& verb : client_verbs()) verbs.push_back(std::move(verb));
  for (Verb& verb : std::vector{ocr_verb(), verify_verb(), rebuild_verb(), gc_verb(), scrub_verb(),
                                backup_verb(), merge_driver_verb(), clone_url_verb(), fmt_verb(),
                                doctor_verb()}) {
    verbs.push_back(std::move(verb));
  }
  return run_command_line(
      argc, argv, "glossator",
      "Glossator turns scanned and digital documents into versioned ground truth for machine "
      "learning.",
      verbs);
}

}  // namespace server::cli
