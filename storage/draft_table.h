// Drafts: what somebody has done to a document in a browser and what is not a version of it yet.
// Original to the database. Each belongs to one user, who alone sees it, and to one session (a
// tab).
//
//   TRY(db.write([&](auto& tx) { return DraftTable(tx).put(draft); }));
//   const auto drafts = TRY(db.read([&](auto& tx) { return DraftTable(tx).list(owner); }));
//
// The content is the browser's and is not looked into. A view of one transaction, as all tables.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "corpus/document.h"
#include "storage/database.h"

namespace storage {

// Whose work on what.
struct DraftOwner {
  ProjectId project = {};
  corpus::DocumentId document = {};
  UserId user = {};
  bool operator==(const DraftOwner&) const = default;
};

struct Draft {
  std::string session;
  std::string content;  // JSON
  base::Milliseconds changed_at = 0;
  bool operator==(const Draft&) const = default;
};

inline constexpr size_t kMostDrafts = 32;  // of one user, of one document

class DraftTable {
 public:
  explicit DraftTable(Transaction& tx) : tx_(tx) {}

  // Instead of the one that the session had. Code::limit beyond kMostDrafts sessions.
  Result<void> put(const DraftOwner& owner, const Draft& draft);
  // Oldest first.
  Result<std::vector<Draft>> list(const DraftOwner& owner);
  // Harmless if there is none.
  Result<void> remove(const DraftOwner& owner, std::string_view session);
  Result<void> forget_before(base::Milliseconds time);

 private:
  Transaction& tx_;
};

}  // namespace storage
