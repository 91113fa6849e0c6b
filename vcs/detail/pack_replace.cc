#include "vcs/detail/pack_replace.h"

#include <filesystem>

namespace vcs {
namespace {

using base::Path;
using base::Result;
using Pack = std::shared_ptr<const PackReader>;
namespace fs = std::filesystem;

// Stock git's index over several packs, and its bitmap: they would name packs that are gone.
Result<void> remove_multi_pack_index(const Path& directory) {
  if (!fs::exists(directory / "multi-pack-index")) return {};
  std::error_code failed;
  for (const auto& file : fs::directory_iterator(directory, failed)) {
    if (file.path().filename().string().starts_with("multi-pack-index")) {
      TRY(base::remove_file(file.path()));
    }
  }
  return base::sync_directory(directory);
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

}  // namespace

Path with_suffix(const Path& stem, const char* suffix) {
  return stem.string() + suffix;
}

bool is_kept_by_hand(const PackReader& pack) {
  return fs::exists(with_suffix(pack.stem(), ".keep"));
}

Result<void> replace_packs(Repository& repository, std::span<const Pack> packs,
                           const std::string& but, const StepObserver& observer) {
  TRY(repository.refresh());
  report(observer, DurableStep::packs_replaced);
  TRY(remove_multi_pack_index(repository.pack_directory()));
  TRY(remove_packs(packs, but));
  TRY(base::sync_directory(repository.pack_directory()));
  return repository.refresh();
}

}  // namespace vcs
