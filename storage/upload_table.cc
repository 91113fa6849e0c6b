#include "storage/upload_table.h"

namespace storage {
namespace {

constexpr const char* kSelect =
    "SELECT id, owner_id, project_id, length, received, metadata, created_at, expires_at,"
    " outcome FROM uploads ";

Result<Upload> upload_of(const Row& row) {
  Upload upload;
  upload.id = row.text(0);
  upload.owner = row.id<UserId>(1);
  upload.project = row.id<ProjectId>(2);
  if (!row.is_null(3)) upload.length = row.size(3);
  upload.offset = row.size(4);
  upload.metadata = TRY(base::parse_json(row.text(5)));
  upload.created_at = row.integer(6);
  upload.expires_at = row.integer(7);
  upload.outcome = TRY(base::parse_json(row.text(8)));
  return upload;
}

base::Error missing_upload() {
  return base::Error{base::Code::not_found, "no such upload"};
}

}  // namespace

Result<void> UploadTable::create(const Upload& upload) {
  TRY(tx_.execute(
      "INSERT INTO uploads (id, owner_id, project_id, length, received, metadata,"
      " created_at, expires_at, outcome) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
      {upload.id, upload.owner, upload.project, upload.length, upload.offset,
       upload.metadata.print(), upload.created_at, upload.expires_at, upload.outcome.print()}));
  return {};
}

Result<Upload> UploadTable::find(std::string_view id, UserId owner, ProjectId project) {
  const auto row =
      TRY(tx_.query_first(std::string(kSelect) + "WHERE id = ? AND owner_id = ? AND project_id = ?",
                          {id, owner, project}));
  if (!row) return missing_upload();
  return upload_of(*row);
}

Result<void> UploadTable::set_offset(std::string_view id, uint64_t offset,
                                     base::Milliseconds expires_at) {
  const int64_t changed = TRY(tx_.execute(
      "UPDATE uploads SET received = ?, expires_at = ? WHERE id = ?", {offset, expires_at, id}));
  if (changed == 0) return missing_upload();
  return {};
}

Result<void> UploadTable::set_length(std::string_view id, uint64_t length) {
  const int64_t changed = TRY(
      tx_.execute("UPDATE uploads SET length = ? WHERE id = ? AND (length IS NULL OR length = ?)",
                  {length, id, length}));
  if (changed == 1) return {};
  if (!TRY(tx_.query_first("SELECT 1 FROM uploads WHERE id = ?", {id}))) return missing_upload();
  return base::Error{base::Code::conflict, "the upload has another length already"};
}

Result<void> UploadTable::set_outcome(std::string_view id, const base::Json& outcome) {
  const int64_t changed =
      TRY(tx_.execute("UPDATE uploads SET outcome = ? WHERE id = ?", {outcome.print(), id}));
  if (changed == 0) return missing_upload();
  return {};
}

Result<void> UploadTable::remove(std::string_view id) {
  TRY(tx_.execute("DELETE FROM uploads WHERE id = ?", {id}));
  return {};
}

Result<std::vector<Upload>> UploadTable::expired(base::Milliseconds now, size_t limit) {
  std::vector<Upload> uploads;
  for (const Row& row :
       TRY(tx_.query(std::string(kSelect) + "WHERE expires_at <= ? ORDER BY expires_at LIMIT ?",
                     {now, limit}))) {
    uploads.push_back(TRY(upload_of(row)));
  }
  return uploads;
}

Result<int64_t> UploadTable::count_open(UserId owner) {
  return tx_.query_integer("SELECT count(*) FROM uploads WHERE owner_id = ? AND outcome = 'null'",
                           {owner});
}

Result<uint64_t> UploadTable::promised_bytes(UserId owner, uint64_t unknown) {
  const int64_t bytes =
      TRY(tx_.query_integer("SELECT coalesce(sum(coalesce(length, ?)), 0) FROM uploads"
                            " WHERE owner_id = ? AND outcome = 'null'",
                            {unknown, owner}));
  return static_cast<uint64_t>(bytes);
}

}  // namespace storage
