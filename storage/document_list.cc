// Lists, counts and search: a part of DocumentTable.
#include <algorithm>

#include "base/text.h"
#include "storage/cursor.h"
#include "storage/detail/document_rows.h"

namespace storage {
namespace {

constexpr std::string_view kListing = "documents";
constexpr size_t kMostRows = 500;
constexpr size_t kMostKeys = 8;
constexpr size_t kMostWords = 16;

// A statement that grows condition by condition.
struct Conditions {
  std::string sql;
  Values parameters;

  void add(std::string_view condition, std::initializer_list<Value> values) {
    sql += sql.empty() ? " WHERE " : " AND ";
    sql += condition;
    parameters.insert(parameters.end(), values.begin(), values.end());
  }
};

std::vector<std::string> words_of(std::string_view text) {
  std::string folded = base::fold_for_search(text);
  std::replace_if(
      folded.begin(), folded.end(), [](char c) { return c == '\t' || c == '\n' || c == '\r'; },
      ' ');
  std::vector<std::string> words;
  for (const std::string_view word : base::split(folded, ' ')) {
    if (!word.empty()) words.emplace_back(word);
  }
  return words;
}

std::string in_quotes(std::string_view word) {
  std::string out = "\"";
  for (const char c : word) {
    if (c == '"') out += '"';
    out += c;
  }
  return out + '"';
}

// FTS5: every word on one page of the project, the last one also as a beginning.
std::string match_of(ProjectId project, const std::vector<std::string>& words) {
  std::string match = "scope : " + in_quotes(scope_of(project)) + " AND text : (";
  for (size_t i = 0; i < words.size(); ++i) match += (i == 0 ? "" : " AND ") + in_quotes(words[i]);
  return match + " *)";
}

Result<void> add_text(Conditions& where, const DocumentQuery& query) {
  if (query.text.empty()) return {};
  const std::vector<std::string> words = words_of(query.text);
  if (words.empty()) return {};
  if (words.size() > kMostWords) {
    return base::Error{base::Code::limit, "a search takes at most 16 words"};
  }
  where.add(
      "d.number IN (SELECT p.document FROM page_texts t JOIN pages p ON p.number = t.rowid"
      " WHERE t.page_texts MATCH ?)",
      {match_of(query.project, words)});
  return {};
}

Result<void> add_keys(Conditions& where, const DocumentQuery& query) {
  if (query.keys.size() > kMostKeys) {
    return base::Error{base::Code::limit, "a search takes at most 8 keys"};
  }
  for (const auto& [key, value] : query.keys) {
    where.add(
        "EXISTS (SELECT 1 FROM document_keys k WHERE k.document = d.number AND k.key = ?"
        " AND k.value = ?)",
        {key, value});
  }
  return {};
}

Result<void> add_cursor(Conditions& where, const DocumentQuery& query) {
  if (query.cursor.empty()) return {};
  const Values last = TRY(parse_cursor(kListing, query.cursor));
  if (last.size() != 2 || last[0].as_integer() == nullptr || last[1].as_text() == nullptr) {
    return base::Error{base::Code::invalid, "the cursor is not one of this listing"};
  }
  where.add("(d.received_at, d.id) < (?, ?)", {last[0], last[1]});
  return {};
}

Result<Conditions> conditions_of(const DocumentQuery& query) {
  Conditions where;
  where.add("d.project_id = ?", {query.project});
  if (query.state) where.add("d.state = ?", {name_of(*query.state)});
  if (!query.review_state.empty()) where.add("d.review_state = ?", {query.review_state});
  if (!query.label.empty()) {
    where.add(
        "EXISTS (SELECT 1 FROM document_labels l WHERE l.document = d.number AND l.label = ?)",
        {query.label});
  }
  if (query.uploader) {
    where.add(
        "EXISTS (SELECT 1 FROM document_uploads u WHERE u.uploader_id = ?"
        " AND u.project_id = d.project_id AND u.document_id = d.id)",
        {query.uploader});
  }
  TRY(add_keys(where, query));
  TRY(add_text(where, query));
  TRY(add_cursor(where, query));
  return where;
}

}  // namespace

Result<DocumentPage> DocumentTable::list(const DocumentQuery& query) {
  Conditions where = TRY(conditions_of(query));
  const size_t limit = std::clamp(query.limit, size_t{1}, kMostRows);
  where.parameters.emplace_back(limit + 1);
  const Rows rows = TRY(tx_.query("SELECT " + std::string(kDocumentColumns) + " FROM documents d" +
                                      where.sql + " ORDER BY d.received_at DESC, d.id DESC LIMIT ?",
                                  where.parameters));
  DocumentPage page;
  for (const Row& row : rows) {
    if (page.rows.size() == limit) {
      const DocumentRow& last = page.rows.back();
      page.next_cursor = make_cursor(kListing, {last.received_at, last.id.hex});
      break;
    }
    page.rows.push_back(TRY(document_of(row)));
  }
  return page;
}

Result<std::map<DocumentState, int64_t>> DocumentTable::counts(ProjectId project) {
  std::map<DocumentState, int64_t> counts;
  for (const Row& row :
       TRY(tx_.query("SELECT state, count(*) FROM documents WHERE project_id = ? GROUP BY state",
                     {project}))) {
    if (const auto state = parse_document_state(row.text(0))) counts[*state] = row.integer(1);
  }
  return counts;
}

Result<int64_t> DocumentTable::count(ProjectId project) {
  return tx_.query_integer("SELECT count(*) FROM documents WHERE project_id = ?", {project});
}

}  // namespace storage
