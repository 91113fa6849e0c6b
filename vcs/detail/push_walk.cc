#include "vcs/detail/push_walk.h"

#include <algorithm>
#include <unordered_map>
#include <unordered_set>

#include "vcs/tree.h"

namespace vcs {
namespace {

using base::Code;
using base::Error;
using base::Result;

constexpr int kMaxTagChain = 8;
// Directory entries looked at in one push: far above any honest one.
constexpr uint64_t kMaxEntries = 50'000'000;

Error missing(const ObjectId& id) {
  return Error{Code::invalid, "the push lacks object " + id.hex()};
}

Error wrong_kind(const ObjectId& id, ObjectKind wanted) {
  return Error{Code::invalid, "object " + id.hex() + " is no " + std::string(name_of(wanted))};
}

// How far down a tree was seen: deeper again must be walked again, for the limits of paths.
struct Reach {
  size_t depth = 0;
  size_t length = 0;
  bool covers(const Reach& other) const { return depth >= other.depth && length >= other.length; }
};

class Walk {
 public:
  Walk(const Quarantine& quarantine, const Repository& repository, const ReceiveLimits& limits)
      : quarantine_(quarantine),
        repository_(repository),
        objects_(quarantine, repository),
        limits_(limits) {}

  Result<void> follow(ObjectId tip) {
    for (int links = 0; links < kMaxTagChain; ++links) {
      if (!TRY(is_new(tip))) return {};
      const Object object = TRY(quarantine_.read(tip));
      if (object.kind == ObjectKind::commit) return follow_commits(tip);
      if (object.kind == ObjectKind::tree) return follow_tree(tip, {}, {});
      out_.objects.insert(tip);
      if (object.kind == ObjectKind::blob) return {};
      const Tag tag = TRY(parse_tag(object.content));
      if (TRY(header(tag.target)).kind != tag.target_kind) {
        return wrong_kind(tag.target, tag.target_kind);
      }
      tip = tag.target;
    }
    return Error{Code::limit, "a tag of a tag of a tag goes on for too long"};
  }

  PushedObjects take() { return std::move(out_); }

 private:
  struct Step {
    NewCommit commit;
    size_t next_parent = 0;
  };

  // In the quarantine and not yet in the repository; an error if in neither.
  Result<bool> is_new(const ObjectId& id) const {
    if (repository_.contains(id)) return false;
    if (quarantine_.contains(id)) return true;
    return missing(id);
  }

  Result<ObjectHeader> header(const ObjectId& id) const {
    if (!objects_.contains(id)) return missing(id);
    return objects_.header(id);
  }

  // Parents before children, without recursion: a history is deeper than a stack.
  Result<void> follow_commits(const ObjectId& tip) {
    std::vector<Step> stack;
    TRY(enter(tip, stack));
    while (!stack.empty()) {
      Step& step = stack.back();
      if (step.next_parent < step.commit.commit.parents.size()) {
        const ObjectId parent = step.commit.commit.parents[step.next_parent++];
        TRY(enter(parent, stack));
        continue;
      }
      TRY(finish(std::move(step.commit)));
      stack.pop_back();
    }
    return {};
  }

  Result<void> enter(const ObjectId& id, std::vector<Step>& stack) {
    if (trees_.contains(id)) return {};
    if (TRY(header(id)).kind != ObjectKind::commit) return wrong_kind(id, ObjectKind::commit);
    Commit commit = TRY(read_commit(objects_, id));
    trees_[id] = commit.tree;
    if (!TRY(is_new(id))) return {};
    if (out_.commits.size() + stack.size() >= limits_.max_new_commits) {
      return Error{Code::limit, "the push holds more than " +
                                    std::to_string(limits_.max_new_commits) + " commits"};
    }
    stack.push_back({{id, std::move(commit)}});
    return {};
  }

  Result<void> finish(NewCommit commit) {
    std::vector<ObjectId> before;
    for (const ObjectId& parent : commit.commit.parents) before.push_back(trees_.at(parent));
    TRY(follow_tree(commit.commit.tree, before, {}));
    out_.objects.insert(commit.id);
    out_.commits.push_back(std::move(commit));
    return {};
  }

  using Names = std::unordered_map<std::string, TreeEntry>;

  Result<Names> names_of(const ObjectId& tree) const {
    Names names;
    const std::string content = TRY(read_object_of(objects_, ObjectKind::tree, tree));
    for (TreeEntry& entry : TRY(parse_tree(content))) names[entry.name] = std::move(entry);
    return names;
  }

  // `before`: what stands at the same path in the parents.
  Result<void> follow_tree(const ObjectId& id, const std::vector<ObjectId>& before,
                           const Reach& reach) {
    if (std::find(before.begin(), before.end(), id) != before.end()) return {};
    const auto seen = seen_.find(id);
    if (seen != seen_.end() && seen->second.covers(reach)) return {};
    seen_[id] = reach;
    if (TRY(header(id)).kind != ObjectKind::tree) return wrong_kind(id, ObjectKind::tree);
    const bool is_new_tree = TRY(is_new(id));
    if (is_new_tree) out_.objects.insert(id);
    std::vector<Names> old;
    for (const ObjectId& tree : before) old.push_back(TRY(names_of(tree)));
    const Object tree = TRY(objects_.read(id));
    TreeCursor cursor(tree.content);
    while (const auto entry = TRY(cursor.next())) {
      TRY(follow_entry(*entry, old, reach, is_new_tree));
    }
    return {};
  }

  Result<void> follow_entry(const TreeEntryView& entry, const std::vector<Names>& old,
                            const Reach& above, bool is_in_new_tree) {
    const Reach reach{above.depth + 1, above.length + entry.name.size() + (above.length ? 1 : 0)};
    TRY(check_reach(reach));
    std::vector<ObjectId> before;
    for (const Names& names : old) {
      const auto found = names.find(std::string(entry.name));
      if (found == names.end()) continue;
      if (found->second.id == entry.id && found->second.mode == entry.mode) return {};
      if (found->second.is_tree()) before.push_back(found->second.id);
    }
    if (entry.is_tree()) return follow_tree(entry.id, before, reach);
    // What hangs on a tree that the repository has, it has too.
    return is_in_new_tree ? follow_file(entry.id) : Result<void>();
  }

  Result<void> check_reach(const Reach& reach) {
    if (++entries_ > kMaxEntries) return Error{Code::limit, "the push changes too many files"};
    if (reach.depth <= limits_.max_path_depth && reach.length <= limits_.max_path_bytes) return {};
    return Error{Code::limit, "a path in the push is too long or too deep"};
  }

  Result<void> follow_file(const ObjectId& id) {
    if (TRY(header(id)).kind != ObjectKind::blob) return wrong_kind(id, ObjectKind::blob);
    if (TRY(is_new(id))) out_.objects.insert(id);
    return {};
  }

  const Quarantine& quarantine_;
  const Repository& repository_;
  const StackedReader objects_;
  const ReceiveLimits& limits_;
  PushedObjects out_;
  std::unordered_map<ObjectId, ObjectId> trees_;  // of each commit met
  std::unordered_map<ObjectId, Reach> seen_;
  uint64_t entries_ = 0;
};

}  // namespace

Result<PushedObjects> walk_push(std::span<const ObjectId> tips, const Quarantine& quarantine,
                                const Repository& repository, const ReceiveLimits& limits) {
  Walk walk(quarantine, repository, limits);
  for (const ObjectId& tip : tips) TRY(walk.follow(tip));
  return walk.take();
}

}  // namespace vcs
