// Runs an export into a string.
#pragma once

#include <string>
#include <string_view>

#include "dataset/export_source.h"

namespace test {

struct Collected {
  std::string text;
  dataset::ExportSink sink() {
    return [this](std::string_view chunk) -> base::Result<void> {
      text += chunk;
      return {};
    };
  }
};

}  // namespace test
