// Which document somebody works on next. A document is given to one person for a while; who has
// skipped it does not get it again. Original to the database.
//
//   const auto next = TRY(db.write([&](auto& tx) {
//     return QueueTable(tx).take({project, user, Work::label, now}); }));
//   if (!next) ...                                            // nothing is left to do
//
// To label: what came back, what one has begun, what one was assigned, then what is nobody's, in
// the order that the project wants. Where several people label each document, blind to each other:
// what one reads, then what others read and is still short of a reader, then what nobody has begun.
// To review: what was submitted, not what one was given to label; and what all its readers have
// submitted. What is assigned to somebody is given to nobody else, but for blind readings. Each of
// these is looked for by an index of its own, so that a million documents that wait cost no more
// than ten. A view of one transaction, as all tables.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "corpus/document.h"
#include "corpus/project_settings.h"
#include "storage/database.h"

namespace storage {

enum class Work { label, review };

struct QueueAsk {
  ProjectId project = {};
  UserId user = {};
  Work work = Work::label;
  base::Milliseconds now = 0;
  std::string after = {};  // not this document: the one that lies there
  corpus::QueueOrder order = corpus::QueueOrder::oldest;
  int64_t readings = 1;  // how many people label each document, blind to each other
};

inline constexpr base::Milliseconds kLeaseTime = 60 * 60'000;

class QueueTable {
 public:
  static constexpr int64_t kMostCounted = 1'000;

  explicit QueueTable(Transaction& tx) : tx_(tx) {}

  // The next document, now this user's for kLeaseTime; nothing if there is none.
  Result<std::optional<corpus::DocumentId>> take(const QueueAsk& ask);
  Result<void> skip(ProjectId project, const corpus::DocumentId& document, UserId user,
                    std::string_view reason, base::Milliseconds now);
  // How many documents wait for this user; kMostCounted: so many or more.
  Result<int64_t> count(const QueueAsk& ask);

 private:
  Result<void> give(const QueueAsk& ask, const corpus::DocumentId& id);

  Transaction& tx_;
};

}  // namespace storage
