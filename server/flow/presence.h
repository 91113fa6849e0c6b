// Who has which document before them now: told by their browsers every few seconds, kept in memory,
// forgotten when they fall silent.
//
//   const auto others = presence.note({project, id}, {user, "Ada", 2}, now);
//
// Safe from any thread.
#pragma once

#include <map>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "corpus/document.h"
#include "storage/ids.h"

namespace server {

struct Reader {
  storage::UserId user = {};
  std::string name;
  int64_t page = 0;
  bool operator==(const Reader&) const = default;
};

class Presence {
 public:
  using Place = std::pair<storage::ProjectId, corpus::DocumentId>;

  // How long somebody counts as there after their last sign of life.
  static constexpr base::Milliseconds kSilence = 25'000;

  // The reader is here; answers the others who are, each person once.
  std::vector<Reader> note(const Place& place, const Reader& reader, base::Milliseconds now);
  void leave(const Place& place, storage::UserId user);

 private:
  struct Seen {
    Reader reader;
    base::Milliseconds at = 0;
  };
  void forget_silent(base::Milliseconds now);

  std::mutex mutex_;
  std::map<Place, std::map<storage::UserId, Seen>> seen_;
};

}  // namespace server
