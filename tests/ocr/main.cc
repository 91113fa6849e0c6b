// The test program is also its own sandboxed children: the launcher starts /proc/self/exe again.
#include <gtest/gtest.h>

#include "ocr/sandbox.h"
#include "tests/ocr/attacks.h"
#include "tests/ocr/orphans.h"

int main(int argc, char** argv) {
  if (const auto status = test::run_attack_verb(argc, argv)) return *status;
  if (const auto status = test::run_parent_verb(argc, argv)) return *status;
  const ocr::HiddenVerbs verbs{.worker_request = test::attack};
  if (const auto status = ocr::run_hidden_verb(argc, argv, verbs)) return *status;
  testing::InitGoogleTest(&argc, argv);
  return RUN_ALL_TESTS();
}
