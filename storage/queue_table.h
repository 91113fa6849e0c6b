// Which document somebody works on next. A document is given to one person for a while; who has
// skipped it does not get it again. Original to the database.
//
//   const auto next = TRY(db.write([&](auto& tx) {
//     return QueueTable(tx).take({project, user, Work::label, now}); }));
//   if (!next) ...                                            // nothing is left to do
//
// To label: what one has begun, then what nobody has, the oldest first. To review: what was
// submitted, not what one was given to label. A view of one transaction, as all tables.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "corpus/document.h"
#include "storage/database.h"

namespace storage {

enum class Work { label, review };

struct QueueAsk {
  ProjectId project = {};
  UserId user = {};
  Work work = Work::label;
  base::Milliseconds now = 0;
  std::string after = {};  // not this document: the one that lies there
};

inline constexpr base::Milliseconds kLeaseTime = 60 * 60'000;

class QueueTable {
 public:
  explicit QueueTable(Transaction& tx) : tx_(tx) {}

  // The next document, now this user's for kLeaseTime; nothing if there is none.
  Result<std::optional<corpus::DocumentId>> take(const QueueAsk& ask);
  Result<void> skip(ProjectId project, const corpus::DocumentId& document, UserId user,
                    std::string_view reason, base::Milliseconds now);
  // How many documents wait for this user.
  Result<int64_t> count(const QueueAsk& ask);

 private:
  Transaction& tx_;
};

}  // namespace storage
