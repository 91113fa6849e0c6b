// The end of every job that puts a new pack in the place of others.
#pragma once

#include <memory>
#include <span>
#include <string>

#include "base/result.h"
#include "vcs/detail/pack_reader.h"
#include "vcs/durable_step.h"
#include "vcs/repository.h"

namespace vcs {

// "pack-0123" and ".idx": a path's extension would end at a dot of its name.
base::Path with_suffix(const base::Path& stem, const char* suffix);

// A .keep file says that a person wants the pack as it is.
bool is_kept_by_hand(const PackReader& pack);

// The new pack is visible, the old ones are gone, and the directory is synced. `but` is the new
// pack's name, which may be that of an old one; empty if nothing was left to write. Readers go on
// with the packs that they have open.
base::Result<void> replace_packs(Repository& repository,
                                 std::span<const std::shared_ptr<const PackReader>> packs,
                                 const std::string& but, const StepObserver& observer);

}  // namespace vcs
