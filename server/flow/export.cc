#include "server/flow/export.h"

#include <algorithm>

#include "base/text.h"
#include "corpus/schema.h"
#include "dataset/release.h"
#include "server/flow/document_files.h"
#include "server/flow/dvc_remote.h"
#include "server/flow/released.h"

namespace server {
namespace {

constexpr size_t kChunk = size_t{256} << 10;

// What the manifest alone knows of a document.
dataset::ExportDocument outline_of(const dataset::ManifestRecord& record) {
  dataset::ExportDocument out;
  out.document.id = record.id;
  out.document.source = record.source;
  out.document.pipeline.version = record.pipeline;
  out.split = record.split;
  out.state = record.state;
  for (const dataset::ManifestPage& page : record.pages) {
    corpus::Page& target = out.document.pages.emplace_back();
    target.width = page.width;
    target.height = page.height;
    target.text = page.text;
    if (page.image) target.image = *page.image;
  }
  out.pages.resize(record.pages.size());
  return out;
}

// The documents of one release, read by the names that its manifest gives to their texts.
class ReleaseDocuments {
 public:
  ReleaseDocuments(const OpenProject& project, const vcs::Snapshot& snapshot,
                   dataset::ExportDepth depth, dataset::NextRecord records)
      : project_(project), snapshot_(snapshot), depth_(depth), records_(std::move(records)) {}

  Result<std::optional<dataset::ExportDocument>> next() {
    const auto record = TRY(records_());
    if (!record) return std::optional<dataset::ExportDocument>();
    dataset::ExportDocument out = outline_of(*record);
    if (depth_ == dataset::ExportDepth::content) TRY(read(*record, out));
    return std::optional(std::move(out));
  }

 private:
  Result<void> read(const dataset::ManifestRecord& record, dataset::ExportDocument& out) const {
    bool has_failed = false;
    for (size_t i = 0; i < record.pages.size(); ++i) {
      const dataset::ManifestPage& page = record.pages[i];
      has_failed |= !page.words;
      if (page.words) out.pages[i].words = TRY(corpus::parse_words(TRY(text(*page.words))));
      if (page.annotations) out.pages[i].annotations = TRY(annotations(*page.annotations));
    }
    if (record.annotations) out.annotations = TRY(annotations(*record.annotations));
    // Why a page could not be read stands only in the document's own record.
    if (has_failed) {
      out.document = TRY(DocumentFiles(snapshot_, project_.fan_out, record.id).document());
    }
    return {};
  }

  Result<std::string> text(const dataset::TextRef& ref) const {
    return vcs::read_object_of(*project_.repository, vcs::ObjectKind::blob, ref.blob);
  }
  Result<std::vector<corpus::Annotation>> annotations(const dataset::TextRef& ref) const {
    return corpus::read_annotations(TRY(text(ref)));
  }

