// Joins packs into one by copying entries as they are stored.
#pragma once

#include <functional>
#include <memory>
#include <span>
#include <string>

#include "base/file.h"
#include "base/result.h"
#include "vcs/detail/pack_reader.h"
#include "vcs/durable_step.h"
#include "vcs/stop_asked.h"

namespace vcs {

struct CopyOptions {
  std::function<bool(const ObjectId&)> leaves_out = {};  // absent: everything is copied
  StopAsked stop = {};                                   // asked now and then; Code::busy if so
};

// Every object of the packs, once, into a new pack of `directory`. A delta stays a delta if its
// base comes along from the same pack; else the object is stored whole. Says the pack's name; empty
// if nothing was left to copy.
base::Result<std::string> copy_packs(std::span<const std::shared_ptr<const PackReader>> packs,
                                     const CopyOptions& options, const base::Path& directory,
                                     const StepObserver& observer);

}  // namespace vcs
