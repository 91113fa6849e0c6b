#include "server/flow/release.h"

#include <algorithm>

#include "base/clock.h"
#include "base/json.h"
#include "corpus/event.h"
#include "corpus/schema.h"
#include "corpus/splits.h"
#include "dataset/export_source.h"
#include "dataset/snapshot.h"
#include "dataset/split.h"
#include "server/flow/document_files.h"
#include "server/flow/index.h"
#include "server/flow/released.h"
#include "server/flow/snapshot_objects.h"
#include "server/flow/split.h"
#include "server/flow/spool.h"
#include "storage/blob_table.h"
#include "vcs/tag_writer.h"

namespace server {
namespace {

dataset::NextRecord records_of(std::shared_ptr<dataset::ManifestReader> reader) {
  return [reader] { return reader->next(); };
}

// One release on its way.
class Releasing {
 public:
  Releasing(Services& services, const Actor& actor, OpenProject& project,
            const ReleaseRequest& request)
      : services_(services), actor_(actor), project_(project), request_(request) {}

  Result<MadeRelease> run() {
    TRY(choose_commit());
    Spool records = TRY(Spool::create(services_.config.data / "tmp"));
    TRY(collect(records));
    TRY(records.flush());
    if (header_.totals.documents == 0) {
      return base::Error{base::Code::conflict, "no document matches: the release would be empty"};
    }
    TRY(number(records));
    Spool manifest = TRY(Spool::create(services_.config.data / "tmp"));
    TRY(manifest.append(dataset::print_header(header_)));
    TRY(copy(records.chunks(), [&](std::string_view chunk) { return manifest.append(chunk); }));
    TRY(manifest.flush());
    const base::ContentHashes hashes = TRY(store_manifest(manifest));
    const vcs::ObjectId data_commit = TRY(publish_snapshot(manifest, hashes));
    const storage::ReleaseRow row = TRY(tag(hashes, data_commit));
    TRY(record(row));
    return MadeRelease{row, change_, unreadable_};
  }

 private:
  const storage::Project& project() const { return actor_.project(); }

  // The revision that is released: main, with the split's locked parts recorded.
  Result<void> choose_commit() {
    commit_ = request_.split.empty() ? TRY(project_.tip_id())
                                     : TRY(lock_split(services_, project_, request_.split));
    snapshot_ = TRY(vcs::Snapshot::at_commit(*project_.repository, commit_));
    if (!request_.split.empty()) split_ = TRY(read_split(project_, commit_, request_.split));
    header_.name = request_.name;
    header_.licence = request_.licence;
    header_.description = request_.description;
    header_.schema = TRY(text_ref(std::string(corpus::kSchemaPath)));
    TRY(snapshot_->walk("guidelines",
                        [&](std::string_view path, const vcs::TreeEntry&) -> Result<bool> {
                          const std::string name(path);
                          const dataset::TextRef file = TRY(text_ref(name));
                          header_.guidelines.push_back({name, file});
                          return true;
                        }));
    if (split_) {
      header_.split =
          dataset::ManifestSplit{request_.split, split_->rule, split_->split.parts,
                                 split_->split.rule.group_by, split_->split.rule.stratify_by};
    }
    return {};
  }

  Result<dataset::TextRef> text_ref(const std::string& path) const {
    return dataset::text_ref_of(TRY(snapshot_->read(path)));
  }
  Result<std::optional<dataset::TextRef>> text_ref_if_there(const std::string& path) const {
    if (!TRY(snapshot_->entry(path))) return std::optional<dataset::TextRef>();
    return std::optional(TRY(text_ref(path)));
  }

  Result<void> collect(Spool& records) {
    std::vector<corpus::DocumentId> ids;
    TRY(for_each_document(*snapshot_, [&](const corpus::DocumentId& id) -> Result<void> {
      ids.push_back(id);
      return {};
    }));
    std::sort(ids.begin(), ids.end());
    for (const corpus::DocumentId& id : ids) {
      const auto record = record_of(id);
      if (!record.ok()) {
        TRY(leave_out(id, record.error()));
        continue;
      }
      if (!*record) continue;
      header_.totals.add(**record);
      TRY(records.append(dataset::print_record(**record)));
    }
    return {};
  }

  Result<void> leave_out(const corpus::DocumentId& id, const base::Error& error) {
    if (!is_unreadable(error)) return error;
    log_unreadable(project().path(), id, error);
    ++unreadable_;
    return {};
  }

