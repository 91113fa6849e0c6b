// The client alone, for machines that train: the same verbs as those of glossator, without the
// libraries of a server (docs/training.md).
#include "server/cli/verbs.h"

int main(int argc, char** argv) {
  return server::cli::run_client(argc, argv);
}
