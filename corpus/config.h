// glossator.json: what this repository is. Written by the server only (docs/formats/config.md).
// Plain values, pure functions, safe from any thread.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "corpus/access.h"
#include "corpus/layout.h"

namespace corpus {

inline constexpr int kFormatVersion = 1;

struct ProjectConfig {
  int format = kFormatVersion;
  std::string project_id;  // a ULID; stays when the project is renamed
  std::string name;        // as in the URL: "claims"
  FanOut fan_out;
  ProjectPolicy policy;

  bool operator==(const ProjectConfig&) const = default;
};

// A format newer than ours is refused with the version that would read it.
base::Result<ProjectConfig> parse_config(std::string_view text);
std::string print_config(const ProjectConfig& config);

}  // namespace corpus
