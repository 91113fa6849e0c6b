// Documents between rows and values; shared by the files that implement DocumentTable.
#pragma once

#include <string_view>

#include "storage/document_table.h"

namespace storage {

// For "... FROM documents d".
inline constexpr std::string_view kDocumentColumns =
    "d.project_id, d.id, d.state, d.failure_code, d.failure_reason, d.file_name, d.md5, d.sha256,"
    " d.size, d.media_type, d.uploader_id, d.received_at, d.page_count, d.pages_done,"
    " d.review_state, d.git_commit, d.sources, d.changed_at,"
    " (SELECT group_concat(label, char(10)) FROM (SELECT DISTINCT label FROM document_labels"
    " WHERE document = d.number ORDER BY label)), d.confidence, d.label_confidence,"
    " coalesce((SELECT u.name FROM assignments a JOIN users u ON u.id = a.user_id"
    " WHERE a.project_id = d.project_id AND a.document_id = d.id), ''),"
    " EXISTS (SELECT 1 FROM review_samples s WHERE s.project_id = d.project_id"
    " AND s.document_id = d.id)";

Result<DocumentRow> document_of(const Row& row);

// What the index `page_texts` calls a project.
inline std::string scope_of(ProjectId project) {
  return "p" + std::to_string(project.value);
}

}  // namespace storage
