#include "vcs/detail/reachability.h"

#include "vcs/commit.h"
#include "vcs/tree.h"

namespace vcs {
namespace {

using base::Code;
using base::Result;

constexpr size_t kAskEvery = 1024;

}  // namespace

Result<void> Reachability::mark(std::span<const ObjectId> tips) {
  waiting_.assign(tips.begin(), tips.end());
  while (!waiting_.empty()) {
    const ObjectId id = waiting_.back();
    waiting_.pop_back();
    if (++looked_ % kAskEvery == 0) TRY(go_on(options_.stop));
    if (TRY(enter(id))) TRY(look_into(id));
  }
  return {};
}

// False if it was there already, or need not be looked into.
Result<bool> Reachability::enter(const ObjectId& id) {
  if (options_.known != nullptr && options_.known->contains(id)) return false;
  auto is_new = reached_.insert(id);
  const bool is_missing = !is_new.ok() && is_new.error().code == Code::not_found;
  if (is_missing && options_.may_miss) return false;
  return is_new;
}

Result<void> Reachability::look_into(const ObjectId& id) {
  const ObjectView& objects = *reached_.view();
  if (TRY(objects.header(id)).kind == ObjectKind::blob) return {};
  const auto object = TRY(objects.read_shared(id));
  if (object->kind == ObjectKind::tree) return look_into_tree(object->content);
  if (object->kind == ObjectKind::tag) {
    waiting_.push_back(TRY(parse_tag(object->content)).target);
    return {};
  }
  const Commit commit = TRY(parse_commit(object->content));
  waiting_.push_back(commit.tree);
  if (ends_.contains(id)) return {};
  waiting_.insert(waiting_.end(), commit.parents.begin(), commit.parents.end());
  return {};
}

Result<void> Reachability::look_into_tree(std::string_view content) {
  TreeCursor cursor(content);
  while (const auto entry = TRY(cursor.next())) {
    if (entry->is_tree()) {
      waiting_.push_back(entry->id);
    } else if (!entry->is_submodule()) {
      TRY(enter(entry->id));  // a blob: there is nothing in it to look into
    }
  }
  return {};
}

}  // namespace vcs
