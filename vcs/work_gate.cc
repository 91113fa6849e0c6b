#include "vcs/work_gate.h"

#include <utility>

namespace vcs {

using base::Code;
using base::Error;
using base::Result;

namespace {

unsigned count_of(const std::map<std::string, unsigned>& counts, const std::string& name) {
  const auto found = counts.find(name);
  return found == counts.end() ? 0 : found->second;
}

void change_by(std::map<std::string, unsigned>& counts, const std::string& name, int change) {
  unsigned& count = counts[name];
  count += static_cast<unsigned>(change);
  if (count == 0) counts.erase(name);
}

}  // namespace

bool WorkGate::State::has_room(const std::string& repository, const std::string& client) const {
  return inside < limits.in_all && count_of(repositories, repository) < limits.per_repository &&
         (client.empty() || count_of(clients, client) < limits.per_client);
}

void WorkGate::State::count(const std::string& repository, const std::string& client, int change) {
  inside += static_cast<unsigned>(change);
  change_by(repositories, repository, change);
  if (!client.empty()) change_by(clients, client, change);
}

Result<WorkGate::Pass> WorkGate::enter(const std::string& repository,
                                       const std::string& client) const {
  std::unique_lock lock(state_->mutex);
  const bool may_enter = state_->left.wait_for(
      lock, state_->limits.patience, [&] { return state_->has_room(repository, client); });
  if (!may_enter) {
    return Error{Code::busy, "the server is " + doing_ +
                                 " as it may for others or for you; try again in a minute"};
  }
  state_->count(repository, client, 1);
  return Pass(state_, repository, client);
}

WorkGate::Pass& WorkGate::Pass::operator=(Pass&& other) noexcept {
  leave();
  state_ = std::move(other.state_);
  repository_ = std::move(other.repository_);
  client_ = std::move(other.client_);
  return *this;
}

void WorkGate::Pass::leave() {
  if (!state_) return;
  {
    const std::lock_guard lock(state_->mutex);
    state_->count(repository_, client_, -1);
  }
  state_->left.notify_all();
  state_ = nullptr;
}

}  // namespace vcs
