#include "server/flow/join_push.h"

#include <utility>

#include "base/clock.h"
#include "server/flow/merge_states.h"
#include "vcs/ancestry.h"
#include "vcs/commit.h"

namespace server {
namespace {

constexpr char kClash[] =
    "this clashes with newer changes on main; run: git pull, decide, and push again";

std::string count_of(size_t count, const std::string& noun) {
  return std::to_string(count) + " " + noun + (count == 1 ? "" : "s");
}

// The commits above `base`, oldest first, if each has one parent; nothing if there are merges
// among them, which cannot be repeated one by one.
Result<std::optional<std::vector<vcs::Commit>>> straight_line(const vcs::ObjectReader& objects,
                                                              const vcs::ObjectId& base,
                                                              vcs::ObjectId tip) {
  std::vector<vcs::Commit> line;
  while (tip != base) {
    line.push_back(TRY(vcs::read_commit(objects, tip)));
    if (line.back().parents.size() != 1) return std::optional<std::vector<vcs::Commit>>();
    tip = line.back().parents.front();
  }
  return std::optional(std::vector<vcs::Commit>(line.rbegin(), line.rend()));
}

}  // namespace

// Works one plan out.
class MainJoin::Planner {
 public:
  Planner(const Actor& actor, const OpenProject& project, const vcs::ObjectReader& objects,
          Complaints& complaints)
      : actor_(actor), project_(project), objects_(objects), complaints_(complaints) {}

  // Where it may not be, the complaints say why, and the plan is of no use.
  Result<Plan> plan(const vcs::ObjectId& tip, const vcs::ObjectId& pushed) {
    plan_.tip = tip;
    const vcs::Relation relation = TRY(vcs::relation_of(objects_, pushed, tip));
    newer_ = relation.only_right;
    if (relation.base == pushed) return already_there();
    if (relation.base == tip) {
      plan_.result = pushed;
      TRY(judge_change(tip, pushed));
      return std::move(plan_);
    }
    TRY(join(relation.base, pushed));
    if (complaints_.empty() && plan_.result != tip) TRY(judge_joined(relation.base, pushed));
    plan_.made = objects_.added();
    return std::move(plan_);
  }

 private:
  Result<Plan> already_there() {
    plan_.result = plan_.tip;
    std::string line = "main holds this already";
    if (newer_ > 0) line += ", and " + count_of(newer_, "newer change") + "; run: git pull";
    plan_.told.push_back(line);
    return std::move(plan_);
  }

  Result<void> join(const vcs::ObjectId& base, const vcs::ObjectId& pushed) {
    if (base == vcs::kNoObject) {
      complaints_.add("this history has nothing in common with main");
      return {};
    }
    const bool repeat = actor_.project().policy.push_behind == corpus::PushBehind::rebase;
    const auto line = repeat ? TRY(straight_line(objects_, base, pushed)) : std::nullopt;
    const auto joined = line ? rebase(*line) : merge(base, pushed);
    // A file that cannot be read cannot be merged: the pusher's own files are judged then.
    if (!joined.ok() && joined.error().code == base::Code::invalid) {
      TRY(judge_change(base, pushed));
      if (!complaints_.empty()) return {};
    }
    return joined;
  }

  Result<void> merge(const vcs::ObjectId& base, const vcs::ObjectId& pushed) {
    const vcs::ObjectId theirs = TRY(tree_of(plan_.tip));
    const vcs::ObjectId base_tree = TRY(tree_of(base));
    const vcs::ObjectId ours = TRY(tree_of(pushed));
    const vcs::ObjectId tree = TRY(bring({base_tree, ours, theirs}));
    if (!complaints_.empty()) return {};
    if (tree == theirs) {
      complaints_.add("main holds these changes already, in other commits; run: git pull");
      return {};
    }
    const vcs::Commit commit{tree,
                             {plan_.tip, pushed},
                             signature_of(actor_),
                             server_signature(),
                             "Merge the work of " + actor_.mail() + "\n"};
    plan_.result = objects_.add(vcs::ObjectKind::commit, vcs::print_commit(commit));
    plan_.told.push_back("merged with " + count_of(newer_, "newer change") +
                         " on main; run: git pull");
    return {};
  }

