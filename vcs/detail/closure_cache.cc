#include "vcs/detail/closure_cache.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "vcs/commit.h"
#include "vcs/detail/closure_file.h"
#include "vcs/detail/object_walk.h"

namespace vcs {

using base::Code;
using base::Error;
using base::Result;

namespace {

constexpr size_t kMaxKnown = 4;
constexpr int kMaxTagChain = 50;
constexpr auto kPatience = std::chrono::seconds(1);  // between two ticks
constexpr size_t kWorthSaving = 2000;                // objects that need not be walked again

}  // namespace

bool are_gone(const ObjectView::Packs& packs, const ObjectView& view) {
  return std::any_of(packs.begin(), packs.end(), [&](const auto& pack) {
    return std::find(view.packs().begin(), view.packs().end(), pack) == view.packs().end();
  });
}

Result<void> sort_tips(const ObjectView& objects, std::span<const ObjectId> tips,
                       std::vector<ObjectId>& commits, std::vector<ObjectId>& others) {
  for (const ObjectId& tip : tips) {
    ObjectId id = tip;
    for (int depth = 0;; ++depth) {
      if (depth > kMaxTagChain) return Error{Code::internal, "tags name tags too many times over"};
      const ObjectKind kind = TRY(objects.header(id)).kind;
      if (kind == ObjectKind::commit) {
        commits.push_back(id);
        break;
      }
      others.push_back(id);
      if (kind != ObjectKind::tag) break;
      id = TRY(parse_tag(TRY(objects.read_shared(id))->content)).target;
    }
  }
  return {};
}

Result<SharedObjects> ClosureCache::find(std::shared_ptr<const ObjectView> view,
                                         std::vector<ObjectId> tips, const Tick& tick) {
  std::sort(tips.begin(), tips.end());
  tips.erase(std::unique(tips.begin(), tips.end()), tips.end());
  if (auto objects = recall(view.get(), tips)) return objects;
  std::unique_lock making(making_, std::defer_lock);
  TRY(wait_for_turn(making, tick));
  load(view);
  auto objects = TRY(make(std::move(view), tips, tick));
  remember({std::move(tips), objects});
  return objects;
}

Result<void> ClosureCache::wait_for_turn(std::unique_lock<Turn>& making, const Tick& tick) {
  while (!making.try_lock_for(kPatience)) {
    if (tick) TRY(tick());
  }
  return {};
}

void ClosureCache::load(const std::shared_ptr<const ObjectView>& view) {
  // In a shallow repository the same tips may reach more one day.
  if (std::exchange(is_loaded_, true) || file_.empty() || !table_.ends().empty()) return;
  auto stored = read_closure(file_, view);
  if (!stored.ok()) return;
  saved_size_ = stored->objects.size();
  saved_packs_ = view->packs();
  remember(
      {std::move(stored->tips), std::make_shared<const ObjectSet>(std::move(stored->objects))});
}

Result<SharedObjects> ClosureCache::find_and_save(std::shared_ptr<const ObjectView> view,
                                                  std::vector<ObjectId> tips, const Tick& tick) {
  auto objects = TRY(find(view, tips, tick));
  forget_gone(*view);
  if (file_.empty() || !table_.ends().empty()) return objects;
  const std::lock_guard making(making_);
  const bool is_near =
      objects->size() - saved_size_ < kWorthSaving && !are_gone(saved_packs_, *view);
  if (saved_size_ != 0 && is_near) return objects;
  TRY(write_closure(file_, {std::move(tips), *objects}));
  saved_size_ = objects->size();
  saved_packs_ = view->packs();
  return objects;
}

SharedObjects ClosureCache::recall(const ObjectView* view, const std::vector<ObjectId>& tips) {
  const std::lock_guard lock(mutex_);
  for (const Known& known : known_) {
    if (known.tips == tips && known.objects->view().get() == view) return known.objects;
  }
  return nullptr;
}

Result<SharedObjects> ClosureCache::make(std::shared_ptr<const ObjectView> view,
                                         const std::vector<ObjectId>& tips, const Tick& tick) {
  const CommitSource commits(*view, table_);
  const Known start = TRY(best_start(commits, tips));
  if (start.objects && start.tips == tips && start.objects->view() == view) return start.objects;
  std::vector<ObjectId> wants, others, commons, unused;
  TRY(sort_tips(*view, tips, wants, others));
  TRY(sort_tips(*view, start.tips, commons, unused));
  ObjectSet objects(view);
  if (start.objects) {
    auto moved = start.objects->moved_to(view);
    // Objects of a remembered set are gone: begin with nothing.
    if (!moved.ok()) return walk_from(std::move(objects), wants, {}, others, tick);
    objects = std::move(moved).value();
  }
  return walk_from(std::move(objects), wants, commons, others, tick);
}

Result<SharedObjects> ClosureCache::walk_from(ObjectSet objects, std::span<const ObjectId> wants,
                                              std::span<const ObjectId> commons,
                                              std::span<const ObjectId> others, const Tick& tick) {
  const CommitSource commits(*objects.view(), table_);
  CommitWalk walk(commits);
  const auto selected = TRY(walk.select({.wants = wants, .commons = commons, .tick = tick}));
  ObjectWalk object_walk(commits, {}, objects, tick);
  TRY(object_walk.add_commits(walk, selected));
  for (const ObjectId& id : others) TRY(object_walk.add_named(id));
  return std::make_shared<const ObjectSet>(std::move(objects));
}

// A remembered set all of whose tips the new ones reach: nothing in it is too much.
Result<ClosureCache::Known> ClosureCache::best_start(const CommitSource& commits,
                                                     const std::vector<ObjectId>& tips) {
  std::vector<Known> known;
  {
    const std::lock_guard lock(mutex_);
    known = known_;
  }
  for (const Known& candidate : known) {
    if (candidate.tips == tips) return candidate;
  }
  for (const Known& candidate : known) {
    bool usable = true;
    for (const ObjectId& tip : candidate.tips) {
      usable = usable && (std::binary_search(tips.begin(), tips.end(), tip) ||
                          TRY(is_reachable(commits, tips, tip)));
      if (!usable) break;
    }
    if (usable) return candidate;
  }
  return Known();
}

void ClosureCache::forget_gone(const ObjectView& view) {
  const std::lock_guard lock(mutex_);
  std::erase_if(known_,
                [&](const Known& known) { return are_gone(known.objects->view()->packs(), view); });
}

void ClosureCache::remember(Known known) {
  const std::lock_guard lock(mutex_);
  std::erase_if(known_, [&](const Known& other) { return other.tips == known.tips; });
  known_.insert(known_.begin(), std::move(known));
  if (known_.size() > kMaxKnown) known_.pop_back();
}

}  // namespace vcs
