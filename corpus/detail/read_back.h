// The last line before anything is written: what is printed must be readable.
#pragma once

#include <string>
#include <utility>

#include "base/result.h"

namespace corpus::detail {

// The text, or why `read` does not take it.
template <typename Read>
base::Result<std::string> if_readable(std::string text, Read read) {
  const auto back = read(text);
  if (!back.ok()) return back.error().within("what would be written could not be read back");
  return text;
}

}  // namespace corpus::detail
