// vcs/maintenance.h's update_commit_graph().
#include <filesystem>
#include <unordered_set>

#include "vcs/commit.h"
#include "vcs/detail/commit_graph.h"
#include "vcs/maintenance.h"

namespace vcs {
namespace {

using base::Result;

constexpr size_t kAskEvery = 1024;

// All commits that refs reach, from the last edition where it has them.
class Collector {
 public:
  Collector(const Repository& repository, const StopAsked& stop)
      : repository_(repository), stop_(stop), view_(repository.view()) {
    auto known = CommitGraph::open(commit_graph_path(repository.path()));
    if (known.ok()) known_ = std::move(known).value();
  }

  Result<std::vector<GraphCommit>> collect() {
    for (const Ref& ref : repository_.refs().list()) TRY(start_at(ref.peeled.value_or(ref.target)));
    while (!waiting_.empty()) {
      if (commits_.size() % kAskEvery == 0) TRY(go_on(stop_));
      const ObjectId id = waiting_.back();
      waiting_.pop_back();
      GraphCommit commit = TRY(get(id));
      for (const ObjectId& parent : commit.parents) visit(parent);
      commits_.push_back(std::move(commit));
    }
    return std::move(commits_);
  }

  size_t new_count() const { return new_count_; }
  size_t known_count() const { return known_ ? known_->count() : 0; }

 private:
  Result<void> start_at(const ObjectId& tip) {
    if (TRY(repository_.header(tip)).kind == ObjectKind::commit) visit(tip);
    return {};
  }

  void visit(const ObjectId& id) {
    if (seen_.insert(id).second) waiting_.push_back(id);
  }

  Result<GraphCommit> get(const ObjectId& id) {
    const auto position = known_ ? known_->find(id) : std::nullopt;
    if (position) return known_->at(*position);
    ++new_count_;
    Commit commit = TRY(read_commit(repository_, id));
    const auto time = static_cast<uint64_t>(std::max<int64_t>(0, commit.committer.time));
    return GraphCommit{id, commit.tree, std::move(commit.parents), std::min(time, kMaxGraphTime)};
  }

  const Repository& repository_;
  const StopAsked& stop_;
  std::shared_ptr<const ObjectView> view_;  // so that no pack goes meanwhile
  std::optional<CommitGraph> known_;
  std::unordered_set<ObjectId> seen_;
  std::vector<ObjectId> waiting_;
  std::vector<GraphCommit> commits_;
  size_t new_count_ = 0;
};

// Git prefers the one file to a chain of them, which would grow stale beside it.
Result<void> remove_chain(const base::Path& repository) {
  return base::remove_tree(repository / "objects" / "info" / "commit-graphs");
}

}  // namespace

Result<bool> update_commit_graph(Repository& repository, const CommitGraphOptions& options) {
  if (!repository.shallow_commits().empty()) return false;
  Collector collector(repository, options.stop);
  const std::vector<GraphCommit> commits = TRY(collector.collect());
  const auto growth = static_cast<double>(collector.known_count()) * options.min_growth;
  if (collector.new_count() < options.min_new ||
      static_cast<double>(collector.new_count()) < growth) {
    return false;
  }
  const base::Path file = commit_graph_path(repository.path());
  TRY(base::make_directories(file.parent_path()));
  TRY(base::write_file_durably(file, print_commit_graph(commits)));
  TRY(remove_chain(repository.path()));
  return true;
}

}  // namespace vcs
