// Up to which stroke of a session a page has been saved, and what that save made of it. Original to
// the database. A browser that does not hear the answer to a save sends it again, perhaps days
// later; by this it is known, and what others did since then stays.
//
//   TRY(StrokeTable(tx).note(owner, {session, page, stroke, version, commit}, now));
//   const auto saved = TRY(StrokeTable(tx).find(owner, session, page));
//   if (saved && saved->stroke >= stroke) ...   // the server has it; strokes are ULIDs, so they
//   sort
//
// A view of one transaction, as all tables.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "storage/draft_table.h"

namespace storage {

struct SavedStrokes {
  std::string session;
  int64_t page = 0;
  std::string stroke;   // the last one that is in it
  std::string version;  // git's name of the page's annotations after the save, hex
  std::string commit;   // hex
  bool operator==(const SavedStrokes&) const = default;
};

class StrokeTable {
 public:
  explicit StrokeTable(Transaction& tx) : tx_(tx) {}

  // Instead of what the session had saved of the page before; a later stroke stays.
  Result<void> note(const DraftOwner& owner, const SavedStrokes& saved, base::Milliseconds now);
  Result<std::optional<SavedStrokes>> find(const DraftOwner& owner, const std::string& session,
                                           int64_t page);
  // Of all sessions, by session and page.
  Result<std::vector<SavedStrokes>> list(const DraftOwner& owner);
  Result<void> forget_before(base::Milliseconds time);

 private:
  Transaction& tx_;
};

}  // namespace storage
