// The lengths of exports that were measured or sent, by name: a download that goes on piece by
// piece measures once. Bounded; the oldest is forgotten. Safe from any thread.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <mutex>
#include <optional>
#include <string>

namespace server {

class ExportLengths {
 public:
  std::optional<uint64_t> find(const std::string& name) const {
    const std::lock_guard lock(mutex_);
    const auto found = lengths_.find(name);
    if (found == lengths_.end()) return std::nullopt;
    return found->second;
  }

  void keep(const std::string& name, uint64_t length) {
    const std::lock_guard lock(mutex_);
    if (!lengths_.try_emplace(name, length).second) return;
    order_.push_back(name);
    if (order_.size() <= kMost) return;
    lengths_.erase(order_.front());
    order_.pop_front();
  }

 private:
  static constexpr size_t kMost = 10'000;

  mutable std::mutex mutex_;
  std::map<std::string, uint64_t> lengths_;
  std::deque<std::string> order_;
};

}  // namespace server
