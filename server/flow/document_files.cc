#include "server/flow/document_files.h"

#include "base/log.h"

namespace server {
namespace {

constexpr std::string_view kAnnotationsEnding = ".annotations.jsonl";

base::Error missing(const std::string& path) {
  return {base::Code::not_found, "there is no " + path + " in this revision"};
}

vcs::ObjectId empty_blob() {
  return vcs::object_id_of(vcs::ObjectKind::blob, "");
}

Result<WordIds> ids_of_words(std::string_view text) {
  WordIds ids;
  for (const corpus::Word& word : TRY(corpus::parse_words(text))) ids.push_back(word.id);
  return ids;
}

}  // namespace

Result<bool> DocumentFiles::is_there() const {
  if (document_) return true;
  auto found = snapshot_.below(directory_);
  if (!found.ok() && found.error().code == base::Code::not_found) return false;
  document_ = TRY(std::move(found));
  return true;
}

Result<std::optional<vcs::TreeEntry>> DocumentFiles::entry(const std::string& path) const {
  if (!TRY(is_there())) return std::optional<vcs::TreeEntry>();
  return document_->entry(std::string_view(path).substr(directory_.size() + 1));
}

template <typename T, typename Parse>
Result<std::shared_ptr<const T>> DocumentFiles::parsed(const std::string& path,
                                                       const Parse& parse) const {
  const auto found = TRY(entry(path));
  if (!found || found->is_tree()) return missing(path);
  const auto read = [&] { return document_->read_file(*found); };
  const auto parse_stored = [&](std::string_view text) { return as_stored(parse(text)); };
  if (parsed_ != nullptr) return parsed_->get<T>(found->id, read, parse_stored);
  return std::make_shared<const T>(TRY(parse_stored(TRY(read()))));
}

Result<std::shared_ptr<const corpus::Document>> DocumentFiles::shared_document() const {
  return parsed<corpus::Document>(corpus::document_path(directory_), corpus::parse_document);
}

Result<corpus::Document> DocumentFiles::document() const {
  return *TRY(shared_document());
}

Result<std::vector<corpus::Word>> DocumentFiles::words(corpus::PageNumber page) const {
  const std::string path = corpus::words_path(directory_, page);
  const auto found = TRY(entry(path));
  if (!found) return missing(path);
  return as_stored(corpus::parse_words(TRY(document_->read_file(*found))));
}

Result<std::vector<corpus::PageOfReading>> DocumentFiles::pages_as_read() const {
  const auto document = TRY(shared_document());
  std::vector<corpus::PageOfReading> pages;
  for (const corpus::Page& page : document->pages) {
    pages.push_back({page.width, page.height, page.rotation, {}});
    const auto number = static_cast<corpus::PageNumber>(pages.size());
    if (!page.failed()) pages.back().words = TRY(words(number));
  }
  return pages;
}

Result<std::shared_ptr<const WordIds>> DocumentFiles::word_ids(corpus::PageNumber page) const {
  return parsed<WordIds>(corpus::words_path(directory_, page), ids_of_words);
}

std::string annotations_path(std::string_view directory, corpus::PageNumber page) {
  return page == 0 ? corpus::document_annotations_path(directory)
                   : corpus::page_annotations_path(directory, page);
}

Result<FileVersion> DocumentFiles::version(const std::string& path) const {
  const auto found = TRY(entry(path));
  if (!found) return FileVersion{"", empty_blob()};
  return FileVersion{TRY(document_->read_file(*found)), found->id};
}

Result<AnnotationsVersion> DocumentFiles::annotations(const std::string& path) const {
  using Annotations = std::vector<corpus::Annotation>;
  const auto found = TRY(entry(path));
  if (!found) return AnnotationsVersion{std::make_shared<const Annotations>(), empty_blob()};
  return AnnotationsVersion{TRY(parsed<Annotations>(path, corpus::read_annotations)), found->id};
}

Result<FileVersion> DocumentFiles::page_annotations(corpus::PageNumber page) const {
  return version(corpus::page_annotations_path(directory_, page));
}

Result<std::vector<AnnotationFile>> DocumentFiles::annotation_files() const {
  std::vector<AnnotationFile> files;
  const std::string own = corpus::document_annotations_path(directory_);
  if (const auto found = TRY(entry(own))) files.push_back({own, 0, found->id});
  if (!TRY(entry(directory_ + "/pages"))) return files;
  for (const vcs::TreeEntry& file : TRY(document_->list("pages"))) {
    if (!file.name.ends_with(kAnnotationsEnding)) continue;
    const auto page = static_cast<corpus::PageNumber>(std::stoul(file.name.substr(0, 4)));
    files.push_back({directory_ + "/pages/" + file.name, page, file.id});
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
