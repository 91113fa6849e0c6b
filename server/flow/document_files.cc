#include "server/flow/document_files.h"

#include "base/log.h"

namespace server {
namespace {

constexpr std::string_view kAnnotationsEnding = ".annotations.jsonl";

}  // namespace

Result<corpus::Document> DocumentFiles::document() const {
  return as_stored(corpus::parse_document(TRY(snapshot_.read(corpus::document_path(directory_)))));
}

Result<std::vector<corpus::Word>> DocumentFiles::words(corpus::PageNumber page) const {
  return as_stored(corpus::parse_words(TRY(snapshot_.read(corpus::words_path(directory_, page)))));
}

Result<FileVersion> DocumentFiles::version(const std::string& path) const {
  const auto entry = TRY(snapshot_.entry(path));
  if (!entry) return FileVersion{"", vcs::object_id_of(vcs::ObjectKind::blob, "")};
  return FileVersion{TRY(snapshot_.read(path)), entry->id};
}

Result<FileVersion> DocumentFiles::page_annotations(corpus::PageNumber page) const {
  return version(corpus::page_annotations_path(directory_, page));
}

Result<std::vector<AnnotationFile>> DocumentFiles::annotation_files() const {
  std::vector<AnnotationFile> files;
  const std::string own = corpus::document_annotations_path(directory_);
  if (const auto entry = TRY(snapshot_.entry(own))) files.push_back({own, 0, entry->id});
  if (!TRY(snapshot_.entry(directory_ + "/pages"))) return files;
  for (const vcs::TreeEntry& entry : TRY(snapshot_.list(directory_ + "/pages"))) {
    if (!entry.name.ends_with(kAnnotationsEnding)) continue;
    const auto page = static_cast<corpus::PageNumber>(std::stoul(entry.name.substr(0, 4)));
    files.push_back({directory_ + "/pages/" + entry.name, page, entry.id});
  }
  return files;
}

Result<std::map<std::string, std::string>> DocumentFiles::annotation_versions() const {
  std::map<std::string, std::string> versions;
  for (const AnnotationFile& file : TRY(annotation_files())) {
    versions[file.path.substr(directory_.size() + 1)] = file.id.hex();
  }
  return versions;
}

Result<corpus::Review> DocumentFiles::review() const {
  const FileVersion file = TRY(version(corpus::review_path(directory_)));
  if (file.text.empty()) return corpus::Review{};
  return as_stored(corpus::parse_review(file.text));
}

bool is_unreadable(const base::Error& error) {
  using base::Code;
  return error.code == Code::invalid || error.code == Code::limit ||
         error.code == Code::not_found || error.code == Code::internal;
}

void log_unreadable(const std::string& project, const corpus::DocumentId& id,
                    const base::Error& error) {
  base::log_warning("a document in git cannot be read and is passed over",
                    {{"project", project},
                     {"document", id.hex},
                     {"error.code", base::name_of(error.code)},
                     {"line", static_cast<int64_t>(error.at.line)},
                     {"column", static_cast<int64_t>(error.at.column)}});
}

namespace {

// Descends the fan-out until the directories' names are document ids.
Result<void> visit_documents(const vcs::Snapshot& snapshot, const std::string& directory,
                             const std::function<Result<void>(const corpus::DocumentId&)>& visit) {
  for (const vcs::TreeEntry& entry : TRY(snapshot.list(directory))) {
    if (!entry.is_tree()) continue;
    const auto id = corpus::DocumentId::parse(entry.name);
    if (id.ok()) {
      TRY(visit(*id));
    } else {
      TRY(visit_documents(snapshot, directory + "/" + entry.name, visit));
    }
  }
  return {};
}

}  // namespace

Result<void> for_each_document(
    const vcs::Snapshot& snapshot,
    const std::function<Result<void>(const corpus::DocumentId&)>& visit) {
  if (!TRY(snapshot.entry("documents"))) return {};
  return visit_documents(snapshot, "documents", visit);
}

}  // namespace server
