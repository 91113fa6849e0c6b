// The program. Everything it does is a verb (server/cli/verbs.cc); the sandbox's own stages come
// first, since they must restrict themselves before anything else runs.
#include "ocr/sandbox.h"
#include "server/cli/verbs.h"

int main(int argc, char** argv) {
  if (const auto status = ocr::run_hidden_verb(argc, argv)) return *status;
  return server::cli::run(argc, argv);
}
