#include "vcs/ancestry.h"

#include <cstdint>
#include <queue>
#include <unordered_map>
#include <vector>

#include "vcs/commit.h"

namespace vcs {
namespace {

using base::Result;

constexpr uint8_t kLeft = 1;
constexpr uint8_t kRight = 2;
constexpr uint8_t kBoth = kLeft | kRight;
constexpr uint8_t kBelow = 4;  // below a common ancestor: of no interest any more

// Both histories are painted down, newest commits first, until everything that is left to look at
// lies below a common ancestor.
class Painter {
 public:
  explicit Painter(const ObjectReader& objects) : objects_(objects) {}

  Result<void> paint(const ObjectId& left, const ObjectId& right) {
    TRY(touch(left, kLeft));
    TRY(touch(right, kRight));
    while (open_ > 0) TRY(step());
    return {};
  }

  bool is_common(const ObjectId& id) const { return (seen_.at(id).colours & kBoth) == kBoth; }

  std::vector<ObjectId> only(uint8_t colour) const {
    std::vector<ObjectId> out;
    for (const auto& [id, seen] : seen_) {
      if (seen.colours == colour) out.push_back(id);
    }
    return out;
  }

  Relation relation() const {
    Relation out;
    out.base = newest_common();
    out.only_left = only(kLeft).size();
    out.only_right = only(kRight).size();
    return out;
  }

 private:
  struct Seen {
    uint8_t colours = 0;
    bool is_waiting = false;
    int64_t time = 0;
    std::vector<ObjectId> parents;
  };
  using Dated = std::pair<int64_t, ObjectId>;

  static bool is_open(const Seen& seen) { return seen.is_waiting && (seen.colours & kBelow) == 0; }

  Result<void> touch(const ObjectId& id, uint8_t colours) {
    const auto [place, is_new] = seen_.try_emplace(id);
    Seen& seen = place->second;
    if (is_new) {
      Commit commit = TRY(read_commit(objects_, id));
      seen.time = commit.committer.time;
      seen.parents = std::move(commit.parents);
    }
    if ((seen.colours | colours) == seen.colours) return {};
    open_ -= is_open(seen) ? 1 : 0;
    seen.colours |= colours;
    if (!seen.is_waiting) queue_.emplace(seen.time, id);
    seen.is_waiting = true;
    open_ += is_open(seen) ? 1 : 0;
    return {};
  }

  Result<void> step() {
    const ObjectId id = queue_.top().second;
    queue_.pop();
    Seen& seen = seen_.at(id);
    open_ -= is_open(seen) ? 1 : 0;
    seen.is_waiting = false;
    uint8_t colours = seen.colours;
    if (colours == kBoth) commons_.push_back(id);
    if ((colours & kBoth) == kBoth) colours |= kBelow;
    const std::vector<ObjectId> parents = seen.parents;  // touching grows the map
    for (const ObjectId& parent : parents) TRY(touch(parent, colours));
    return {};
  }

  // A commit that was taken for the nearest one may have turned out to lie below another.
  ObjectId newest_common() const {
    ObjectId newest = kNoObject;
    int64_t time = 0;
    for (const ObjectId& id : commons_) {
      const Seen& seen = seen_.at(id);
      if ((seen.colours & kBelow) != 0) continue;
      if (newest != kNoObject && seen.time <= time) continue;
      newest = id;
      time = seen.time;
    }
    return newest;
  }

  const ObjectReader& objects_;
  std::unordered_map<ObjectId, Seen> seen_;
  std::priority_queue<Dated> queue_;
  size_t open_ = 0;  // commits that wait and are not below a common ancestor
  std::vector<ObjectId> commons_;
};

}  // namespace

Result<Relation> relation_of(const ObjectReader& objects, const ObjectId& left,
                             const ObjectId& right) {
  Painter painter(objects);
  TRY(painter.paint(left, right));
  Relation relation = painter.relation();
  if (painter.is_common(left)) relation.base = left;
  if (painter.is_common(right)) relation.base = right;
  return relation;
}

Result<std::vector<ObjectId>> commits_since(const ObjectReader& objects, const ObjectId& before,
                                            const ObjectId& after) {
  Painter painter(objects);
  TRY(painter.paint(before, after));
  return painter.only(kRight);
}

Result<bool> is_ancestor(const ObjectReader& objects, const ObjectId& ancestor,
                         const ObjectId& commit) {
  if (ancestor == commit) return true;
  if (!objects.contains(ancestor)) return false;
  Painter painter(objects);
  TRY(painter.paint(ancestor, commit));
  return painter.is_common(ancestor);
}

}  // namespace vcs