  // Nothing if the document's state is not asked for.
  Result<std::optional<dataset::ManifestRecord>> record_of(const corpus::DocumentId& id) const {
    const DocumentFiles files(*snapshot_, project_.fan_out, id);
    const corpus::Review review = TRY(files.review());
    if (!request_.states.empty() && !request_.states.contains(review.state)) {
      return std::optional<dataset::ManifestRecord>();
    }
    const corpus::Document document = TRY(files.document());
    std::vector<dataset::PageTexts> texts;
    std::map<std::string, uint64_t> labels;
    for (corpus::PageNumber page = 1; page <= document.pages.size(); ++page) {
      texts.push_back(
          {TRY(text_ref_if_there(corpus::words_path(files.directory(), page))),
           TRY(text_ref_if_there(corpus::page_annotations_path(files.directory(), page)))});
    }
    for (const AnnotationFile& file : TRY(files.annotation_files())) {
      dataset::count_labels(TRY(corpus::read_annotations(TRY(files.version(file.path)).text)),
                            labels);
    }
    dataset::ManifestRecord record = dataset::make_record(document, texts);
    record.annotations =
        TRY(text_ref_if_there(corpus::document_annotations_path(files.directory())));
    record.labels = std::move(labels);
    record.state = corpus::name_of(review.state);
    if (split_) {
      const auto placed = split_->result.placements.find(id);
      if (placed == split_->result.placements.end()) {
        return base::Error{base::Code::invalid, "the split could not place the document"};
      }
      record.split = placed->second.part;
      for (const std::string& group :
           dataset::group_values_of(document, split_->split.rule.group_by)) {
        record.groups.push_back(dataset::group_pseudonym(split_->split.salt, group));
      }
      std::sort(record.groups.begin(), record.groups.end());
    }
    return std::optional(std::move(record));
  }

  // The version follows from what changed since the release before.
  Result<void> number(const Spool& records) {
    std::optional<dataset::Version> before;
    std::optional<storage::ReleaseRow> last;
    const auto releases = TRY(services_.database->read(
        [&](storage::Transaction& tx) { return storage::ReleaseTable(tx).list(project().id); }));
    for (const storage::ReleaseRow& row : releases) {
      if (row.name != request_.name) continue;
      const dataset::Version version = TRY(dataset::parse_version(row.version));
      if (before && version < *before) continue;
      before = version;
      last = row;
    }
    if (last) {
      auto old = std::make_shared<dataset::ManifestReader>(
          TRY(dataset::ManifestReader::open(TRY(open_manifest(services_, project(), *last)))));
      header_.version = *before;  // any: the reader below wants a whole manifest
      auto now = std::make_shared<dataset::ManifestReader>(TRY(dataset::ManifestReader::open(
          with_header(dataset::print_header(header_), records.chunks()))));
      change_ = TRY(dataset::compare_releases(records_of(old), records_of(now)));
    }
    header_.version = dataset::next_version(before, change_);
    return {};
  }

  static dataset::ManifestReader::Chunks with_header(std::string header,
                                                     dataset::ManifestReader::Chunks rest) {
    return [header = std::move(header), rest = std::move(rest)]() mutable -> Result<std::string> {
      if (!header.empty()) return std::exchange(header, {});
      return rest();
    };
  }

  static Result<void> copy(const dataset::ManifestReader::Chunks& chunks,
                           const std::function<Result<void>(std::string_view)>& sink) {
    while (true) {
      const std::string chunk = TRY(chunks());
      if (chunk.empty()) return {};
      TRY(sink(chunk));
    }
  }

  Result<base::ContentHashes> store_manifest(const Spool& manifest) {
    auto writer = TRY(services_.blobs->begin(project().organisation_slug));
    TRY(copy(manifest.chunks(), [&](std::string_view chunk) { return writer->write(chunk); }));
    const base::ContentHashes hashes = TRY(writer->seal());
    TRY(writer->publish());
    TRY(show({{hashes.md5, false}, hashes.sha256, hashes.size, "application/jsonl"}));
    return hashes;
  }

  Result<void> show(const storage::BlobRecord& blob) {
    return services_.database->write(
        [&](storage::Transaction& tx) { return storage::BlobTable(tx).record(project(), blob); });
  }

