// A process that starts a sandboxed child and waits to be killed, for tests of what then becomes of
// the child.
#pragma once

#include <optional>

namespace test {

inline constexpr char kParentVerb[] = "start-child";

// `ocr_test start-child worker|tool`: starts one that sleeps, writes its process id to stdout as it
// lies in memory, and waits.
std::optional<int> run_parent_verb(int argc, char** argv);

}  // namespace test
