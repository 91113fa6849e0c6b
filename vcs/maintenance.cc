#include "vcs/maintenance.h"

#include <algorithm>
#include <filesystem>
#include <set>

#include "vcs/detail/object_view.h"
#include "vcs/detail/pack_copy.h"
#include "vcs/detail/pack_replace.h"

namespace vcs {
namespace {

using base::Path;
using base::Result;
namespace fs = std::filesystem;

using Pack = std::shared_ptr<const PackReader>;

std::vector<Pack> smallest_first(const Repository& repository, const ObjectView& view,
                                 uint64_t max_objects) {
  const std::set<std::string> claimed = repository.claimed_packs();
  std::vector<Pack> packs;
  for (const Pack& pack : view.packs()) {
    if (pack->lookup().count() > max_objects || claimed.contains(pack->name())) continue;
    if (!is_kept_by_hand(*pack)) packs.push_back(pack);
  }
  std::stable_sort(packs.begin(), packs.end(), [](const Pack& a, const Pack& b) {
    return a->lookup().count() < b->lookup().count();
  });
  return packs;
}

// How many of the smallest packs to join: first the largest run of packs that already grow by the
// factor is left alone, then as many more are taken as their sum demands. The method is that of
// `git repack --geometric`.
size_t count_to_join(const std::vector<Pack>& packs, uint64_t factor) {
  size_t split = packs.size();
  while (split > 1 &&
         packs[split - 1]->lookup().count() >= factor * packs[split - 2]->lookup().count()) {
    --split;
  }
  if (split == 1) return 0;
  uint64_t total = 0;
  for (size_t i = 0; i < split; ++i) total += packs[i]->lookup().count();
  while (split < packs.size() && packs[split]->lookup().count() < factor * total) {
    total += packs[split++]->lookup().count();
  }
  return split;
}

Result<uint64_t> join(Repository& repository, std::span<const Pack> joined,
                      const CopyOptions& options, const StepObserver& observer) {
  const std::string name = TRY(copy_packs(joined, options, repository.pack_directory(), observer));
  TRY(replace_packs(repository, joined, name, observer));
  if (name.empty()) return uint64_t{0};
  return base::file_size(with_suffix(repository.pack_directory() / name, ".pack"));
}

bool has(const ObjectView::Packs& packs, const Pack& pack) {
  return std::find(packs.begin(), packs.end(), pack) != packs.end();
}

// What is in other packs need not be copied, if these stay. A pack that somebody else has claimed
// does not: its object might be left out there because it is here. So the claims are read before
// the view: a job that ended in between has put its new pack into the view.
Result<CopyOptions> options_beside(const Repository& repository, std::span<const Pack> joined,
                                   const StopAsked& stop) {
  const std::set<std::string> claimed = repository.claimed_packs();
  const auto view = repository.view();
  ObjectView::Packs kept;
  for (const Pack& pack : view->packs()) {
    if (!claimed.contains(pack->name())) kept.push_back(pack);
  }
  for (const Pack& pack : joined) {
    if (!has(view->packs(), pack)) return base::Error{base::Code::busy, "packs were replaced"};
  }
  const auto is_kept = [kept = std::move(kept)](const ObjectId& id) {
    return std::any_of(kept.begin(), kept.end(),
                       [&](const Pack& pack) { return pack->lookup().find(id).has_value(); });
  };
  return CopyOptions{is_kept, stop};
}

std::vector<std::string> names_of(std::span<const Pack> packs) {
  std::vector<std::string> names;
  for (const Pack& pack : packs) names.push_back(pack->name());
  return names;
}

Result<bool> has_many_loose_refs(const Path& repository, size_t limit) {
  std::error_code failed;
  size_t count = 0;
  for (auto it = fs::recursive_directory_iterator(repository / "refs", failed);
       !failed && it != fs::recursive_directory_iterator(); it.increment(failed)) {
    if (it->is_regular_file(failed) && ++count > limit) return true;
  }
  return false;
}

// Nothing is done if another thread was faster to claim the packs.
Result<void> join_small_packs(Repository& repository, const RollUpOptions& options,
                              const StepObserver& observer, RollUpReport& report) {
  const auto view = repository.view();
  const std::vector<Pack> packs = smallest_first(repository, *view, options.max_objects);
  const size_t count = packs.size() < options.min_packs ? 0 : count_to_join(packs, options.factor);
  if (count < 2) return {};
  const auto joined = std::span<const Pack>(packs).subspan(0, count);
  const auto claim = repository.claim_packs(names_of(joined));
  if (!claim) return {};
  const auto copy = options_beside(repository, joined, options.stop);
  if (!copy.ok()) return {};
  report.bytes_written = TRY(join(repository, joined, *copy, observer));
  return {};
}

}  // namespace

Result<RollUpReport> roll_up(Repository& repository, const RollUpOptions& options,
                             const StepObserver& observer) {
  RollUpReport report;
  TRY(repository.refresh());
  report.packs_before = repository.view()->packs().size();
  TRY(join_small_packs(repository, options, observer, report));
  report.packs_after = repository.view()->packs().size();
  if (TRY(has_many_loose_refs(repository.path(), options.max_loose_refs))) {
    TRY(repository.refs().pack());
    report.refs_packed = true;
  }
  return report;
}

}  // namespace vcs
