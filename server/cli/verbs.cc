#include "server/cli/verbs.h"

#include <cstdio>

namespace server::cli {

int run(int argc, char** argv) {
  return run_command_line(
      argc, argv,
      "Glossator turns scanned and digital documents into versioned ground truth for machine "
      "learning.",
      "glossator " GLOSSATOR_VERSION,
      {serve_verb(),        project_create_verb(), user_add_verb(),     user_remove_role_verb(),
       user_disable_verb(), token_create_verb(),   pull_verb(),         export_verb(),
       leakage_verb(),      receipt_add_verb(),    receipt_list_verb(), receipt_outdated_verb(),
       ocr_verb(),          verify_verb(),         rebuild_verb(),      gc_verb(),
       scrub_verb(),        backup_verb(),         merge_driver_verb(), clone_url_verb(),
       fmt_verb(),          doctor_verb()});
}

int fail(const base::Error& error) {
  std::fprintf(stderr, "glossator: %s\n", base::to_string(error).c_str());
  return error.code == base::Code::busy ? kTryAgain : kFailed;
}

}  // namespace server::cli
