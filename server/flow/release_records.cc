#include "server/flow/release_records.h"

#include <algorithm>
#include <map>

#include "corpus/adjudication.h"
#include "corpus/annotation.h"
#include "corpus/layout.h"
#include "dataset/export_source.h"
#include "dataset/split.h"
#include "server/flow/document_files.h"

namespace server {
namespace {

// The files below a document's directory, each tree of which is read once.
class Files {
 public:
  static Result<Files> open(const vcs::Snapshot& snapshot, const std::string& directory) {
    Files files(TRY(snapshot.below(directory)));
    TRY(files.directory_.walk("", [&](std::string_view path, const vcs::TreeEntry& entry) {
      files.entries_.emplace(directory + "/" + std::string(path), entry);
      return Result<bool>(true);
    }));
    return files;
  }

  // Nothing if there is no such file. Paths are those from the root.
  Result<std::optional<std::string>> read(const std::string& path) const {
    const auto found = entries_.find(path);
    if (found == entries_.end()) return std::optional<std::string>();
    return std::optional(TRY(directory_.read_file(found->second)));
  }

  std::vector<std::string> paths() const {
    std::vector<std::string> paths;
    for (const auto& [path, entry] : entries_) paths.push_back(path);
    return paths;
  }

 private:
  explicit Files(vcs::Snapshot directory) : directory_(std::move(directory)) {}

  vcs::Snapshot directory_;
  std::map<std::string, vcs::TreeEntry> entries_;
};

std::optional<dataset::TextRef> ref_of(const std::optional<std::string>& text) {
  return text ? std::optional(dataset::text_ref_of(*text)) : std::nullopt;
}

// The annotation files by their path, and what of them trains.
struct Labelled {
  std::map<std::string, dataset::TextRef> files;
  std::map<std::string, uint64_t> labels;

  std::optional<dataset::TextRef> file(const std::string& path) const {
    const auto found = files.find(path);
    return found == files.end() ? std::nullopt : std::optional(found->second);
  }
};

Result<Labelled> labelled(const Files& files, const corpus::FanOut& fan_out) {
  Labelled all;
  for (const std::string& path : files.paths()) {
    const auto kind = corpus::classify(path, fan_out).kind;
    if (kind != corpus::PathKind::page_annotations &&
        kind != corpus::PathKind::document_annotations) {
      continue;
    }
    const std::string text = *TRY(files.read(path));
    dataset::count_labels(TRY(corpus::read_annotations(text)), all.labels);
    all.files.emplace(path, dataset::text_ref_of(text));
  }
  return all;
}

// Nothing if nobody has read it blind.
Result<std::optional<int64_t>> agreement_in(const std::optional<std::string>& adjudication) {
  if (!adjudication) return std::optional<int64_t>();
  return std::optional(TRY(corpus::parse_adjudication(*adjudication)).agreement.f1);
}

}  // namespace

bool ReleaseRecords::wants(std::string_view state) const {
  if (request_.states.empty()) return true;
  const auto known = corpus::parse_review_state(state);
  return known && request_.states.contains(*known);
}

bool ReleaseRecords::agrees(const std::optional<int64_t>& agreement) const {
  return !request_.min_agreement || (agreement && *agreement >= *request_.min_agreement);
}

bool ReleaseRecords::has_wanted_label(const std::map<std::string, uint64_t>& labels) const {
  return request_.labels.empty() ||
         std::any_of(labels.begin(), labels.end(),
                     [&](const auto& label) { return request_.labels.contains(label.first); });
}

bool ReleaseRecords::chooses(const dataset::ManifestRecord& record) const {
  return wants(record.state) && has_wanted_label(record.labels) && agrees(record.agreement);
}

bool ReleaseRecords::asks_for_sources() const {
  return !request_.keys.empty() || request_.received_from || request_.received_before;
}

// Whether its sources are what was asked for.
bool ReleaseRecords::matches(const corpus::Document& document) const {
  if (!std::all_of(request_.keys.begin(), request_.keys.end(), [&](const auto& wanted) {
        const auto values = dataset::group_values_of(document, {wanted.first});
        return std::find(values.begin(), values.end(), wanted.first + "=" + wanted.second) !=
               values.end();
      })) {
    return false;
  }
  if (!request_.received_from && !request_.received_before) return true;
  if (document.sources.empty()) return false;
  base::Milliseconds first = document.sources.front().received_at;
  for (const auto& source : document.sources) first = std::min(first, source.received_at);
  return first >= request_.received_from.value_or(first) &&
         (!request_.received_before || first < *request_.received_before);
}

std::vector<std::string> ReleaseRecords::groups_of(const corpus::Document& document) const {
  std::vector<std::string> groups;
  if (split_ == nullptr) return groups;
  for (const std::string& group : dataset::group_values_of(document, split_->rule.group_by)) {
    groups.push_back(dataset::group_pseudonym(split_->salt, group));
  }
  std::sort(groups.begin(), groups.end());
  return groups;
}

Result<ReleaseRecord> ReleaseRecords::read(const corpus::DocumentId& id) const {
  const std::string directory = corpus::document_dir(project_.fan_out, id);
  const Files files = TRY(Files::open(snapshot_, directory));
  const std::string review_text = TRY(files.read(corpus::review_path(directory))).value_or("");
  const corpus::Review review =
      review_text.empty() ? corpus::Review{} : TRY(as_stored(corpus::parse_review(review_text)));
  if (!wants(corpus::name_of(review.state))) return ReleaseRecord{};
  const std::string document_path = corpus::document_path(directory);
  const auto document_text = TRY(files.read(document_path));
  if (!document_text) return base::Error{base::Code::not_found, "there is no " + document_path};
  ReleaseRecord read;
  read.document = TRY(as_stored(corpus::parse_document(*document_text)));
  if (!matches(read.document)) return ReleaseRecord{};
  const std::optional<int64_t> agreement =
      TRY(agreement_in(TRY(files.read(corpus::adjudication_path(directory)))));
  if (!agrees(agreement)) return ReleaseRecord{};
  Labelled annotations = TRY(labelled(files, project_.fan_out));
  if (!has_wanted_label(annotations.labels)) return ReleaseRecord{};
  std::vector<dataset::PageTexts> texts;
  for (corpus::PageNumber page = 1; page <= read.document.pages.size(); ++page) {
    auto words = TRY(files.read(corpus::words_path(directory, page)));
    texts.push_back(
        {ref_of(words), annotations.file(corpus::page_annotations_path(directory, page))});
    if (words) read.words.push_back(std::move(*words));
  }
  dataset::ManifestRecord record = dataset::make_record(read.document, texts);
  record.annotations = annotations.file(corpus::document_annotations_path(directory));
  record.labels = std::move(annotations.labels);
  record.state = corpus::name_of(review.state);
  record.agreement = agreement;
  record.groups = groups_of(read.document);
  read.record = std::move(record);
  return read;
}

}  // namespace server
