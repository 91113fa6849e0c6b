#include "vcs/detail/shallow.h"

#include <deque>
#include <unordered_map>

namespace vcs {

using base::Code;
using base::Error;
using base::Result;

namespace {

// Which commits are inside the limits, and which of these are the last ones.
struct Inside {
  IdSet inner;  // all parents are inside as well
  std::vector<ObjectId> ends;
};

// Breadth first, so that each commit is met at its least depth.
Result<Inside> within_depth(const CommitSource& commits, std::span<const ObjectId> starts,
                            uint64_t depth) {
  Inside inside;
  IdSet seen;
  std::deque<std::pair<ObjectId, uint64_t>> queue;
  for (const ObjectId& start : starts) {
    if (seen.insert(start).second) queue.emplace_back(start, 1);
  }
  for (; !queue.empty(); queue.pop_front()) {
    const auto [id, level] = queue.front();
    if (level >= depth || commits.ends().contains(id)) {
      inside.ends.push_back(id);
      continue;
    }
    inside.inner.insert(id);
    for (const ObjectId& parent : TRY(commits.get(id))->parents) {
      if (seen.insert(parent).second) queue.emplace_back(parent, level + 1);
    }
  }
  return inside;
}

// The client's ends that the wants reach: deepening counts from these.
Result<std::vector<ObjectId>> reachable_ends(const CommitSource& commits,
                                             const DeepenQuery& query) {
  std::vector<ObjectId> reached;
  for (const ObjectId& end : query.client_cut) {
    if (TRY(is_reachable(commits, query.wants, end))) reached.push_back(end);
  }
  return reached;
}

Result<IdSet> ancestors_of(const CommitSource& commits, std::span<const ObjectId> starts) {
  IdSet seen(starts.begin(), starts.end());
  std::vector<ObjectId> stack(starts.begin(), starts.end());
  while (!stack.empty()) {
    const ObjectId id = stack.back();
    stack.pop_back();
    for (const ObjectId& parent : TRY(commits.get(id))->parents) {
      if (seen.insert(parent).second) stack.push_back(parent);
    }
  }
  return seen;
}

Result<Inside> within_dates_and_refs(const CommitSource& commits, const DeepenQuery& query) {
  const IdSet excluded = TRY(ancestors_of(commits, query.except));
  const auto is_inside = [&](const ObjectId& id) -> Result<bool> {
    if (excluded.contains(id)) return false;
    return !query.since || TRY(commits.get(id))->time >= *query.since;
  };
  Inside inside;
  IdSet seen;
  std::vector<ObjectId> stack(query.wants.begin(), query.wants.end());
  while (!stack.empty()) {
    const ObjectId id = stack.back();
    stack.pop_back();
    if (!TRY(is_inside(id)) || !seen.insert(id).second) continue;
    bool all_inside = !commits.ends().contains(id);
    for (const ObjectId& parent : TRY(commits.get(id))->parents) {
      if (TRY(is_inside(parent))) {
        stack.push_back(parent);
      } else {
        all_inside = false;
      }
    }
    if (all_inside) {
      inside.inner.insert(id);
    } else {
      inside.ends.push_back(id);
    }
  }
  if (seen.empty()) return Error{Code::invalid, "no commits selected for shallow requests"};
  return inside;
}

Result<Inside> find_inside(const CommitSource& commits, const DeepenQuery& query) {
  if (query.depth == 0) return within_dates_and_refs(commits, query);
  if (!query.relative) return within_depth(commits, query.wants, query.depth);
  const auto starts = TRY(reachable_ends(commits, query));
  return within_depth(commits, starts, uint64_t{query.depth} + 1);
}

// Without limits: where the repository's own history ends.
Result<Inside> find_own_ends(const CommitSource& commits, const DeepenQuery& query) {
  Inside inside;
  if (!commits.ends().empty()) inside = TRY(within_depth(commits, query.wants, UINT64_MAX));
  inside.inner.clear();  // a client that asked for no change keeps its boundary
  return inside;
}

}  // namespace

Result<Boundary> find_boundary(const CommitSource& commits, const DeepenQuery& query) {
  Boundary boundary;
  boundary.cut = query.client_cut;
  const Inside inside = query.asks_for_change() ? TRY(find_inside(commits, query))
                                                : TRY(find_own_ends(commits, query));
  for (const ObjectId& id : inside.ends) {
    if (boundary.cut.insert(id).second) boundary.shallow.push_back(id);
  }
  for (const ObjectId& id : query.client_cut) {
    if (!inside.inner.contains(id)) continue;
    boundary.cut.erase(id);
    boundary.unshallow.push_back(id);
    const SharedLinks links = TRY(commits.get(id));
    boundary.more_wants.insert(boundary.more_wants.end(), links->parents.begin(),
                               links->parents.end());
  }
  return boundary;
}

}  // namespace vcs