  const OpenProject& project_;
  const vcs::Snapshot snapshot_;
  const dataset::ExportDepth depth_;
  dataset::NextRecord records_;
};

bool names(const std::vector<std::string>& parts, const std::string& part) {
  return parts.empty() || std::find(parts.begin(), parts.end(), part) != parts.end();
}

// For cross-validation: one part is held out, whatever it is called, the others are for training.
void hold_out(const std::string& part, dataset::ManifestRecord& record) {
  if (part.empty()) return;
  record.split = record.split == part ? "validation" : "train";
}

bool holds(const std::optional<dataset::Shard>& shard, const dataset::ManifestRecord& record) {
  return !shard ||
         (record.split == shard->part && record.id >= shard->first && record.id <= shard->last);
}

}  // namespace

Result<void> check_parts(Services& services, const storage::Project& project,
                         const storage::ReleaseRow& release, std::span<const std::string> parts) {
  if (parts.empty()) return {};
  const auto manifest =
      TRY(dataset::ManifestReader::open(TRY(open_manifest(services, project, release))));
  std::vector<std::string> known;
  if (const auto& split = manifest.header().split) {
    for (const corpus::SplitPart& part : split->parts) known.push_back(part.name);
  }
  for (const std::string& part : parts) {
    if (std::find(known.begin(), known.end(), part) != known.end()) continue;
    return base::Error{base::Code::invalid, known.empty()
                                                ? "this release has no split, so no parts"
                                                : "there is no part \"" + part + "\"; there are " +
                                                      base::join(known, ", ")};
  }
  return {};
}

Result<std::vector<dataset::Shard>> shards_of(Services& services, const storage::Project& project,
                                              const storage::ReleaseRow& release) {
  return dataset::plan_shards(TRY(records_of(services, project, release)));
}

ReleaseExport::ReleaseExport(Services& services, std::shared_ptr<OpenProject> project,
                             storage::ReleaseRow release, ExportRequest request)
    : services_(services),
      project_(std::move(project)),
      release_(std::move(release)),
      request_(std::move(request)) {}

Result<dataset::NextDocument> ReleaseExport::open(const dataset::ExportOptions& options,
                                                  dataset::ExportDepth depth) const {
  const auto all = TRY(records_of(services_, project_->project, release_));
  std::shared_ptr<dataset::EarlierRecords> before;
  if (request_.since) {
    before = std::make_shared<dataset::EarlierRecords>(
        TRY(records_of(services_, project_->project, *request_.since)));
  }
  const dataset::NextRecord chosen =
      [all, before, parts = options.splits, held_out = request_.hold_out,
       shard = request_.shard]() -> Result<std::optional<dataset::ManifestRecord>> {
    while (auto record = TRY(all())) {
      if (shard && record->id > shard->last) break;
      if (before && TRY(before->has(*record))) continue;
      hold_out(held_out, *record);
      if (!names(parts, record->split) || !holds(shard, *record)) continue;
      return record;
    }
    return std::optional<dataset::ManifestRecord>();
  };
  const vcs::ObjectId commit = TRY(vcs::ObjectId::from_hex(release_.commit));
  auto documents = std::make_shared<ReleaseDocuments>(
      *project_, TRY(vcs::Snapshot::at_commit(*project_->repository, commit)), depth, chosen);
  return dataset::NextDocument([documents] { return documents->next(); });
}

Result<void> ReleaseExport::read_stored(const corpus::StoredFile& file, uint64_t offset,
                                        uint64_t length, const dataset::ExportSink& sink) const {
  const auto object =
      TRY(open_bytes(services_, project_->project, Sight::released, {file.md5, false}));
  std::string buffer(std::min<uint64_t>(kChunk, length), '\0');
  for (uint64_t done = 0; done < length;) {
    const size_t want = std::min<uint64_t>(buffer.size(), length - done);
    const size_t got = TRY(object.reader->read_at(offset + done, std::span(buffer.data(), want)));
    if (got == 0) return base::Error{base::Code::internal, "a stored file is shorter than it was"};
    TRY(sink(std::string_view(buffer).substr(0, got)));
    done += got;
  }
  return {};
}

Result<dataset::LossReport> ReleaseExport::write(const dataset::ExportSink& sink,
                                                 const dataset::ExportWindow& window) const {
  dataset::ExportInput input;
  input.options.splits = request_.parts;
  input.options.proposals = request_.proposals;
  input.options.images = request_.images;
  input.options.release = release_.name + " " + release_.version;
  const vcs::ObjectId commit = TRY(vcs::ObjectId::from_hex(release_.commit));
  const vcs::Snapshot snapshot = TRY(vcs::Snapshot::at_commit(*project_->repository, commit));
  input.schema = TRY(corpus::parse_schema(TRY(snapshot.read(corpus::kSchemaPath))));
  input.open = [this](const dataset::ExportOptions& options, dataset::ExportDepth depth) {
    return open(options, depth);
  };
  dataset::ExportOutput out(
      sink,
      [this](const corpus::StoredFile& file, uint64_t offset, uint64_t length,
             const dataset::ExportSink& to) { return read_stored(file, offset, length, to); },
      window);
  auto loss = TRY(dataset::run_export(*request_.format, input, out));
  if (!out.full()) services_.export_lengths.keep(name(), out.position());
  return loss;
}

Result<uint64_t> ReleaseExport::length() const {
  if (const auto known = services_.export_lengths.find(name())) return *known;
  const dataset::ExportWindow nothing{.first = UINT64_MAX};
  TRY(write([](std::string_view) { return Result<void>(); }, nothing));
  const auto measured = services_.export_lengths.find(name());
  if (!measured) return base::Error{base::Code::internal, "the export could not be measured"};
  return *measured;
}

std::string ReleaseExport::name() const {
  std::string text = release_.manifest_sha256.hex() + "\n" + std::string(request_.format->name) +
                     "\n" + std::to_string(dataset::kExportRevision);
  text += request_.proposals ? "\nproposals" : "";
  text += request_.images ? "" : "\nno images";
  if (request_.since) text += "\nsince " + request_.since->manifest_sha256.hex();
  if (request_.shard) text += "\nshard " + request_.shard->name();
  for (const std::string& part : request_.parts) text += "\npart " + part;
  if (!request_.hold_out.empty()) text += "\nhold out " + request_.hold_out;
  return base::sha256_of(text).hex();
}

}  // namespace server
