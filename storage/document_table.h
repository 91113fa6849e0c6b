// The index of a project's documents, for lists, search and the state of uploads.
//
//   DocumentTable documents(tx);
//   const Added added = TRY(documents.add(row));                 // same bytes: not added again
//   TRY(documents.add_upload({project, id, user, source}));
//   const auto page = TRY(documents.list({.project = project, .text = "invoice", .limit = 50}));
//
// What is original here and what is derived:
//   original  uploads (who sent what, when); rows of documents that are not in git yet, or never
//             will be: uploaded, queued, processing, failed.
//   derived   rows of documents in git (`commit` is set), page text, labels, keys. rebuild calls
//             clear_derived() and fills them again from git with put_from_git().
// Search matches whole words of the page text, folded by base::fold_for_search; the last word also
// as a beginning. All words must be on one page.
// A DocumentTable is a view of one transaction and lives as long.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/json.h"
#include "corpus/annotation.h"
#include "corpus/document.h"
#include "storage/database.h"

namespace storage {

enum class DocumentState { uploaded, queued, processing, ready, partly_ready, failed };
std::string_view name_of(DocumentState state);
std::optional<DocumentState> parse_document_state(std::string_view name);

// Confidences are 0 to 1000; this one says that there is nothing to tell of, and sorts behind.
inline constexpr int32_t kNoConfidence = 1001;

struct DocumentRow {
  ProjectId project;
  corpus::DocumentId id;
  DocumentState state = DocumentState::uploaded;
  std::string failure_code;    // stable, e.g. "encrypted"; failed and partly_ready
  std::string failure_reason;  // for people
  std::string file_name;       // of the first upload
  corpus::StoredFile source;
  UserId uploader;  // of the first upload
  base::Milliseconds received_at = 0;
  int32_t page_count = 0;  // 0: not known yet
  int32_t pages_done = 0;
  std::string review_state;  // as in review.json; empty: not in git yet
  std::string commit;        // hex id of the commit by which it entered git; empty: not in git
  base::Json sources = base::Json::array();  // as in document.json
  std::vector<std::string> labels;           // present in its annotations, sorted
  base::Milliseconds changed_at = 0;
  int32_t confidence = kNoConfidence;        // mean of its words
  int32_t label_confidence = kNoConfidence;  // least of its labels that came from a model
  std::string assignee;                      // the name; empty: nobody
  bool sampled = false;                      // drawn for a second look

  bool operator==(const DocumentRow&) const = default;
};

// What reading found on a page: how many words, and their mean confidence.
struct PageReading {
  int32_t words = 0;
  int32_t confidence = 0;
};

// One upload of a document's bytes.
struct DocumentUpload {
  ProjectId project = {};
  corpus::DocumentId document = {};
  UserId uploader = {};
  corpus::Source source = {};
  bool operator==(const DocumentUpload&) const = default;
};

enum class Added { is_new, was_there };

enum class DocumentSort { received, name, confidence };

// Confidences from `least` to `most`.
struct ConfidenceRange {
  int32_t least = 0;
  int32_t most = kNoConfidence;
  bool is_any() const { return least <= 0 && most >= kNoConfidence; }
};

struct DocumentQuery {
  ProjectId project = {};
  std::string text = {};  // words; empty: any
  std::optional<DocumentState> state = {};
  std::string review_state = {};
  std::string label = {};
  std::vector<std::pair<std::string, std::string>> keys = {};  // all must match: {"claim", "C-7"}
  UserId uploader = {};                                        // only what this user has uploaded
  UserId assignee = {};                                        // only what this user is to label
  bool unassigned = false;                                     // only what is nobody's
  bool sampled = false;  // only what was drawn for a second look
  std::string failure_code = {};
  std::optional<corpus::AnchorStatus> anchor = {};  // of a label, after another reading
  std::string other_pipeline = {};  // only what is in git and was not read like this
  base::Milliseconds received_from = 0;
  base::Milliseconds received_until = 0;  // 0: open; the moment itself is not part of it
  ConfidenceRange confidence = {};
  ConfidenceRange label_confidence = {};
  DocumentSort sort = DocumentSort::received;
  bool descending = true;
  std::string cursor = {};  // of the same sort and direction
  size_t limit = 50;        // at most 500
};

struct DocumentPage {
  std::vector<DocumentRow> rows;
  std::string next_cursor;  // empty: the end
};

class DocumentTable {
 public:
  explicit DocumentTable(Transaction& tx) : tx_(tx) {}

