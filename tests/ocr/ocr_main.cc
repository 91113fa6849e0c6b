// `glossator_ocr FILE... --out DIR`: the verb `glossator ocr` alone, without the rest of the
// server.
#include <string>
#include <vector>

#include "ocr/ocr_command.h"
#include "ocr/sandbox.h"

int main(int argc, char** argv) {
  if (const auto status = ocr::run_hidden_verb(argc, argv)) return *status;
  return ocr::run_ocr_command(std::vector<std::string>(argv + 1, argv + argc));
}
