// Who reads which document blind, and how far they are (server/flow/readings.h). Original to the
// database; the labels themselves are in git.
//
//   const auto mine = TRY(db.write([&](auto& tx) {
//     return ReadingTable(tx).take({project, document}, user, 2, now); }));
//
// A view of one transaction, as all tables.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "corpus/document.h"
#include "storage/database.h"

namespace storage {

enum class ReadingState {
  open,       // somebody labels
  submitted,  // they are done
  closed,     // adjudicated: the document's labels are main's from now on
};
std::string_view name_of(ReadingState state);

struct ReadDocument {
  ProjectId project = {};
  corpus::DocumentId document = {};
};

struct Reading {
  int64_t slot = 0;  // counts from 1 in each document
  UserId user = {};
  ReadingState state = ReadingState::open;
  base::Milliseconds until = 0;
  bool operator==(const Reading&) const = default;
};

inline constexpr base::Milliseconds kReadingTime = base::Milliseconds{7} * 24 * 60 * 60'000;

class ReadingTable {
 public:
  explicit ReadingTable(Transaction& tx) : tx_(tx) {}

  // By slot.
  Result<std::vector<Reading>> list(const ReadDocument& of);
  // The user's own reading, a new one if there is none; its place is theirs for kReadingTime from
  // now. conflict if `wanted` others read it, or the readings are closed.
  Result<Reading> take(const ReadDocument& of, UserId user, int64_t wanted, base::Milliseconds now);
  // Harmless if the user has no reading of it.
  Result<void> move(const ReadDocument& of, UserId user, ReadingState state);
  Result<void> close(const ReadDocument& of);

 private:
  Transaction& tx_;
};

}  // namespace storage
