#include "server/client/pull_plan.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <set>

#include "base/text.h"
#include "dataset/snapshot.h"

namespace server::client {

using base::Code;
using base::Error;

namespace {

constexpr size_t kChunk = size_t{1} << 20;
constexpr size_t kBatchFiles = 1024;
constexpr uint64_t kBatchBytes = uint64_t{16} << 20;

std::string directory_of(const dataset::ManifestRecord& record) {
  return "documents/" + record.id.hex.substr(0, 1) + "/" + record.id.hex + "/";
}

std::string_view kind_of(std::string_view path) {
  if (path.starts_with("source.")) return "source";
  if (path.starts_with("images/")) return "images";
  return path.ends_with(".tsv") ? "words" : "annotations";
}

bool contains(const std::vector<std::string>& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

Result<void> check_selection(const dataset::ManifestHeader& header,
                             const PullSelection& selection) {
  std::vector<std::string> parts;
  if (header.split) {
    for (const corpus::SplitPart& part : header.split->parts) parts.push_back(part.name);
  }
  for (const std::string& part : selection.parts) {
    if (contains(parts, part)) continue;
    return Error{Code::invalid, "the release has no part \"" + part + "\"" +
                                    (parts.empty() ? "" : "; it has " + base::join(parts, ", "))};
  }
  for (const std::string& kind : selection.kinds) {
    if (std::find(std::begin(kPullKinds), std::end(kPullKinds), kind) != std::end(kPullKinds)) {
      continue;
    }
    return Error{Code::invalid, "there is no kind of file \"" + kind + "\""};
  }
  return {};
}

dataset::NextRecord records_of(std::shared_ptr<dataset::ManifestReader> manifest) {
  return [manifest] { return manifest->next(); };
}

// A large file stands alone in its batch.
bool fits(const PullBatch& batch, uint64_t bytes, const WantedFile& file) {
  if (batch.files.empty()) return true;
  return batch.files.size() < kBatchFiles && file.size <= kLargeFile &&
         batch.files.front().size <= kLargeFile && bytes + file.size <= kBatchBytes;
}

WantedFile text_file(std::string path, const dataset::TextRef& text) {
  return {std::move(path), text.md5, text.sha256, text.size};
}

}  // namespace

Result<dataset::ManifestReader::Chunks> manifest_chunks(const base::Path& path) {
  auto file = std::make_shared<base::UniqueFd>(TRY(base::open_file(path, O_RDONLY)));
  return dataset::ManifestReader::Chunks([file, path]() -> Result<std::string> {
    std::string chunk(kChunk, '\0');
    ssize_t got = -1;
    do got = ::read(file->get(), chunk.data(), chunk.size());
    while (got < 0 && errno == EINTR);
    if (got < 0) return base::system_error("read", path);
    chunk.resize(static_cast<size_t>(got));
    return chunk;
  });
}

Result<dataset::ManifestReader> open_manifest_file(const base::Path& path) {
  return dataset::ManifestReader::open(TRY(manifest_chunks(path)));
}

Result<std::unique_ptr<PullPlan>> PullPlan::open(const base::Path& manifest,
                                                 const PullSelection& selection) {
  auto reader = TRY(open_manifest_file(manifest));
  TRY(check_selection(reader.header(), selection));
  std::unique_ptr<PullPlan> plan(new PullPlan(std::move(reader), selection));
  if (!selection.since.empty()) {
    plan->since_.emplace(records_of(
        std::make_shared<dataset::ManifestReader>(TRY(open_manifest_file(selection.since)))));
  }
  plan->add_texts_of_release();
  return plan;
}

uint64_t PullPlan::documents() const {
  if (selection_.parts.empty()) return header().totals.documents;
  uint64_t count = 0;
  for (const auto& [part, documents] : header().totals.splits) {
    if (contains(selection_.parts, part)) count += documents;
  }
  return count;
}

bool PullPlan::wants(const dataset::ManifestRecord& record) const {
  return selection_.parts.empty() || contains(selection_.parts, record.split);
}

bool PullPlan::wants_kind(std::string_view path) const {
  return selection_.kinds.empty() || contains(selection_.kinds, kind_of(path));
}

// What the labels mean: small, and always wanted.
void PullPlan::add_texts_of_release() {
  waiting_.push_back(text_file("labels/schema.json", header().schema));
  for (const dataset::ManifestGuideline& guideline : header().guidelines) {
    if (!dataset::check_dvc_path(guideline.path).ok()) continue;  // leads out of the directory
    waiting_.push_back(text_file("labels/" + guideline.path, guideline.file));
  }
}

// False: there are no more.
Result<bool> PullPlan::add_document() {
  const auto record = TRY(manifest_.next());
  if (!record) return false;
  if (!wants(*record)) return true;
  ++waiting_documents_;
  if (since_ && TRY(since_->has(*record))) return true;
  const std::string directory = directory_of(*record);
  for (const dataset::SnapshotEntry& entry : dataset::entries_of(*record)) {
    if (!wants_kind(entry.path)) continue;
    waiting_.push_back({directory + entry.path, entry.md5, entry.sha256, entry.size});
  }
  return true;
}

Result<std::optional<PullBatch>> PullPlan::next() {
  const std::lock_guard lock(mutex_);
  PullBatch batch;
  uint64_t bytes = 0;
  while (true) {
    const auto full = std::find_if(waiting_.begin(), waiting_.end(), [&](const WantedFile& file) {
      if (!fits(batch, bytes, file)) return true;
      bytes += file.size;
      batch.files.push_back(file);
      return false;
    });
    const bool is_full = full != waiting_.end();
    waiting_.erase(waiting_.begin(), full);
    if (is_full) return std::optional(std::move(batch));
    batch.documents += std::exchange(waiting_documents_, 0);
    if (has_ended_) break;
    has_ended_ = !TRY(add_document());
  }
  if (batch.files.empty() && batch.documents == 0) return std::optional<PullBatch>();
  return std::optional(std::move(batch));
}

Result<void> for_each_left_over(const base::Path& older, const base::Path& newer,
                                const std::function<Result<void>(const std::string&)>& take) {
  auto before = TRY(open_manifest_file(older));
  dataset::EarlierRecords now(
      records_of(std::make_shared<dataset::ManifestReader>(TRY(open_manifest_file(newer)))));
  while (const auto record = TRY(before.next())) {
    std::set<std::string> kept;
    if (const dataset::ManifestRecord* same = TRY(now.find(record->id))) {
      for (const auto& entry : dataset::entries_of(*same)) kept.insert(entry.path);
    }
    for (const auto& entry : dataset::entries_of(*record)) {
      if (!kept.contains(entry.path)) TRY(take(directory_of(*record) + entry.path));
    }
  }
  return {};
}

}  // namespace server::client
