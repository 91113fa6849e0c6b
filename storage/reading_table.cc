#include "storage/reading_table.h"

#include <algorithm>
#include <array>

namespace storage {
namespace {

constexpr std::array<std::string_view, 3> kStates = {"open", "submitted", "closed"};

Result<ReadingState> state_of(std::string_view name) {
  const auto found = std::find(kStates.begin(), kStates.end(), name);
  if (found == kStates.end()) return base::Error{base::Code::internal, "a reading's state"};
  return static_cast<ReadingState>(found - kStates.begin());
}

// Whether it keeps somebody else from reading.
bool holds_a_place(const Reading& reading, base::Milliseconds now) {
  return reading.state != ReadingState::open || reading.until > now;
}

}  // namespace

std::string_view name_of(ReadingState state) {
  return kStates[static_cast<size_t>(state)];
}

Result<std::vector<Reading>> ReadingTable::list(const ReadDocument& of) {
  std::vector<Reading> readings;
  for (const Row& row : TRY(tx_.query("SELECT slot, user_id, state, until FROM readings"
                                      " WHERE project_id = ? AND document_id = ? ORDER BY slot",
                                      {of.project, of.document.hex}))) {
    readings.push_back(
        {row.integer(0), row.id<UserId>(1), TRY(state_of(row.text(2))), row.integer(3)});
  }
  return readings;
}

Result<Reading> ReadingTable::take(const ReadDocument& of, UserId user, int64_t wanted,
                                   base::Milliseconds now) {
  const auto readings = TRY(list(of));
  const auto is = [](ReadingState state) {
    return [state](const Reading& reading) { return reading.state == state; };
  };
  if (std::any_of(readings.begin(), readings.end(), is(ReadingState::closed))) {
    return base::Error{base::Code::conflict, "the readings of this document are closed"};
  }
  const auto own = std::find_if(readings.begin(), readings.end(),
                                [&](const Reading& reading) { return reading.user == user; });
  const auto others = std::count_if(readings.begin(), readings.end(), [&](const Reading& reading) {
    return reading.user != user && holds_a_place(reading, now);
  });
  if (others >= wanted) {
    return base::Error{base::Code::conflict, "enough people read this document already"};
  }
  Reading mine{readings.empty() ? 1 : readings.back().slot + 1, user, ReadingState::open, 0};
  if (own != readings.end()) mine = *own;
  mine.until = now + kReadingTime;
  TRY(
      tx_.execute("INSERT INTO readings (project_id, document_id, slot, user_id, state, until)"
                  " VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (project_id, document_id, slot)"
                  " DO UPDATE SET until = excluded.until",
                  {of.project, of.document.hex, mine.slot, user, name_of(mine.state), mine.until}));
  return mine;
}

Result<void> ReadingTable::move(const ReadDocument& of, UserId user, ReadingState state) {
  TRY(tx_.execute(
      "UPDATE readings SET state = ? WHERE project_id = ? AND document_id = ? AND user_id = ?",
      {name_of(state), of.project, of.document.hex, user}));
  return {};
}

Result<void> ReadingTable::close(const ReadDocument& of) {
  TRY(tx_.execute("UPDATE readings SET state = 'closed' WHERE project_id = ? AND document_id = ?",
                  {of.project, of.document.hex}));
  return {};
}

}  // namespace storage
