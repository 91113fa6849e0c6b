#include "server/flow/presence.h"

namespace server {

std::vector<Reader> Presence::note(const Place& place, const Reader& reader,
                                   base::Milliseconds now) {
  const std::lock_guard lock(mutex_);
  forget_silent(now);
  auto& here = seen_[place];
  here[reader.user] = {reader, now};
  std::vector<Reader> others;
  for (const auto& [user, seen] : here) {
    if (user != reader.user) others.push_back(seen.reader);
  }
  return others;
}

void Presence::leave(const Place& place, storage::UserId user) {
  const std::lock_guard lock(mutex_);
  const auto found = seen_.find(place);
  if (found != seen_.end()) found->second.erase(user);
}

void Presence::forget_silent(base::Milliseconds now) {
  for (auto& [place, here] : seen_) {
    std::erase_if(here, [&](const auto& entry) { return now - entry.second.at > kSilence; });
  }
  std::erase_if(seen_, [](const auto& entry) { return entry.second.empty(); });
}

}  // namespace server
