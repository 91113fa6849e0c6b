#include "server/flow/contributions.h"

#include "corpus/annotation.h"
#include "corpus/layout.h"
#include "vcs/ancestry.h"
#include "vcs/commit.h"
#include "vcs/diff.h"

namespace server {
namespace {

// What cannot be read counts as empty: it is no judge's time to complain.
Result<std::vector<corpus::Annotation>> annotations_in(const OpenProject& project,
                                                       const std::optional<vcs::FileState>& file) {
  if (!file) return std::vector<corpus::Annotation>();
  const auto read = corpus::read_annotations(
      TRY(vcs::read_object_of(*project.repository, vcs::ObjectKind::blob, file->id)));
  return read.ok() ? *read : std::vector<corpus::Annotation>();
}

Result<Contribution> contribution_of(const OpenProject& project, const vcs::ObjectId& id,
                                     const vcs::Commit& commit) {
  Contribution work;
  const vcs::ObjectId parent = commit.parents.empty() ? vcs::kNoObject : commit.parents.front();
  TRY(vcs::diff_commits(*project.repository, parent, id,
                        [&](const vcs::Change& change) -> Result<bool> {
                          const auto kind = corpus::classify(change.path, project.fan_out).kind;
                          if (kind != corpus::PathKind::page_annotations &&
                              kind != corpus::PathKind::document_annotations) {
                            return true;
                          }
                          const auto before = TRY(annotations_in(project, change.before));
                          const auto after = TRY(annotations_in(project, change.after));
                          const auto changes = corpus::annotation_changes(before, after);
                          work.added += changes.added.size();
                          work.changed += changes.changed.size();
                          work.removed += changes.removed.size();
                          return true;
                        }));
  return work;
}

}  // namespace

Result<std::map<std::string, Contribution>> contributions_between(const OpenProject& project,
                                                                  const vcs::ObjectId& before,
                                                                  const vcs::ObjectId& after) {
  std::map<std::string, Contribution> all;
  const auto commits = TRY(vcs::commits_since(*project.repository, before, after));
  if (commits.size() > kMostCommitsLookedAt) {
    return base::Error{base::Code::limit, "there are too many commits between the two"};
  }
  for (const vcs::ObjectId& id : commits) {
    const vcs::Commit commit = TRY(vcs::parse_commit(
        TRY(vcs::read_object_of(*project.repository, vcs::ObjectKind::commit, id))));
    if (commit.parents.size() > 1) continue;
    const Contribution work = TRY(contribution_of(project, id, commit));
    if (work.total() == 0) continue;
    Contribution& sum = all[commit.author.email];
    ++sum.commits;
    sum.added += work.added;
    sum.changed += work.changed;
    sum.removed += work.removed;
  }
  return all;
}

}  // namespace server
