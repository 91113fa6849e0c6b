// guidelines/*.md: how a project is labelled, for the people who do it. Read by everybody, written
// by whoever may change the schema; each save is a commit on main.
//
//   const Guideline page = TRY(read_guideline(*project, "README.md"));
//   const Guideline saved =
//       TRY(write_guideline(services, actor, "README.md", text, page.version));
//
// Names are paths below guidelines/ that end with .md. From any thread.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "server/flow/actor.h"
#include "server/flow/services.h"

namespace server {

struct Guideline {
  std::string name;
  vcs::ObjectId version;
  std::string text;  // not in a list
};

inline constexpr size_t kMaxGuidelineBytes = size_t{1} << 20;

Result<std::vector<Guideline>> list_guidelines(const OpenProject& project);
Result<Guideline> read_guideline(const OpenProject& project, const std::string& name);

// `base`: the version that was edited; none for a new file. Without text the file goes.
// Code::conflict if it is not the version that there is, Code::invalid for a bad name or text.
Result<Guideline> write_guideline(Services& services, const Actor& actor, const std::string& name,
                                  const std::optional<std::string>& text,
                                  const std::optional<vcs::ObjectId>& base);

}  // namespace server