  // An equal id with other bytes (unequal SHA-256) is conflict.
  Result<Added> add(const DocumentRow& row);
  Result<DocumentRow> find(ProjectId project, const corpus::DocumentId& id);  // not_found
  // Whose first upload had this name, at most two: enough to know whether it is one.
  Result<std::vector<corpus::DocumentId>> with_file_name(ProjectId project,
                                                         std::string_view file_name);
  // Those that are found by this key: "claim", "C-7".
  Result<std::vector<corpus::DocumentId>> with_key(ProjectId project, std::string_view key,
                                                   std::string_view value);
  Result<DocumentPage> list(const DocumentQuery& query);
  Result<std::map<DocumentState, int64_t>> counts(ProjectId project);
  Result<int64_t> count(ProjectId project);

  Result<void> set_state(ProjectId project, const corpus::DocumentId& id, DocumentState state,
                         base::Milliseconds now);
  Result<void> set_failure(ProjectId project, const corpus::DocumentId& id, std::string_view code,
                           std::string_view reason, base::Milliseconds now);
  Result<void> set_progress(ProjectId project, const corpus::DocumentId& id, int32_t pages_done,
                            int32_t page_count, base::Milliseconds now);
  // sources[] after a further upload; also refreshes the keys that it is found by.
  Result<void> set_sources(ProjectId project, const corpus::DocumentId& id,
                           const std::vector<corpus::Source>& sources, base::Milliseconds now);

  // Everything that git knows of it: inserts or replaces the row. state ready or partly_ready.
  Result<void> put_from_git(ProjectId project, const corpus::Document& document,
                            std::string_view commit, DocumentState state, base::Milliseconds now);
  // One that is in git but cannot be read from there: failed, and why. What is known stays.
  struct Failure {
    std::string code;
    std::string reason;
  };
  Result<void> put_unreadable(ProjectId project, const corpus::DocumentId& id,
                              std::string_view commit, const Failure& failure,
                              base::Milliseconds now);
  Result<void> set_review_state(ProjectId project, const corpus::DocumentId& id,
                                std::string_view review_state, base::Milliseconds now);
  // Labels per page (page 0: annotations of the document as a whole), so that a save of one page
  // tells of that page only.
  Result<void> set_labels(ProjectId project, const corpus::DocumentId& id, corpus::PageNumber page,
                          const std::vector<std::string>& labels);
  Result<void> set_page_text(ProjectId project, const corpus::DocumentId& id,
                             corpus::PageNumber page, std::string_view text);
  Result<void> set_page_reading(ProjectId project, const corpus::DocumentId& id,
                                corpus::PageNumber page, const PageReading& reading);
  // How many annotations of the page another reading has moved or orphaned.
  Result<void> set_anchors(ProjectId project, const corpus::DocumentId& id, corpus::PageNumber page,
                           const std::map<corpus::AnchorStatus, int64_t>& counts);
  // Of the whole document.
  Result<std::map<corpus::AnchorStatus, int64_t>> anchors(ProjectId project,
                                                          const corpus::DocumentId& id);
  // As corpus::verdict_of says.
  Result<void> set_page_quality(ProjectId project, const corpus::DocumentId& id,
                                corpus::PageNumber page, std::string_view quality);
  Result<void> set_label_confidence(ProjectId project, const corpus::DocumentId& id,
                                    corpus::PageNumber page, int32_t least);
  // After the pages: what they come to for the document.
  Result<void> sum_up_confidence(ProjectId project, const corpus::DocumentId& id);

  Result<void> add_upload(const DocumentUpload& upload);
  Result<std::vector<DocumentUpload>> uploads(ProjectId project, const corpus::DocumentId& id);
  // The sources that this user sent, oldest first, as in document.json; empty: none.
  Result<base::Json> sources_of(ProjectId project, const corpus::DocumentId& id, UserId user);
  Result<bool> was_uploaded_by(ProjectId project, const corpus::DocumentId& id, UserId user);

  // Row, text, labels, keys, uploads, drafts: for erasure and for giving up a failed document.
  Result<void> remove(ProjectId project, const corpus::DocumentId& id);
  Result<void> clear_derived(ProjectId project);

 private:
  Transaction& tx_;
};

}  // namespace storage
