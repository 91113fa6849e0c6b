// Lists, counts and search: a part of DocumentTable.
#include <algorithm>
#include <optional>

#include "base/text.h"
#include "storage/cursor.h"
#include "storage/detail/document_rows.h"

namespace storage {
namespace {

constexpr size_t kMostRows = 500;
constexpr int64_t kFew = 2'000;  // documents that are looked at one by one rather than in order
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
  void append(const Values& values) {
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

// Documents by number that a condition leaves over, as a query of its own.
struct Candidates {
  std::string sql;  // "SELECT ... AS number ..."
  Values parameters;
};

// How a list is ordered: the column, and how a cursor names the order.
struct Order {
  std::string column;
  std::string listing;
  bool is_text = false;
};

Order order_of(const DocumentQuery& query) {
  const std::string direction = query.descending ? "-" : "";
  switch (query.sort) {
    case DocumentSort::received:
      return {"d.received_at", "documents" + direction, false};
    case DocumentSort::name:
      return {"d.file_name COLLATE NOCASE", "documents-by-name" + direction, true};
    case DocumentSort::confidence:
      return {"d.confidence", "documents-by-confidence" + direction, false};
  }
  return {"d.received_at", "documents", false};
}

// Builds the statement of one list.
//
// Two ways lead to a page of it. In the order of the list, passing over what does not match: quick
// where much matches. Or from what a rare condition leaves over, sorted: quick where little does.
// The first condition that leaves at most kFew decides for the second way.
class Listing {
 public:
  Listing(Transaction& tx, const DocumentQuery& query)
      : tx_(tx), query_(query), order_(order_of(query)) {}

  Result<DocumentPage> page() {
    TRY(add_conditions());
    const size_t limit = std::clamp(query_.limit, size_t{1}, kMostRows);
    where_.parameters.emplace_back(limit + 1);
    const std::string direction = query_.descending ? " DESC" : "";
    Values parameters = candidates_ ? candidates_->parameters : Values();
    parameters.insert(parameters.end(), where_.parameters.begin(), where_.parameters.end());
    const Rows rows = TRY(tx_.query("SELECT " + std::string(kDocumentColumns) + from() +
                                        where_.sql + " ORDER BY " + order_.column + direction +
                                        ", d.id" + direction + " LIMIT ?",
                                    parameters));
    DocumentPage page;
    for (const Row& row : rows) {
      if (page.rows.size() == limit) {
        page.next_cursor = cursor_after(page.rows.back());
        break;
      }
      page.rows.push_back(TRY(document_of(row)));
    }
    return page;
  }

 private:
  // CROSS JOIN is how SQLite is told which side to begin with.
  std::string from() const {
    if (!candidates_) return " FROM documents d";
    return " FROM (SELECT DISTINCT number FROM (" + candidates_->sql +
           ")) c CROSS JOIN documents d ON d.number = c.number";
  }

  Result<void> add_conditions() {
    where_.add("d.project_id = ?", {query_.project});
    if (query_.state) where_.add("d.state = ?", {name_of(*query_.state)});
    if (!query_.review_state.empty()) where_.add("d.review_state = ?", {query_.review_state});
    if (!query_.failure_code.empty()) where_.add("d.failure_code = ?", {query_.failure_code});
    if (query_.received_from > 0) where_.add("d.received_at >= ?", {query_.received_from});
    if (query_.received_until > 0) where_.add("d.received_at < ?", {query_.received_until});
    add_range("d.confidence", query_.confidence);
    add_range("d.label_confidence", query_.label_confidence);
    if (!query_.other_pipeline.empty()) {
      where_.add("d.git_commit <> '' AND d.pipeline <> ?", {query_.other_pipeline});
    }
    TRY(add_people());
    TRY(add_label());
    TRY(add_anchor());
    TRY(add_keys());
    TRY(add_text());
    return add_cursor();
  }

  void add_range(const std::string& column, const ConfidenceRange& range) {
    if (!range.is_any()) where_.add(column + " BETWEEN ? AND ?", {range.least, range.most});
  }

  Result<void> add_people() {
    if (query_.assignee) {
      TRY(add_rare(
          {"SELECT n.number AS number FROM assignments a JOIN documents n ON n.project_id ="
           " a.project_id AND n.id = a.document_id WHERE a.project_id = ?"
           " AND a.user_id = ?",
           {query_.project, query_.assignee}},
          "EXISTS (SELECT 1 FROM assignments a WHERE a.project_id = d.project_id"
          " AND a.document_id = d.id AND a.user_id = ?)",
          {query_.assignee}));
    }
    if (query_.unassigned) {
      where_.add(
          "NOT EXISTS (SELECT 1 FROM assignments a WHERE a.project_id = d.project_id"
          " AND a.document_id = d.id)",
          {});
    }
    if (query_.sampled) {
      TRY(add_rare(
          {"SELECT n.number AS number FROM review_samples s JOIN documents n ON n.project_id ="
           " s.project_id AND n.id = s.document_id WHERE s.project_id = ?",
           {query_.project}},
          "EXISTS (SELECT 1 FROM review_samples s WHERE s.project_id = d.project_id"
          " AND s.document_id = d.id)",
          {}));
    }
    if (query_.uploader) {
      where_.add(
          "EXISTS (SELECT 1 FROM document_uploads u WHERE u.uploader_id = ?"
          " AND u.project_id = d.project_id AND u.document_id = d.id)",
          {query_.uploader});
    }
    return {};
  }

  Result<void> add_label() {
    if (query_.label.empty()) return {};
    return add_rare(
        {"SELECT l.document AS number FROM document_labels l WHERE l.label = ?", {query_.label}},
        "EXISTS (SELECT 1 FROM document_labels l WHERE l.document = d.number AND l.label = ?)",
        {query_.label});
  }

  Result<void> add_anchor() {
    if (!query_.anchor) return {};
    const std::string status(corpus::name_of(*query_.anchor));
    return add_rare(
        {"SELECT a.document AS number FROM document_anchors a WHERE a.status = ?", {status}},
        "EXISTS (SELECT 1 FROM document_anchors a WHERE a.document = d.number AND a.status = ?)",
        {status});
  }

  Result<void> add_keys() {
    if (query_.keys.size() > kMostKeys) {
      return base::Error{base::Code::limit, "a search takes at most 8 keys"};
    }
    for (const auto& [key, value] : query_.keys) {
      TRY(add_rare(
          {"SELECT k.document AS number FROM document_keys k WHERE k.key = ? AND k.value = ?",
           {key, value}},
          "EXISTS (SELECT 1 FROM document_keys k WHERE k.document = d.number"
          " AND k.key = ? AND k.value = ?)",
          {key, value}));
    }
    return {};
  }

  Result<void> add_text() {
    if (query_.text.empty()) return {};
    const std::vector<std::string> words = words_of(query_.text);
    if (words.empty()) return {};
    if (words.size() > kMostWords) {
      return base::Error{base::Code::limit, "a search takes at most 16 words"};
    }
    const std::string match = match_of(query_.project, words);
    return add_rare(
        {"SELECT p.document AS number FROM page_texts t JOIN pages p ON p.number = t.rowid"
         " WHERE t.page_texts MATCH ?",
         {match}},
        "d.number IN (SELECT p.document FROM page_texts t JOIN pages p"
        " ON p.number = t.rowid WHERE t.page_texts MATCH ?)",
        {match});
  }

  // A condition that may leave few: then the list is made from these.
  Result<void> add_rare(const Candidates& candidates, std::string_view condition,
                        const Values& parameters) {
    if (!candidates_ && TRY(are_few(candidates))) {
      candidates_ = candidates;
      return {};
    }
    where_.add(condition, {});
    where_.append(parameters);
    return {};
  }

  Result<bool> are_few(const Candidates& candidates) {
    Values parameters = candidates.parameters;
    parameters.emplace_back(kFew + 1);
    return TRY(tx_.query_integer("SELECT count(*) FROM (" + candidates.sql + " LIMIT ?)",
                                 parameters)) <= kFew;
  }

  Result<void> add_cursor() {
    if (query_.cursor.empty()) return {};
    const Values last = TRY(parse_cursor(order_.listing, query_.cursor));
    const bool fits =
        last.size() == 2 && last[1].as_text() != nullptr &&
        (order_.is_text ? last[0].as_text() != nullptr : last[0].as_integer() != nullptr);
    if (!fits) return base::Error{base::Code::invalid, "the cursor is not one of this listing"};
    where_.add("(" + order_.column + ", d.id) " + (query_.descending ? "<" : ">") + " (?, ?)",
               {last[0], last[1]});
    return {};
  }

  std::string cursor_after(const DocumentRow& row) const {
    switch (query_.sort) {
      case DocumentSort::name:
        return make_cursor(order_.listing, {row.file_name, row.id.hex});
      case DocumentSort::confidence:
        return make_cursor(order_.listing, {row.confidence, row.id.hex});
      case DocumentSort::received:
        break;
    }
    return make_cursor(order_.listing, {row.received_at, row.id.hex});
  }

  Transaction& tx_;
  const DocumentQuery& query_;
  Order order_;
  Conditions where_;
  std::optional<Candidates> candidates_;
};

}  // namespace

Result<DocumentPage> DocumentTable::list(const DocumentQuery& query) {
  return Listing(tx_, query).page();
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
