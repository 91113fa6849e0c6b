#include "corpus/diagnostic.h"

#include <cassert>

#include "base/text.h"

namespace corpus {

std::string to_string(const Diagnostic& diagnostic) {
  std::string out = diagnostic.path;
  if (diagnostic.at.line > 0) {
    if (!out.empty()) out += ':';
    out += std::to_string(diagnostic.at.line) + ':' + std::to_string(diagnostic.at.column);
  }
  if (!out.empty()) out += ": ";
  return out + diagnostic.message;
}

void Diagnostics::add(base::Position at, std::string message) {
  if (full()) {
    ++left_out_;
  } else {
    list_.push_back({path_, at, std::move(message)});
  }
}

std::string Diagnostics::did_you_mean(std::string_view word,
                                      std::span<const std::string> known) const {
  return full() ? "" : base::did_you_mean(word, known);
}

base::Error first_error(const Diagnostics& problems) {
  assert(!problems.empty());
  const Diagnostic& first = problems.list().front();
  return {base::Code::invalid, first.message, first.at};
}

}  // namespace corpus
