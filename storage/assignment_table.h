// Whose a document is to label. Original to the database; one person a document.
//
//   TRY(AssignmentTable(tx).assign({project, manager, now}, id, annotator));
//
// A view of one transaction, as all tables.
#pragma once

#include "base/clock.h"
#include "corpus/document.h"
#include "storage/database.h"

namespace storage {

class AssignmentTable {
 public:
  // Where, by whom and when.
  struct Order {
    ProjectId project;
    UserId by;
    base::Milliseconds now = 0;
  };

  explicit AssignmentTable(Transaction& tx) : tx_(tx) {}

  // Instead of whoever had it. Code::not_found if there is no such document.
  Result<void> assign(const Order& order, const corpus::DocumentId& document, UserId to);
  // Harmless if it is nobody's.
  Result<void> take_away(ProjectId project, const corpus::DocumentId& document);

 private:
  Transaction& tx_;
};

}  // namespace storage
