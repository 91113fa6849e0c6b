#include "vcs/maintenance.h"

#include <algorithm>
#include <filesystem>
#include <map>
#include <optional>

#include "vcs/detail/object_view.h"
#include "vcs/detail/pack_copy.h"

namespace vcs {
namespace {

using base::Path;
using base::Result;
namespace fs = std::filesystem;

using Pack = std::shared_ptr<const PackReader>;

Path with_suffix(const Path& stem, const char* suffix) {
  return stem.string() + suffix;
}

// A .keep file says that a person wants the pack as it is.
std::vector<Pack> smallest_first(const ObjectView& view) {
  std::vector<Pack> packs;
  for (const Pack& pack : view.packs()) {
    if (!fs::exists(with_suffix(pack->stem(), ".keep"))) packs.push_back(pack);
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

// Index first: a reader that comes now must not find an index without its pack.
Result<void> remove_packs(std::span<const Pack> packs, const std::string& but) {
  for (const Pack& pack : packs) {
    if (pack->name() == but) continue;
    for (const char* suffix : {".idx", ".rev", ".bitmap", ".pack"}) {
      TRY(base::remove_file(with_suffix(pack->stem(), suffix)));
    }
  }
  return {};
}

Result<uint64_t> join(Repository& repository, std::span<const Pack> joined,
                      std::span<const Pack> kept, const StepObserver& observer) {
  const std::string name = TRY(copy_packs(joined, kept, repository.pack_directory(), observer));
  TRY(repository.refresh());
  report(observer, DurableStep::packs_replaced);
  TRY(remove_packs(joined, name));
  TRY(base::sync_directory(repository.pack_directory()));
  TRY(repository.refresh());
  if (name.empty()) return uint64_t{0};
  return base::file_size(with_suffix(repository.pack_directory() / name, ".pack"));
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

}  // namespace

Result<RollUpReport> roll_up(Repository& repository, const RollUpOptions& options,
                             const StepObserver& observer) {
  RollUpReport report;
  TRY(repository.refresh());
  const std::vector<Pack> packs = smallest_first(*repository.view());
  report.packs_before = report.packs_after = repository.view()->packs().size();
  const size_t count = packs.size() < options.min_packs ? 0 : count_to_join(packs, options.factor);
  if (count > 1) {
    const std::span<const Pack> all(packs);
    report.bytes_written =
        TRY(join(repository, all.subspan(0, count), all.subspan(count), observer));
    report.packs_after = repository.view()->packs().size();
  }
  if (TRY(has_many_loose_refs(repository.path(), options.max_loose_refs))) {
    TRY(repository.refs().pack());
    report.refs_packed = true;
  }
  return report;
}

}  // namespace vcs
