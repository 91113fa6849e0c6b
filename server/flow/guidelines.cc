#include "server/flow/guidelines.h"

#include "base/text.h"
#include "server/flow/index.h"

namespace server {
namespace {

constexpr char kDirectory[] = "guidelines";

Result<std::string> path_of(const OpenProject& project, const std::string& name) {
  const std::string path = std::string(kDirectory) + "/" + name;
  if (corpus::classify(path, project.fan_out).kind == corpus::PathKind::guideline) return path;
  return base::Error{base::Code::invalid,
                     "a guideline is named like README.md: letters, digits, - and _, at most four "
                     "directories, and .md at its end"};
}

Result<void> check_text(const std::string& text) {
  if (text.size() > kMaxGuidelineBytes) {
    return base::Error{base::Code::limit, "a guideline has at most 1 MiB"};
  }
  if (!base::is_utf8(text)) return base::Error{base::Code::invalid, "a guideline is UTF-8 text"};
  return {};
}

}  // namespace

Result<std::vector<Guideline>> list_guidelines(const OpenProject& project) {
  constexpr size_t kMost = 1'000;
  const vcs::Snapshot tip = TRY(project.tip());
  std::vector<Guideline> out;
  TRY(tip.walk(kDirectory, [&](std::string_view path, const vcs::TreeEntry& entry) -> Result<bool> {
    if (corpus::classify(path, project.fan_out).kind == corpus::PathKind::guideline) {
      const auto name = path.substr(sizeof(kDirectory));
      out.push_back({std::string(name), entry.id, ""});
    }
    return out.size() < kMost;
  }));
  return out;
}

Result<Guideline> read_guideline(const OpenProject& project, const std::string& name) {
  const base::Error missing{base::Code::not_found, "there is no such guideline"};
  const auto path = path_of(project, name);
  if (!path.ok()) return missing;
  const vcs::Snapshot tip = TRY(project.tip());
  const auto entry = TRY(tip.entry(*path));
  if (!entry) return missing;
  return Guideline{name, entry->id, TRY(tip.read_file(*entry))};
}

Result<Guideline> write_guideline(Services& services, const Actor& actor, const std::string& name,
                                  const std::optional<std::string>& text,
                                  const std::optional<vcs::ObjectId>& base) {
  const auto project = TRY(services.catalog->open(actor.project()));
  const std::string path = TRY(path_of(*project, name));
  if (text) TRY(check_text(*text));
  vcs::CommitRequest request;
  request.author = request.committer = signature_of(actor);
  request.message = (text ? "Write " : "Remove ") + path + "\n";
  request.make = [&](const vcs::Snapshot& tip) -> Result<std::vector<vcs::Edit>> {
    const auto entry = TRY(tip.entry(path));
    const auto now = entry ? std::optional(entry->id) : std::nullopt;
    if (now != base) {
      return base::Error{base::Code::conflict,
                         "somebody else has changed this guideline meanwhile"};
    }
    return std::vector<vcs::Edit>{{path, text}};
  };
  TRY(project->commits->commit(std::move(request)));
  TRY(catch_up(services, *project, [&](storage::Transaction& tx) {
    return audit(tx, actor, "guideline.write", actor.project().path() + "/" + path);
  }));
  const std::string written = text.value_or("");
  return Guideline{name, vcs::object_id_of(vcs::ObjectKind::blob, written), written};
}

}  // namespace server
