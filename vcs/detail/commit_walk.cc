#include "vcs/detail/commit_walk.h"

#include <algorithm>
#include <limits>
#include <queue>

namespace vcs {

using base::Code;
using base::Error;
using base::Result;

namespace {

constexpr uint8_t kWanted = 1;
constexpr uint8_t kCommon = 2;
constexpr uint8_t kQueued = 4;
constexpr size_t kTickEvery = 1024;

struct Queued {
  int64_t time = 0;
  ObjectId id;
  SharedLinks links;
  bool operator<(const Queued& other) const { return time < other.time; }
};

bool contains(const IdSet* set, const ObjectId& id) {
  return set != nullptr && set->contains(id);
}

// Paints commits as wanted or common until nothing is left in the queue that is only wanted.
class Painter {
 public:
  Painter(const CommitSource& commits, const WalkQuery& query,
          std::unordered_map<ObjectId, uint8_t>& flags)
      : commits_(commits), query_(query), flags_(flags) {}

  Result<std::vector<ObjectId>> run() {
    for (const ObjectId& id : query_.commons) TRY(paint(id, kCommon));
    for (const ObjectId& id : query_.wants) TRY(paint(id, kWanted));
    std::vector<ObjectId> wanted;
    for (size_t steps = 1; open_ > 0; ++steps) {
      if (query_.tick && steps % kTickEvery == 0) TRY(query_.tick());
      const Queued next = queue_.top();
      queue_.pop();
      TRY(expand(next, wanted));
    }
    std::erase_if(wanted, [&](const ObjectId& id) { return (flags_[id] & kCommon) != 0; });
    return wanted;
  }

 private:
  Result<void> paint(const ObjectId& id, uint8_t colour) {
    uint8_t& flags = flags_[id];
    if ((flags & colour) != 0) return {};
    const bool was_open = (flags & kQueued) != 0 && (flags & kCommon) == 0;
    const bool had_colour = (flags & (kWanted | kCommon)) != 0;
    // What is common already needs no second walk for being wanted too.
    if (had_colour && colour == kWanted) return {};
    const bool was_queued = (flags & kQueued) != 0;
    flags |= colour | kQueued;
    if (was_open) --open_;
    if ((flags & kCommon) == 0) ++open_;
    if (was_queued) return {};
    SharedLinks links = TRY(commits_.get(id));
    queue_.push({links->time, id, std::move(links)});
    return {};
  }

  Result<void> expand(const Queued& next, std::vector<ObjectId>& wanted) {
    uint8_t& flags = flags_[next.id];
    flags &= static_cast<uint8_t>(~kQueued);
    const bool common = (flags & kCommon) != 0;
    if (!common) {
      --open_;
      wanted.push_back(next.id);
    }
    if (contains(common ? query_.client_cut : query_.cut, next.id)) return {};
    for (const ObjectId& parent : next.links->parents) {
      TRY(paint(parent, common ? kCommon : kWanted));
    }
    return {};
  }

  const CommitSource& commits_;
  const WalkQuery& query_;
  std::unordered_map<ObjectId, uint8_t>& flags_;
  std::priority_queue<Queued> queue_;
  size_t open_ = 0;  // queued and not common
};

// Reads a commit; nothing if the object is of another kind.
Result<SharedLinks> commit_or_null(const CommitSource& commits, const ObjectId& id) {
  auto links = commits.get(id);
  if (!links.ok() && links.error().code == Code::invalid) return SharedLinks();
  return links;
}

// Kahn's algorithm backwards: a commit comes when all its chosen children have come. Dates alone do
// not promise that order.
Result<std::vector<ObjectId>> children_first(const CommitSource& commits,
                                             const std::vector<ObjectId>& chosen) {
  std::unordered_map<ObjectId, size_t> children;
  for (const ObjectId& id : chosen) children.emplace(id, 0);
  for (const ObjectId& id : chosen) {
    for (const ObjectId& parent : TRY(commits.get(id))->parents) {
      if (const auto found = children.find(parent); found != children.end()) ++found->second;
    }
  }
  std::vector<ObjectId> order;
  order.reserve(chosen.size());
  for (const ObjectId& id : chosen) {
    if (children[id] == 0) order.push_back(id);
  }
  for (size_t i = 0; i < order.size(); ++i) {
    for (const ObjectId& parent : TRY(commits.get(order[i]))->parents) {
      const auto found = children.find(parent);
      if (found != children.end() && --found->second == 0) order.push_back(parent);
    }
  }
  return order;
}

}  // namespace

Result<std::vector<ObjectId>> CommitWalk::select(const WalkQuery& query) {
  flags_.clear();
  return children_first(commits_, TRY(Painter(commits_, query, flags_).run()));
}

namespace {

// Depth-first with a memory of what leads nowhere.
class Reach {
 public:
  Reach(const CommitSource& commits, const IdSet& targets) : commits_(commits), targets_(targets) {}

  Result<void> find_oldest() {
    for (const ObjectId& id : targets_) {
      if (const SharedLinks links = TRY(commit_or_null(commits_, id))) {
        oldest_ = std::min(oldest_, links->time);
      }
    }
    return {};
  }

  Result<bool> from(const ObjectId& start) {
    std::vector<ObjectId> stack = {start};
    while (!stack.empty()) {
      const ObjectId id = stack.back();
      stack.pop_back();
      if (targets_.contains(id)) return true;
      if (!dead_.insert(id).second) continue;
      const SharedLinks links = TRY(commit_or_null(commits_, id));
      // Dates of one history may be off by a little.
      if (!links || links->time + kClockSkew < oldest_) continue;
      stack.insert(stack.end(), links->parents.rbegin(), links->parents.rend());
    }
    return false;
  }

 private:
  static constexpr int64_t kClockSkew = 86400;
  const CommitSource& commits_;
  const IdSet& targets_;
  IdSet dead_;
  int64_t oldest_ = std::numeric_limits<int64_t>::max();
};

}  // namespace

Result<bool> all_reach_any(const CommitSource& commits, std::span<const ObjectId> starts,
                           const IdSet& targets) {
  if (targets.empty()) return false;
  for (const ObjectId& start : starts) {
    if (!TRY(commit_or_null(commits, start))) continue;
    // Each start anew: what was left behind on the way to a find is not dead.
    Reach reach(commits, targets);
    TRY(reach.find_oldest());
    if (!TRY(reach.from(start))) return false;
  }
  return true;
}

Result<bool> is_reachable(const CommitSource& commits, std::span<const ObjectId> starts,
                          const ObjectId& target) {
  const IdSet targets = {target};
  Reach reach(commits, targets);
  TRY(reach.find_oldest());
  for (const ObjectId& start : starts) {
    if (TRY(reach.from(start))) return true;
  }
  return false;
}

}  // namespace vcs