  Result<vcs::ObjectId> publish_snapshot(const Spool& manifest, const base::ContentHashes& hashes) {
    auto reader = std::make_shared<dataset::ManifestReader>(
        TRY(dataset::ManifestReader::open(manifest.chunks())));
    const Catalog& catalog = *services_.catalog;
    dataset::SnapshotSettings settings{catalog.dvc_url(project()), catalog.data_url(project()),
                                       project().organisation_slug, base::now_milliseconds()};
    dataset::SnapshotStore store;
    SnapshotObjects objects(services_, project_);
    store.open_tree = [&] { return objects.open_tree(); };
    store.need_text = [&](const dataset::TextRef& text) { return objects.add_text(text); };
    const dataset::Snapshot snapshot =
        TRY(dataset::make_snapshot(settings, header_, hashes, records_of(reader), store));
    TRY(objects.finish(snapshot));
    return commit_snapshot(snapshot);
  }

  // The commit's tree is exactly the snapshot's files.
  Result<vcs::ObjectId> commit_snapshot(const dataset::Snapshot& snapshot) {
    vcs::CommitRequest request;
    request.author = request.committer = server_signature();
    request.message = "Release " + title() + "\n";
    request.make = [&](const vcs::Snapshot& tip) -> Result<std::vector<vcs::Edit>> {
      std::vector<vcs::Edit> edits;
      std::set<std::string> kept;
      for (const dataset::RepositoryFile& file : snapshot.files) {
        kept.insert(file.path);
        edits.push_back({file.path, file.content});
      }
      if (tip.tree() == vcs::kNoObject) return edits;
      TRY(tip.walk("", [&](std::string_view path, const vcs::TreeEntry&) -> Result<bool> {
        if (!kept.contains(std::string(path))) edits.push_back({std::string(path), std::nullopt});
        return true;
      }));
      return edits;
    };
    return TRY(project_.data_commits->commit(std::move(request))).commit;
  }

  std::string title() const {
    return header_.name + " v" + dataset::print_version(header_.version);
  }

  Result<storage::ReleaseRow> tag(const base::ContentHashes& manifest,
                                  const vcs::ObjectId& data_commit) {
    const std::string name = dataset::release_tag(header_.name, header_.version);
    vcs::Signature tagger = signature_of(actor_);
    const base::Json facts =
        base::Json::object({{"manifest_sha256", manifest.sha256.hex()},
                            {"manifest_md5", manifest.md5.hex()},
                            {"data_commit", data_commit.hex()},
                            {"documents", static_cast<int64_t>(header_.totals.documents)}});
    const std::string message =
        title() + "\n\n" + dataset::describe(change_) + "\n" + facts.print() + "\n";
    const auto data_tag = vcs::create_tag(
        *project_.data, {data_commit, vcs::ObjectKind::commit, name, tagger, message});
    if (!data_tag.ok() && data_tag.error().code != base::Code::conflict) return data_tag.error();
    const vcs::ObjectId id = TRY(vcs::create_tag(
        *project_.repository, {commit_, vcs::ObjectKind::commit, name, tagger, message}));
    storage::ReleaseRow row;
    row.project = project().id;
    row.name = header_.name;
    row.version = dataset::print_version(header_.version);
    row.tag_oid = id.hex();
    row.commit = commit_.hex();
    row.data_commit = data_commit.hex();
    row.manifest_sha256 = manifest.sha256;
    row.manifest_md5 = manifest.md5;
    row.created_by = actor_.user();
    row.created_at = tagger.time * 1000;
    row.document_count = static_cast<int64_t>(header_.totals.documents);
    return row;
  }

  Result<void> record(const storage::ReleaseRow& row) {
    return services_.database->write([&](storage::Transaction& tx) -> Result<void> {
      TRY(storage::ReleaseTable(tx).record(row));
      const std::string subject = project().path() + "/releases/" + row.name + "/" + row.version;
      TRY(audit(tx, actor_, "release.create", subject,
                base::Json::object({{"manifest_sha256", row.manifest_sha256.hex()}})));
      TRY(services_.events->append(tx, {.type = std::string(corpus::event_type::kReleaseCreated),
                                        .project = project().id,
                                        .subject = subject}));
      return {};
    });
  }

  Services& services_;
  const Actor& actor_;
  OpenProject& project_;
  const ReleaseRequest& request_;
  vcs::ObjectId commit_;
  std::optional<vcs::Snapshot> snapshot_;
  std::optional<SplitReading> split_;
  dataset::ManifestHeader header_;
  dataset::ReleaseChange change_;
  size_t unreadable_ = 0;
};

}  // namespace

Result<MadeRelease> make_release(Services& services, const Actor& actor,
                                 const ReleaseRequest& request) {
  const auto name = corpus::parse_slug(request.name);
  if (!name.ok()) return name.error().within("name");
  const auto project = TRY(services.catalog->open(actor.project()));
  const std::lock_guard lock(project->release_mutex);
  return Releasing(services, actor, *project, request).run();
}

}  // namespace server
