// How often the annotations of a project say what: by type, label, attribute and value. Derived
// from git; kept page by page, summed up for the project.
//
//   TRY(LabelTable(tx).set_uses(project, document, page, corpus::label_uses(annotations)));
//   const auto counts = TRY(LabelTable(tx).counts(project));       // for corpus::schema_impact
//
// Of each attribute kMostValues different values are told apart; of further ones only how they
// look, so that an attribute with a value of its own for every document costs no row for each.
// A view of one transaction, as all tables.
#pragma once

#include <string>
#include <vector>

#include "corpus/document.h"
#include "corpus/schema_impact.h"
#include "storage/database.h"

namespace storage {

class LabelTable {
 public:
  static constexpr int64_t kMostValues = 200;

  explicit LabelTable(Transaction& tx) : tx_(tx) {}

  // Instead of what was known of the page (0: of the document as a whole).
  Result<void> set_uses(ProjectId project, const corpus::DocumentId& document,
                        corpus::PageNumber page, const std::vector<corpus::LabelUse>& uses);
  Result<std::vector<corpus::LabelCount>> counts(ProjectId project);
  // What people said of each document, without proposals: a line for a document and a label.
  struct DocumentLabel {
    corpus::DocumentId document;
    std::string label;
    int64_t annotations = 0;
  };
  Result<std::vector<DocumentLabel>> by_document(ProjectId project);
  // Documents with annotations of this label, of whatever type; at most `limit`.
  Result<std::vector<corpus::DocumentId>> documents_with(ProjectId project, std::string_view label,
                                                         size_t limit);

 private:
  Result<std::string> kept_value(ProjectId project, const corpus::LabelUse& use);

  Transaction& tx_;
};

}  // namespace storage
