#include "server/flow/commit_judge.h"

#include <map>
#include <optional>
#include <set>
#include <string>
#include <tuple>

#include "corpus/annotation.h"
#include "corpus/file_form.h"
#include "vcs/diff.h"

namespace server {
namespace {

// Of all commits together: few objects can spell many changes, by going to and fro.
constexpr size_t kMostChanges = 1'000'000;
constexpr char kSquash[] =
    "every commit is kept, so a later one does not mend it: put them together with git rebase -i";

// Changed paths, with the state after the change; nothing where the file was removed.
using Changes = std::map<std::string, std::optional<vcs::FileState>>;

class CommitJudge {
 public:
  CommitJudge(const Actor& actor, const OpenProject& project, const vcs::ObjectReader& objects,
              Complaints& complaints)
      : actor_(actor), project_(project), objects_(objects), complaints_(complaints) {}

  Result<void> judge(const vcs::NewCommit& commit) {
    name_ = name_of(commit);
    if (commit.commit.parents.empty()) {
      complain("it starts a history of its own; only the project's first one has no parent");
      return {};
    }
    const vcs::Snapshot after(objects_, commit.commit.tree);
    for (const auto& [path, state] : TRY(changes_of(commit.commit))) {
      TRY(judge_change(after, path, state));
    }
    return {};
  }

 private:
  Result<Changes> changes_of(const vcs::Commit& commit) {
    Changes changes = TRY(changes_since(commit.parents.front(), commit.tree));
    for (size_t i = 1; i < commit.parents.size() && !changes.empty(); ++i) {
      const Changes others = TRY(changes_since(commit.parents[i], commit.tree));
      std::erase_if(changes, [&](const auto& change) { return !others.contains(change.first); });
    }
    return changes;
  }

  Result<Changes> changes_since(const vcs::ObjectId& parent, const vcs::ObjectId& tree) {
    Changes changes;
    const vcs::ObjectId before = TRY(vcs::Snapshot::at_commit(objects_, parent)).tree();
    TRY(vcs::diff_trees(objects_, before, tree, [&](const vcs::Change& change) -> Result<bool> {
      if (++seen_ > kMostChanges) {
        return base::Error{base::Code::limit, "the commits change more than 1000000 files"};
      }
      changes.emplace(change.path, change.after);
      return true;
    }));
    return changes;
  }

  Result<void> judge_change(const vcs::Snapshot& after, const std::string& path,
                            const std::optional<vcs::FileState>& state) {
    const corpus::PathInfo info = corpus::classify(path, project_.fan_out);
    if (const auto objection = TRY(objection_to(actor_, project_, after, path, info))) {
      complain(*objection);
    } else if (state) {
      TRY(judge_content(path, info, *state));
    } else if (info.kind == corpus::PathKind::schema) {
      complain(path + ": must not be removed");
    }
    return {};
  }

  Result<void> judge_content(const std::string& path, const corpus::PathInfo& info,
                             const vcs::FileState& state) {
    if (!read_.emplace(info.kind, info.split_shard, state.id).second) return {};
    const auto text = vcs::read_object_of(objects_, vcs::ObjectKind::blob, state.id,
                                          corpus::kMaxAnnotationFileBytes);
    if (!text.ok()) {
      if (text.error().code != base::Code::limit) return text.error();
      complain(path + ": too long");
      return {};
    }
    const auto problems = corpus::check_form(info, path, *text);
    for (const corpus::Diagnostic& problem : problems.list()) complain(corpus::to_string(problem));
    return {};
  }

  void complain(const std::string& line) {
    complaints_.add(name_ + ": " + line);
    complaints_.hint(kSquash);
  }

  const Actor& actor_;
  const OpenProject& project_;
  const vcs::ObjectReader& objects_;
  Complaints& complaints_;
  std::string name_;  // of the commit that is judged
  size_t seen_ = 0;   // changes
  // What was read, as what: wrong content is told of once, in the commit that brought it.
  std::set<std::tuple<corpus::PathKind, std::string, vcs::ObjectId>> read_;
};

}  // namespace

Result<void> judge_commits(const Actor& actor, const OpenProject& project,
                           std::span<const vcs::NewCommit> commits,
                           const vcs::ObjectReader& objects, Complaints& complaints) {
  CommitJudge judge(actor, project, objects, complaints);
  for (const vcs::NewCommit& commit : commits) TRY(judge.judge(commit));
  return {};
}

}  // namespace server
