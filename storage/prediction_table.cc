#include "storage/prediction_table.h"

#include "base/digest.h"

namespace storage {

Result<void> PredictionTable::put(ProjectId project, const PredictionFile& file,
                                  std::span<const corpus::DocumentId> documents,
                                  base::Milliseconds now, int64_t most_bytes) {
  const int64_t number = TRY(tx_.query_integer(
      "INSERT INTO prediction_files (project_id, user_id, format, model, version, digest, content,"
      " received_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
      " ON CONFLICT DO UPDATE SET received_at = excluded.received_at RETURNING number",
      {project, file.user, file.format, file.model, file.version, base::sha256_of(file.content),
       Blob{file.content}, now}));
  for (const corpus::DocumentId& id : documents) {
    TRY(
        tx_.execute("INSERT INTO waiting_predictions (file, document) VALUES (?, ?)"
                    " ON CONFLICT DO NOTHING",
                    {number, id.hex}));
  }
  const int64_t bytes = TRY(tx_.query_integer(
      "SELECT sum(length(content)) FROM prediction_files WHERE project_id = ?", {project}));
  if (bytes <= most_bytes) return {};
  return base::Error{base::Code::limit,
                     "some of the documents are still being read, and as much as may wait for "
                     "documents does: send it again when they are ready"};
}

Result<std::vector<WaitingPrediction>> PredictionTable::waiting(ProjectId project) {
  std::vector<WaitingPrediction> all;
  for (const Row& row :
       TRY(tx_.query("SELECT number FROM prediction_files WHERE project_id = ? ORDER BY number",
                     {project}))) {
    WaitingPrediction waiting{row.integer(0), {}};
    for (const Row& document :
         TRY(tx_.query("SELECT document FROM waiting_predictions WHERE file = ? ORDER BY document",
                       {waiting.number}))) {
      waiting.documents.push_back({document.text(0)});
    }
    all.push_back(std::move(waiting));
  }
  return all;
}

Result<std::optional<PredictionFile>> PredictionTable::file(int64_t number) {
  const auto row =
      TRY(tx_.query_first("SELECT user_id, format, model, version, content"
                          " FROM prediction_files WHERE number = ?",
                          {number}));
  if (!row) return std::optional<PredictionFile>();
  return std::optional(
      PredictionFile{row->id<UserId>(0), row->text(1), row->text(2), row->text(3), row->bytes(4)});
}

Result<bool> PredictionTable::is_any_waiting(ProjectId project,
                                             std::span<const corpus::DocumentId> documents) {
  for (const corpus::DocumentId& id : documents) {
    if (TRY(tx_.query_first("SELECT 1 FROM waiting_predictions w"
                            " JOIN prediction_files f ON f.number = w.file"
                            " WHERE w.document = ? AND f.project_id = ?",
                            {id.hex, project}))) {
      return true;
    }
  }
  return false;
}

Result<void> PredictionTable::settle(int64_t number,
                                     std::span<const corpus::DocumentId> documents) {
  for (const corpus::DocumentId& id : documents) {
    TRY(tx_.execute("DELETE FROM waiting_predictions WHERE file = ? AND document = ?",
                    {number, id.hex}));
  }
  TRY(
      tx_.execute("DELETE FROM prediction_files WHERE number = ? AND NOT EXISTS"
                  " (SELECT 1 FROM waiting_predictions WHERE file = number)",
                  {number}));
  return {};
}

Result<void> PredictionTable::forget_before(base::Milliseconds time) {
  TRY(
      tx_.execute("DELETE FROM waiting_predictions WHERE file IN"
                  " (SELECT number FROM prediction_files WHERE received_at < ?)",
                  {time}));
  TRY(tx_.execute("DELETE FROM prediction_files WHERE received_at < ?", {time}));
  return {};
}

}  // namespace storage
