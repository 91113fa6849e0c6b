#include "base/result.h"

#include <cstdio>
#include <cstdlib>

namespace base {

const char* name_of(Code code) {
  switch (code) {
    case Code::not_found:
      return "not_found";
    case Code::conflict:
      return "conflict";
    case Code::invalid:
      return "invalid";
    case Code::denied:
      return "denied";
    case Code::limit:
      return "limit";
    case Code::no_space:
      return "no_space";
    case Code::busy:
      return "busy";
    case Code::io:
      return "io";
    case Code::internal:
      return "internal";
  }
  return "internal";
}

Error Error::within(std::string_view attempt) const {
  return Error{code, std::string(attempt) + ": " + what, at};
}

std::string to_string(const Error& error) {
  if (error.at.line == 0) return error.what;
  return std::to_string(error.at.line) + ":" + std::to_string(error.at.column) + ": " + error.what;
}

void stop_on_bug(const Error& error) {
  std::fprintf(stderr, "glossator: bug: %s\n", to_string(error).c_str());
  std::abort();
}

}  // namespace base
