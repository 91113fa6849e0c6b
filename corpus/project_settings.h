// How a project works, as its managers set it: in which languages its pages are read, in which
// order its documents are worked on, whether it takes files by Git LFS. Kept in the database,
// changed through the API.
//
//   const ProjectSettings settings = TRY(changed_settings(settings_of(project.settings), body));
//
// Plain values, pure functions, safe from any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "base/result.h"

namespace corpus {

// Which new document is given out first.
enum class QueueOrder {
  oldest,
  newest,
  unsure,  // where a model was least sure of its labels, then where reading was
};
std::string_view name_of(QueueOrder order);
std::optional<QueueOrder> parse_queue_order(std::string_view name);

struct ProjectSettings {
  std::vector<std::string> languages;  // of OCR, as tesseract names them; empty: the server's own
  QueueOrder queue_order = QueueOrder::oldest;
  bool git_lfs = false;  // whether attachments/ and info/lfs are there (docs/git-lfs.md)
  bool operator==(const ProjectSettings&) const = default;
};

inline constexpr size_t kMostLanguages = 8;

// What a project has; members that are not understood are not looked at.
ProjectSettings settings_of(const base::Json& stored);
base::Json to_json(const ProjectSettings& settings);
// With those members changed that the object names. Code::invalid, with the place, for an unknown
// one or a bad value; which languages there are is not known here.
base::Result<ProjectSettings> changed_settings(ProjectSettings settings, const base::Json& changes);

}  // namespace corpus
