// Rebuilds every deltified object of a received pack, each base before what builds upon it.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "vcs/object_id.h"
#include "vcs/receive_pack.h"

namespace vcs {

// An entry of a received pack. Deltas get kind and id when they are resolved.
struct ReceivedEntry {
  uint64_t offset = 0;
  uint64_t data_offset = 0;  // of the compressed bytes
  uint64_t size = 0;         // inflated, of the object or of the delta
  uint64_t base_offset = 0;  // of an offset delta's base
  ObjectId base_id;          // of an id delta's base
  int packed_type = 0;
  uint32_t crc32 = 0;
  bool is_known = false;  // kind and id are set
  ObjectKind kind = ObjectKind::blob;
  ObjectId id;
};

// Looks at a rebuilt object and names it, or refuses it.
using NameObject = std::function<base::Result<ObjectId>(ObjectKind kind, std::string_view content)>;

// `pack` is the whole file. Memory stays within limits.max_live_bytes and one object. Code::invalid
// if a delta's base is not in the pack, Code::limit beyond a limit.
base::Result<void> resolve_deltas(base::ByteView pack, std::vector<ReceivedEntry>& entries,
                                  const ReceiveLimits& limits, const NameObject& name);

}  // namespace vcs
