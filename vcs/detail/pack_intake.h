// Takes a pack from a stream into a directory: bounds, checksum, the shape of every object, deltas,
// index. What comes out is a pack as good as one of our own.
#pragma once

#include <functional>
#include <string>

#include "base/file.h"
#include "base/result.h"
#include "vcs/pkt_line.h"
#include "vcs/receive_pack.h"

namespace vcs {

struct TakenPack {
  std::string name;  // "pack-<trailer>", with .pack and .idx in the directory; empty: no objects
  uint32_t objects = 0;
  uint64_t bytes = 0;
};

// Told once the whole pack is here, with its objects and their bytes as far as they are known; the
// client waits from then on. An error ends the intake.
using WhenReceived = std::function<base::Result<void>(uint32_t objects, uint64_t inflated_bytes)>;

// Nothing is synced yet. Code::invalid or Code::limit say what is wrong with the pack; other codes
// come from disk or source.
base::Result<TakenPack> take_pack(const Source& source, const base::Path& directory,
                                  const ReceiveLimits& limits, const WhenReceived& received = {});

}  // namespace vcs