  Result<void> rebase(const std::vector<vcs::Commit>& line) {
    plan_.result = plan_.tip;
    vcs::ObjectId theirs = TRY(tree_of(plan_.tip));
    for (const vcs::Commit& commit : line) {
      const vcs::ObjectId base = TRY(tree_of(commit.parents.front()));
      const vcs::ObjectId tree = TRY(bring({base, commit.tree, theirs}));
      if (!complaints_.empty()) return {};
      if (tree == theirs) continue;  // main has this change from somewhere else
      vcs::Commit repeated{tree, {plan_.result}, commit.author, commit.committer, commit.message};
      repeated.committer.time = base::now_milliseconds() / 1000;
      plan_.result = objects_.add(vcs::ObjectKind::commit, vcs::print_commit(repeated));
      theirs = tree;
    }
    const std::string what = plan_.result == plan_.tip
                                 ? "main holds these changes already, in other commits"
                                 : "rebased onto " + count_of(newer_, "newer change") + " on main";
    plan_.told.push_back(what + "; run: git pull --rebase");
    return {};
  }

  Result<vcs::ObjectId> bring(const MergeSides& sides) {
    StateMerge merge = TRY(merge_states(project_.fan_out, sides, objects_));
    for (const std::string& clash : merge.clashes) complaints_.add(clash);
    if (!merge.clashes.empty()) complaints_.hint(kClash);
    for (std::string& note : merge.notes) plan_.told.push_back(std::move(note));
    return merge.tree;
  }

  // What is wrong is said of the files as the pusher has them, where it is wrong there, too: in
  // the merged ones the lines have other numbers.
  Result<void> judge_joined(const vcs::ObjectId& base, const vcs::ObjectId& pushed) {
    Complaints merged;
    TRY(judge_change(plan_.tip, plan_.result, merged));
    if (merged.empty()) return {};
    TRY(judge_change(base, pushed));
    if (complaints_.empty()) complaints_ = std::move(merged);
    return {};
  }

  Result<void> judge_change(const vcs::ObjectId& before, const vcs::ObjectId& after) {
    return judge_change(before, after, complaints_);
  }

  Result<void> judge_change(const vcs::ObjectId& before, const vcs::ObjectId& after,
                            Complaints& complaints) {
    const auto old_state = TRY(vcs::Snapshot::at_commit(objects_, before));
    const auto new_state = TRY(vcs::Snapshot::at_commit(objects_, after));
    return judge_main(actor_, project_, old_state, new_state, objects_, complaints);
  }

  Result<vcs::ObjectId> tree_of(const vcs::ObjectId& commit) const {
    return TRY(vcs::read_commit(objects_, commit)).tree;
  }

  const Actor& actor_;
  const OpenProject& project_;
  vcs::ObjectOverlay objects_;
  Complaints& complaints_;
  Plan plan_;
  size_t newer_ = 0;  // commits on main that the pusher lacks
};

Result<void> MainJoin::judge(const vcs::ObjectReader& objects, const vcs::ObjectId& tip,
                             const vcs::ObjectId& pushed, Complaints& complaints) {
  plan_ = TRY(Planner(actor_, project_, objects, complaints).plan(tip, pushed));
  return {};
}

Result<vcs::ObjectId> MainJoin::advance(vcs::ObjectOverlay& objects, const vcs::ObjectId& tip,
                                        const vcs::ObjectId& pushed, Complaints& complaints) {
  if (!plan_ || plan_->tip != tip) {
    TRY(judge(objects, tip, pushed, complaints));
    if (!complaints.empty()) return base::Error{base::Code::conflict, complaints.summary()};
  }
  for (const auto& [id, object, like] : plan_->made) objects.add(object.kind, object.content, like);
  return plan_->result;
}

Result<vcs::Joined> MainJoin::run(const vcs::RefCommand& command) {
  vcs::Joined joined;
  Complaints complaints;
  vcs::CommitRequest request;
  request.branch = kMain;
  request.advance = [&](vcs::ObjectOverlay& objects, const vcs::ObjectId& tip) {
    joined.before = tip;
    complaints = Complaints();
    return advance(objects, tip, command.after, complaints);
  };
  const auto moved = project_.commits->commit(std::move(request));
  if (moved.ok()) {
    joined.after = moved->commit;
    joined.lines = plan_->told;
    return joined;
  }
  const bool is_ours = complaints.empty() && moved.error().code != base::Code::busy;
  if (is_ours) return moved.error();
  joined.refusal = moved.error().what;
  joined.lines = complaints.lines();
  return joined;
}

}  // namespace server
