// Rows of documents and what hangs on them. Lists and search: document_list.cc.
#include "storage/document_table.h"

#include <algorithm>

#include "base/text.h"
#include "storage/detail/document_rows.h"
#include "storage/detail/source_json.h"
#include "storage/page_sketch_table.h"

namespace storage {
namespace {

constexpr DocumentState kStates[] = {DocumentState::uploaded,     DocumentState::queued,
                                     DocumentState::processing,   DocumentState::ready,
                                     DocumentState::partly_ready, DocumentState::failed};

base::Error missing_document() {
  return base::Error{base::Code::not_found, "no such document"};
}

Result<void> require_row(int64_t changed) {
  if (changed == 0) return missing_document();
  return {};
}

Result<int64_t> number_of(Transaction& tx, ProjectId project, const corpus::DocumentId& id) {
  const auto row = TRY(tx.query_first(
      "SELECT number FROM documents WHERE project_id = ? AND id = ?", {project, id.hex}));
  if (!row) return missing_document();
  return row->integer(0);
}

Result<void> put_keys(Transaction& tx, int64_t number, const std::vector<corpus::Source>& sources) {
  TRY(tx.execute("DELETE FROM document_keys WHERE document = ?", {number}));
  for (const auto& [key, value] : search_keys(sources)) {
    TRY(
        tx.execute("INSERT INTO document_keys (document, key, value) VALUES (?, ?, ?)"
                   " ON CONFLICT DO NOTHING",
                   {number, key, value}));
  }
  return {};
}

Result<std::vector<corpus::Source>> parse_sources(const base::Json& json) {
  std::vector<corpus::Source> sources;
  if (!json.is_array()) return sources;
  for (const base::Json& item : *json.as_array()) sources.push_back(TRY(parse_source(item)));
  return sources;
}

Result<void> remove_text(Transaction& tx, int64_t number) {
  TRY(
      tx.execute("DELETE FROM page_texts WHERE rowid IN"
                 " (SELECT number FROM pages WHERE document = ?)",
                 {number}));
  TRY(tx.execute("DELETE FROM pages WHERE document = ?", {number}));
  return {};
}

Result<void> remove_number(Transaction& tx, int64_t number) {
  TRY(remove_text(tx, number));
  TRY(tx.execute("DELETE FROM label_uses WHERE document = ?", {number}));
  TRY(PageSketchTable(tx).remove(number));
  TRY(tx.execute("DELETE FROM document_labels WHERE document = ?", {number}));
  TRY(tx.execute("DELETE FROM document_keys WHERE document = ?", {number}));
  TRY(tx.execute("DELETE FROM document_anchors WHERE document = ?", {number}));
  TRY(tx.execute("DELETE FROM documents WHERE number = ?", {number}));
  return {};
}

// "page 3: the image is damaged; page 7: ..." of the pages that could not be read.
std::string failure_of(const corpus::Document& document) {
  std::string reason;
  for (size_t i = 0; i < document.pages.size(); ++i) {
    if (!document.pages[i].failed()) continue;
    reason += reason.empty() ? "" : "; ";
    reason += "page " + std::to_string(i + 1) + ": " + document.pages[i].failure;
  }
  return reason;
}

int32_t pages_read(const corpus::Document& document) {
  return static_cast<int32_t>(
      std::count_if(document.pages.begin(), document.pages.end(),
                    [](const corpus::Page& page) { return !page.failed(); }));
}

base::Milliseconds first_received(const corpus::Document& document, base::Milliseconds now) {
  base::Milliseconds first = now;
  for (const corpus::Source& source : document.sources) first = std::min(first, source.received_at);
  return first;
}

}  // namespace

Result<DocumentRow> document_of(const Row& row) {
  DocumentRow document;
  document.project = row.id<ProjectId>(0);
  document.id = {row.text(1)};
  document.state = parse_document_state(row.text(2)).value_or(DocumentState::failed);
  document.failure_code = row.text(3);
  document.failure_reason = row.text(4);
  document.file_name = row.text(5);
  document.source = {row.hash<base::Md5>(6), row.hash<base::Sha256>(7), row.size(8), row.text(9)};
  document.uploader = row.id<UserId>(10);
  document.received_at = row.integer(11);
  document.page_count = static_cast<int32_t>(row.integer(12));
  document.pages_done = static_cast<int32_t>(row.integer(13));
  document.review_state = row.text(14);
  document.commit = row.text(15);
  document.sources = TRY(base::parse_json(row.text(16)));
  document.changed_at = row.integer(17);
  if (!row.text(18).empty()) {
    for (const auto label : base::split(row.text(18), '\n')) document.labels.emplace_back(label);
  }
  document.confidence = static_cast<int32_t>(row.integer(19));
  document.label_confidence = static_cast<int32_t>(row.integer(20));
  document.assignee = row.text(21);
  document.sampled = row.flag(22);
  return document;
}

std::string_view name_of(DocumentState state) {
  switch (state) {
    case DocumentState::uploaded:
      return "uploaded";
    case DocumentState::queued:
      return "queued";
    case DocumentState::processing:
      return "processing";
    case DocumentState::ready:
      return "ready";
    case DocumentState::partly_ready:
      return "partly_ready";
    case DocumentState::failed:
      return "failed";
  }
  return "failed";
}

std::optional<DocumentState> parse_document_state(std::string_view name) {
  for (const DocumentState state : kStates) {
    if (name_of(state) == name) return state;
  }
  return std::nullopt;
}

Result<Added> DocumentTable::add(const DocumentRow& row) {
  const auto known = TRY(tx_.query_first(
      "SELECT sha256 FROM documents WHERE project_id = ? AND id = ?", {row.project, row.id.hex}));
  if (known && known->hash<base::Sha256>(0) != row.source.sha256) {
    return base::Error{base::Code::conflict, "another content has the document id " + row.id.hex};
  }
  if (known) return Added::was_there;
  const int64_t number = TRY(tx_.query_integer(
      "INSERT INTO documents (project_id, id, state, failure_code, failure_reason, file_name, md5,"
      " sha256, size, media_type, uploader_id, received_at, page_count, pages_done, review_state,"
      " git_commit, sources, changed_at)"
      " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING number",
      {row.project, row.id.hex, name_of(row.state), row.failure_code, row.failure_reason,
       row.file_name, row.source.md5, row.source.sha256, row.source.size, row.source.media_type,
       row.uploader, row.received_at, row.page_count, row.pages_done, row.review_state, row.commit,
       row.sources.print(), row.changed_at}));
  TRY(put_keys(tx_, number, TRY(parse_sources(row.sources))));
  return Added::is_new;
}

Result<DocumentRow> DocumentTable::find(ProjectId project, const corpus::DocumentId& id) {
  const auto row = TRY(tx_.query_first("SELECT " + std::string(kDocumentColumns) +
                                           " FROM documents d WHERE d.project_id = ?"
                                           " AND d.id = ?",
                                       {project, id.hex}));
  if (!row) return missing_document();
  return document_of(*row);
}

Result<void> DocumentTable::set_state(ProjectId project, const corpus::DocumentId& id,
                                      DocumentState state, base::Milliseconds now) {
  return require_row(TRY(tx_.execute(
      "UPDATE documents SET state = ?, failure_code = '', failure_reason = '', changed_at = ?"
      " WHERE project_id = ? AND id = ?",
      {name_of(state), now, project, id.hex})));
}

Result<void> DocumentTable::set_failure(ProjectId project, const corpus::DocumentId& id,
                                        std::string_view code, std::string_view reason,
                                        base::Milliseconds now) {
  return require_row(TRY(tx_.execute(
      "UPDATE documents SET state = 'failed', failure_code = ?, failure_reason = ?, changed_at = ?"
      " WHERE project_id = ? AND id = ?",
      {code, reason, now, project, id.hex})));
}

Result<void> DocumentTable::set_progress(ProjectId project, const corpus::DocumentId& id,
                                         int32_t pages_done, int32_t page_count,
                                         base::Milliseconds now) {
  return require_row(
      TRY(tx_.execute("UPDATE documents SET pages_done = ?, page_count = ?, changed_at = ?"
                      " WHERE project_id = ? AND id = ?",
                      {pages_done, page_count, now, project, id.hex})));
}

Result<void> DocumentTable::set_sources(ProjectId project, const corpus::DocumentId& id,
                                        const std::vector<corpus::Source>& sources,
                                        base::Milliseconds now) {
  const int64_t number = TRY(number_of(tx_, project, id));
  TRY(tx_.execute("UPDATE documents SET sources = ?, changed_at = ? WHERE number = ?",
                  {sources_json(sources).print(), now, number}));
  return put_keys(tx_, number, sources);
}

Result<void> DocumentTable::put_from_git(ProjectId project, const corpus::Document& document,
                                         std::string_view commit, DocumentState state,
                                         base::Milliseconds now) {
  const std::string file_name = document.sources.empty() ? "" : document.sources.front().file_name;
  const std::string failure = failure_of(document);
  const int64_t number = TRY(tx_.query_integer(
      "INSERT INTO documents (project_id, id, state, failure_code, failure_reason, file_name, md5,"
      " sha256, size, media_type, uploader_id, received_at, page_count, pages_done, review_state,"
      " git_commit, sources, changed_at, pipeline)"
      " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, (SELECT uploader_id FROM document_uploads WHERE"
      " project_id = ? AND document_id = ? ORDER BY number LIMIT 1), ?, ?, ?, 'new', ?, ?, ?, ?)"
      " ON CONFLICT (project_id, id) DO UPDATE SET state = excluded.state,"
      " failure_code = excluded.failure_code, failure_reason = excluded.failure_reason,"
      " media_type = excluded.media_type, page_count = excluded.page_count,"
      " pages_done = excluded.pages_done, git_commit = excluded.git_commit,"
      " review_state = CASE WHEN review_state = '' THEN 'new' ELSE review_state END,"
      " sources = excluded.sources, changed_at = excluded.changed_at, pipeline = excluded.pipeline"
      " RETURNING number",
      {project, document.id.hex, name_of(state), failure.empty() ? "" : "pages_failed", failure,
       file_name, document.source.md5, document.source.sha256, document.source.size,
       document.source.media_type, project, document.id.hex, first_received(document, now),
       document.pages.size(), pages_read(document), commit, sources_json(document.sources).print(),
       now, corpus::spelled(document.pipeline)}));
  return put_keys(tx_, number, document.sources);
}

Result<void> DocumentTable::put_unreadable(ProjectId project, const corpus::DocumentId& id,
                                           std::string_view commit, const Failure& failure,
                                           base::Milliseconds now) {
  TRY(tx_.execute(
      "INSERT INTO documents (project_id, id, state, failure_code, failure_reason, file_name, md5,"
      " sha256, size, media_type, uploader_id, received_at, page_count, pages_done, review_state,"
      " git_commit, sources, changed_at)"
      " VALUES (?, ?, 'failed', ?, ?, '', ?, ?, 0, '', (SELECT uploader_id FROM document_uploads"
      " WHERE project_id = ? AND document_id = ? ORDER BY number LIMIT 1), ?, 0, 0, 'new', ?, '[]',"
      " ?) ON CONFLICT (project_id, id) DO UPDATE SET state = excluded.state,"
      " failure_code = excluded.failure_code, failure_reason = excluded.failure_reason,"
      " git_commit = excluded.git_commit, changed_at = excluded.changed_at",
      {project, id.hex, failure.code, failure.reason, base::Md5{}, base::Sha256{}, project, id.hex,
       now, commit, now}));
  return {};
}

Result<void> DocumentTable::set_review_state(ProjectId project, const corpus::DocumentId& id,
                                             std::string_view review_state,
                                             base::Milliseconds now) {
  return require_row(TRY(tx_.execute(
      "UPDATE documents SET review_state = ?, changed_at = ? WHERE project_id = ? AND id = ?",
      {review_state, now, project, id.hex})));
}

Result<void> DocumentTable::set_labels(ProjectId project, const corpus::DocumentId& id,
                                       corpus::PageNumber page,
                                       const std::vector<std::string>& labels) {
  const int64_t number = TRY(number_of(tx_, project, id));
  TRY(tx_.execute("DELETE FROM document_labels WHERE document = ? AND page = ?", {number, page}));
  for (const std::string& label : labels) {
    TRY(
        tx_.execute("INSERT INTO document_labels (document, page, label) VALUES (?, ?, ?)"
                    " ON CONFLICT DO NOTHING",
                    {number, page, label}));
  }
  return {};
}

Result<void> DocumentTable::set_anchors(ProjectId project, const corpus::DocumentId& id,
                                        corpus::PageNumber page,
                                        const std::map<corpus::AnchorStatus, int64_t>& counts) {
  const int64_t number = TRY(number_of(tx_, project, id));
  TRY(tx_.execute("DELETE FROM document_anchors WHERE document = ? AND page = ?", {number, page}));
  for (const auto& [status, count] : counts) {
    TRY(
        tx_.execute("INSERT INTO document_anchors (document, page, status, annotations)"
                    " VALUES (?, ?, ?, ?)",
                    {number, page, corpus::name_of(status), count}));
  }
  return {};
}

Result<std::map<corpus::AnchorStatus, int64_t>> DocumentTable::anchors(
    ProjectId project, const corpus::DocumentId& id) {
  const int64_t number = TRY(number_of(tx_, project, id));
  std::map<corpus::AnchorStatus, int64_t> counts;
  for (const Row& row : TRY(tx_.query("SELECT status, sum(annotations) FROM document_anchors"
                                      " WHERE document = ? GROUP BY status",
                                      {number}))) {
    if (const auto status = corpus::parse_anchor_status(row.text(0))) {
      counts[*status] = row.integer(1);
    }
  }
  return counts;
}

Result<void> DocumentTable::set_page_text(ProjectId project, const corpus::DocumentId& id,
                                          corpus::PageNumber page, std::string_view text) {
  const int64_t number = TRY(number_of(tx_, project, id));
  const int64_t row = TRY(tx_.query_integer(
      "INSERT INTO pages (document, page) VALUES (?, ?)"
      " ON CONFLICT (document, page) DO UPDATE SET page = excluded.page RETURNING number",
      {number, page}));
  TRY(tx_.execute("DELETE FROM page_texts WHERE rowid = ?", {row}));
  TRY(tx_.execute("INSERT INTO page_texts (rowid, scope, text) VALUES (?, ?, ?)",
                  {row, scope_of(project), base::fold_for_search(text)}));
  return {};
}

Result<void> DocumentTable::set_page_reading(ProjectId project, const corpus::DocumentId& id,
                                             corpus::PageNumber page, const PageReading& reading) {
  const int64_t number = TRY(number_of(tx_, project, id));
  TRY(
      tx_.execute("INSERT INTO pages (document, page, words, confidence) VALUES (?, ?, ?, ?)"
                  " ON CONFLICT (document, page) DO UPDATE SET words = excluded.words,"
                  " confidence = excluded.confidence",
                  {number, page, reading.words, reading.confidence}));
  return {};
}

Result<void> DocumentTable::set_page_quality(ProjectId project, const corpus::DocumentId& id,
                                             corpus::PageNumber page, std::string_view quality) {
  const int64_t number = TRY(number_of(tx_, project, id));
  TRY(
      tx_.execute("INSERT INTO pages (document, page, quality) VALUES (?, ?, ?)"
                  " ON CONFLICT (document, page) DO UPDATE SET quality = excluded.quality",
                  {number, page, quality}));
  return {};
}

Result<void> DocumentTable::set_label_confidence(ProjectId project, const corpus::DocumentId& id,
                                                 corpus::PageNumber page, int32_t least) {
  const int64_t number = TRY(number_of(tx_, project, id));
  TRY(tx_.execute("UPDATE pages SET label_confidence = ? WHERE document = ? AND page = ?",
                  {least, number, page}));
  return {};
}

Result<void> DocumentTable::sum_up_confidence(ProjectId project, const corpus::DocumentId& id) {
  return require_row(TRY(tx_.execute(
      "UPDATE documents SET"
      " confidence = coalesce((SELECT sum(p.words * p.confidence) / sum(p.words) FROM pages p"
      "  WHERE p.document = documents.number), 1001),"
      " label_confidence = coalesce((SELECT min(p.label_confidence) FROM pages p"
      "  WHERE p.document = documents.number), 1001)"
      " WHERE project_id = ? AND id = ?",
      {project, id.hex})));
}

Result<std::vector<corpus::DocumentId>> DocumentTable::with_file_name(ProjectId project,
                                                                      std::string_view file_name) {
  std::vector<corpus::DocumentId> ids;
  for (const Row& row :
       TRY(tx_.query("SELECT id FROM documents WHERE project_id = ? AND file_name = ? LIMIT 2",
                     {project, file_name}))) {
    ids.push_back({row.text(0)});
  }
  return ids;
}

Result<std::vector<corpus::DocumentId>> DocumentTable::with_key(ProjectId project,
                                                                std::string_view key,
                                                                std::string_view value) {
  std::vector<corpus::DocumentId> ids;
  for (const Row& row : TRY(tx_.query("SELECT d.id FROM document_keys k JOIN documents d"
                                      " ON d.number = k.document"
                                      " WHERE k.key = ? AND k.value = ? AND d.project_id = ?",
                                      {key, value, project}))) {
    ids.push_back({row.text(0)});
  }
  return ids;
}

Result<void> DocumentTable::add_upload(const DocumentUpload& upload) {
  TRY(tx_.execute(
      "INSERT INTO document_uploads (project_id, document_id, uploader_id, source)"
      " VALUES (?, ?, ?, ?)",
      {upload.project, upload.document.hex, upload.uploader, source_json(upload.source).print()}));
  return {};
}

Result<std::vector<DocumentUpload>> DocumentTable::uploads(ProjectId project,
                                                           const corpus::DocumentId& id) {
  std::vector<DocumentUpload> all;
  for (const Row& row :
       TRY(tx_.query("SELECT uploader_id, source FROM document_uploads WHERE project_id = ?"
                     " AND document_id = ? ORDER BY number",
                     {project, id.hex}))) {
    corpus::Source source = TRY(parse_source(TRY(base::parse_json(row.text(1)))));
    all.push_back({project, id, row.id<UserId>(0), std::move(source)});
  }
  return all;
}

Result<base::Json> DocumentTable::sources_of(ProjectId project, const corpus::DocumentId& id,
                                             UserId user) {
  base::Json sources = base::Json::array();
  for (const Row& row :
       TRY(tx_.query("SELECT source FROM document_uploads WHERE uploader_id = ? AND project_id = ?"
                     " AND document_id = ? ORDER BY number",
                     {user, project, id.hex}))) {
    sources.push(TRY(base::parse_json(row.text(0))));
  }
  return sources;
}

Result<bool> DocumentTable::was_uploaded_by(ProjectId project, const corpus::DocumentId& id,
                                            UserId user) {
  const auto row = TRY(tx_.query_first(
      "SELECT 1 FROM document_uploads WHERE uploader_id = ? AND project_id = ? AND document_id = ?"
      " LIMIT 1",
      {user, project, id.hex}));
  return row.has_value();
}

Result<void> DocumentTable::remove(ProjectId project, const corpus::DocumentId& id) {
  const int64_t number = TRY(number_of(tx_, project, id));
  TRY(remove_number(tx_, number));
  TRY(tx_.execute("DELETE FROM document_uploads WHERE project_id = ? AND document_id = ?",
                  {project, id.hex}));
  for (const char* table : {"drafts", "saved_strokes", "assignments", "review_samples"}) {
    TRY(tx_.execute(
        "DELETE FROM " + std::string(table) + " WHERE project_id = ? AND document_id = ?",
        {project, id.hex}));
  }
  return {};
}

Result<void> DocumentTable::clear_derived(ProjectId project) {
  for (const Row& row : TRY(tx_.query(
           "SELECT number FROM documents WHERE project_id = ? AND git_commit <> ''", {project}))) {
    TRY(remove_number(tx_, row.integer(0)));
  }
  return {};
}

}  // namespace storage
