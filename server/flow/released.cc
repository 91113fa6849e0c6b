#include "server/flow/released.h"

#include <set>

#include "base/clock.h"
#include "base/json.h"
#include "base/text.h"
#include "server/flow/catalog.h"
#include "server/flow/snapshot_objects.h"
#include "storage/blob_table.h"
#include "vcs/commit.h"
#include "vcs/snapshot.h"
#include "vcs/tag_writer.h"

namespace server {
namespace {

constexpr size_t kChunk = size_t{1} << 20;
constexpr const char* kStandingPrefix = "refs/tags/datasets/";

Result<void> stream_blob(Services& services, const storage::Project& project,
                         const storage::BlobName& name,
                         const std::function<void(std::string_view)>& sink) {
  const auto reader = TRY(services.blobs->open(project.organisation_slug, name));
  std::string buffer(kChunk, '\0');
  for (uint64_t offset = 0;;) {
    const size_t got = TRY(reader->read_at(offset, buffer));
    if (got == 0) return {};
    sink(std::string_view(buffer).substr(0, got));
    offset += got;
  }
}

Result<vcs::Tag> tag_of(const OpenProject& project, const vcs::Ref& ref) {
  return vcs::parse_tag(
      TRY(vcs::read_object_of(*project.repository, vcs::ObjectKind::tag, ref.target)));
}

// The row that a release's tag tells of; nothing for a tag that is none.
Result<std::optional<storage::ReleaseRow>> release_of_tag(const OpenProject& project,
                                                          const vcs::Ref& ref) {
  const vcs::Tag tag = TRY(tag_of(project, ref));
  const std::string_view trimmed = base::trim(tag.message);
  const auto facts = base::parse_json(trimmed.substr(trimmed.rfind('\n') + 1));
  const std::vector<std::string_view> parts = base::split(tag.name, '/');
  if (!facts.ok() || parts.size() != 3) return std::optional<storage::ReleaseRow>();
  storage::ReleaseRow row;
  row.project = project.project.id;
  row.name = parts[1];
  row.version = parts[2].substr(1);
  row.tag_oid = ref.target.hex();
  row.commit = tag.target.hex();
  row.data_commit = facts->string_or("data_commit", "");
  row.manifest_sha256 = TRY(base::Sha256::from_hex(facts->string_or("manifest_sha256", "")));
  row.manifest_md5 = TRY(base::Md5::from_hex(facts->string_or("manifest_md5", "")));
  row.created_at = tag.tagger.time * 1000;
  row.document_count = facts->integer_or("documents", 0);
  if (const std::string until = facts->string_or("expires_at", ""); !until.empty()) {
    row.expires_at = TRY(base::from_rfc3339(until));
  }
  return std::optional(row);
}

Result<void> add_released(const OpenProject& project, const storage::ReleaseRow& release,
                          std::vector<storage::BlobName>& names) {
  const vcs::ObjectId commit = TRY(vcs::ObjectId::from_hex(release.data_commit));
  const vcs::Snapshot data = TRY(vcs::Snapshot::at_commit(*project.data, commit));
  return data.walk("", [&](std::string_view path, const vcs::TreeEntry&) -> Result<bool> {
    for (const auto& name : TRY(pointed_to(path, TRY(data.read(path))))) names.push_back(name);
    return true;
  });
}

// The tag in <project>.data.git, if a crash came before it.
Result<void> add_data_tag(const OpenProject& project, const vcs::Ref& ref,
                          const storage::ReleaseRow& row) {
  if (project.data->refs().find(ref.name)) return {};
  vcs::Tag tag = TRY(tag_of(project, ref));
  tag.target = TRY(vcs::ObjectId::from_hex(row.data_commit));
  TRY(vcs::create_tag(*project.data, tag));
  return {};
}

// Takes the newest commits from main that no release names: those of releases that were cut off.
Result<void> undo_unreleased(OpenProject& project, const std::set<std::string>& data_commits) {
  for (auto tip = project.data->refs().find(kMain); tip; tip = project.data->refs().find(kMain)) {
    const vcs::Commit commit = TRY(
        vcs::parse_commit(TRY(vcs::read_object_of(*project.data, vcs::ObjectKind::commit, *tip))));
    if (!commit.message.starts_with(kReleaseMessage) || data_commits.contains(tip->hex())) break;
    const auto before =
        commit.parents.empty() ? std::nullopt : std::optional(commit.parents.front());
    TRY(project.data->refs().update(vcs::RefUpdate{kMain, tip, before}));
  }
  for (const vcs::Ref& ref : project.data->refs().list(kStandingPrefix)) {
    if (project.repository->refs().find(ref.name)) continue;
    TRY(project.data->refs().update(vcs::RefUpdate{ref.name, ref.target, std::nullopt}));
  }
  return {};
}

}  // namespace

Result<dataset::ManifestReader::Chunks> open_manifest(Services& services,
                                                      const storage::Project& project,
                                                      const storage::ReleaseRow& release) {
  std::shared_ptr<storage::BlobReader> reader =
      TRY(services.blobs->open(project.organisation_slug, {release.manifest_md5, false}));
  return dataset::ManifestReader::Chunks(
      [reader, offset = uint64_t{0}]() mutable -> Result<std::string> {
        std::string chunk(kChunk, '\0');
        chunk.resize(TRY(reader->read_at(offset, chunk)));
        offset += chunk.size();
        return chunk;
      });
}

Result<dataset::ManifestReader::Chunks> open_checked_manifest(Services& services,
                                                              const storage::Project& project,
                                                              const storage::ReleaseRow& release) {
  const auto chunks = TRY(open_manifest(services, project, release));
  auto hasher = std::make_shared<base::Hasher<base::Sha256>>();
  return dataset::ManifestReader::Chunks(
      [chunks, hasher, expected = release.manifest_sha256]() -> Result<std::string> {
        std::string chunk = TRY(chunks());
        hasher->update(chunk);
        if (!chunk.empty() || hasher->finish() == expected) return chunk;
        return base::Error{base::Code::internal, "the stored manifest is damaged"};
      });
}

Result<dataset::NextRecord> records_of(Services& services, const storage::Project& project,
                                       const storage::ReleaseRow& release) {
  auto reader = std::make_shared<dataset::ManifestReader>(
      TRY(dataset::ManifestReader::open(TRY(open_manifest(services, project, release)))));
  return dataset::NextRecord([reader] { return reader->next(); });
}

Result<dataset::Verification> verify_release_of(Services& services, const OpenProject& project,
                                                const storage::ReleaseRow& release) {
  const vcs::ObjectId data_commit = TRY(vcs::ObjectId::from_hex(release.data_commit));
  const vcs::Snapshot data = TRY(vcs::Snapshot::at_commit(*project.data, data_commit));
  dataset::VerifyReaders readers;
  readers.open_manifest = [&] { return open_manifest(services, project.project, release); };
  readers.object = [&](const base::Md5& md5, dataset::DvcObjectKind kind,
                       const std::function<void(std::string_view)>& sink) {
    return stream_blob(services, project.project, {md5, kind == dataset::DvcObjectKind::directory},
                       sink);
  };
  readers.blob = [&](const base::Sha1& id) {
    return vcs::read_object_of(*project.repository, vcs::ObjectKind::blob, id);
  };
  readers.snapshot_file = [&](std::string_view path) { return data.read(path); };
  dataset::VerifyExpectation expectation;
  expectation.digest = release.manifest_sha256;
  return dataset::verify_release(readers, expectation);
}

Result<void> settle_releases(Services& services, OpenProject& project) {
  std::vector<storage::ReleaseRow> missing;
  std::set<std::string> data_commits;
  for (const char* prefix : {kStandingPrefix, kWithdrawnPrefix}) {
    for (const vcs::Ref& ref : project.repository->refs().list(prefix)) {
      const auto row = TRY(release_of_tag(project, ref));
      if (!row) continue;
      data_commits.insert(row->data_commit);
      if (prefix == kStandingPrefix) TRY(add_data_tag(project, ref, *row));
      const auto known = services.database->read([&](storage::Transaction& tx) {
        return storage::ReleaseTable(tx).find(project.project.id, row->name, row->version);
      });
      if (!known.ok()) missing.push_back(*row);
    }
  }
  TRY(undo_unreleased(project, data_commits));
  if (missing.empty()) return {};
  return services.database->write([&](storage::Transaction& tx) -> Result<void> {
    for (const storage::ReleaseRow& row : missing) TRY(storage::ReleaseTable(tx).record(row));
    return rebuild_released_blobs(project, tx);
  });
}

Result<void> rebuild_released_blobs(const OpenProject& project, storage::Transaction& tx) {
  storage::BlobTable blobs(tx);
  TRY(blobs.clear_released(project.project.id));
  using Standing = storage::BlobTable::Standing;
  const std::pair<const char*, Standing> kinds[] = {{kStandingPrefix, Standing::stands},
                                                    {kWithdrawnPrefix, Standing::withdrawn}};
  for (const auto& [prefix, standing] : kinds) {
    std::vector<storage::BlobName> released;
    for (const vcs::Ref& ref : project.repository->refs().list(prefix)) {
      const auto row = TRY(release_of_tag(project, ref));
      if (row) TRY(add_released(project, *row, released));
    }
    TRY(blobs.release(project.project.id, released, standing));
  }
  return {};
}

Result<void> rebuild_releases(Services& services, OpenProject& project) {
  std::vector<storage::ReleaseRow> rows;
  for (const char* prefix : {kStandingPrefix, kWithdrawnPrefix}) {
    for (const vcs::Ref& ref : project.repository->refs().list(prefix)) {
      const auto row = TRY(release_of_tag(project, ref));
      if (row) rows.push_back(*row);
    }
  }
  return services.database->write([&](storage::Transaction& tx) -> Result<void> {
    storage::ReleaseTable table(tx);
    TRY(table.clear(project.project.id));
    for (const storage::ReleaseRow& row : rows) TRY(table.record(row));
    return rebuild_released_blobs(project, tx);
  });
}

}  // namespace server
