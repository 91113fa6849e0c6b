// What a decoder would do that a hostile file has taken over. Compiled into the test program only;
// run inside the worker (as a request) and inside a tool (as a program of its own).
#pragma once

#include <optional>
#include <string>

namespace test {

// Tries the attack of that name and says how far it came: "failed: ..." or "succeeded". Nothing if
// there is no such attack. Many attacks do not return.
std::optional<std::string> attack(const std::string& name);

// `ocr_test attack NAME`: the attack as a program that prints the answer.
std::optional<int> run_attack_verb(int argc, char** argv);

}  // namespace test
