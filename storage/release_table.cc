#include "storage/release_table.h"

namespace storage {
namespace {

constexpr const char* kSelect =
    "SELECT project_id, name, version, tag_oid, git_commit, data_commit, manifest_sha256,"
    " manifest_md5, created_by, created_at, document_count, expires_at FROM releases ";

ReleaseRow release_of(const Row& row) {
  ReleaseRow release;
  release.project = row.id<ProjectId>(0);
  release.name = row.text(1);
  release.version = row.text(2);
  release.tag_oid = row.text(3);
  release.commit = row.text(4);
  release.data_commit = row.text(5);
  release.manifest_sha256 = row.hash<base::Sha256>(6);
  release.manifest_md5 = row.hash<base::Md5>(7);
  release.created_by = row.id<UserId>(8);
  release.created_at = row.integer(9);
  release.document_count = row.integer(10);
  release.expires_at = row.integer(11);
  return release;
}

}  // namespace

Result<void> ReleaseTable::record(const ReleaseRow& release) {
  if (find(release.project, release.name, release.version).ok()) {
    return base::Error{base::Code::conflict,
                       "the release " + release.name + " v" + release.version + " exists already"};
  }
  TRY(tx_.execute(
      "INSERT INTO releases (project_id, name, version, tag_oid, git_commit, data_commit,"
      " manifest_sha256, manifest_md5, created_by, created_at, document_count, expires_at)"
      " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
      {release.project, release.name, release.version, release.tag_oid, release.commit,
       release.data_commit, release.manifest_sha256, release.manifest_md5, release.created_by,
       release.created_at, release.document_count, release.expires_at}));
  return {};
}

Result<ReleaseRow> ReleaseTable::find(ProjectId project, std::string_view name,
                                      std::string_view version) {
  const auto row = TRY(
      tx_.query_first(std::string(kSelect) + "WHERE project_id = ? AND name = ? AND version = ?",
                      {project, name, version}));
  if (!row) return base::Error{base::Code::not_found, "no such release"};
  return release_of(*row);
}

Result<std::vector<ReleaseRow>> ReleaseTable::list(ProjectId project) {
  std::vector<ReleaseRow> releases;
  for (const Row& row : TRY(tx_.query(
           std::string(kSelect) + "WHERE project_id = ? ORDER BY created_at DESC, number DESC",
           {project}))) {
    releases.push_back(release_of(row));
  }
  return releases;
}

Result<void> ReleaseTable::clear(ProjectId project) {
  TRY(tx_.execute("DELETE FROM releases WHERE project_id = ?", {project}));
  return {};
}

}  // namespace storage
