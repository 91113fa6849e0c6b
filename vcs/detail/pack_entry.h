// One entry of a pack: a header (type, size of the inflated content), for deltas the base, then
// zlib data. Format: git's Documentation/gitformat-pack. Pure functions.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "vcs/object_id.h"

namespace vcs {

// Beside the kinds of objects, whose numbers an entry has as its type.
inline constexpr int kPackedOffsetDelta = 6;
inline constexpr int kPackedIdDelta = 7;

// Nothing for deltas and unknown numbers.
std::optional<ObjectKind> kind_of_packed(int packed_type);

// A whole object as an entry: header and compressed content.
std::string encode_entry(ObjectKind kind, std::string_view content);
void append_entry_header(std::string& out, int packed_type, uint64_t size);
// How far back from its own start a kPackedOffsetDelta has its base.
void append_distance(std::string& out, uint64_t distance);

struct EntryHeader {
  int packed_type = 0;
  uint64_t size = 0;           // of the inflated content; of a delta, the delta's own
  uint64_t base_distance = 0;  // kPackedOffsetDelta: bytes back from the entry's start
  ObjectId base_id;            // kPackedIdDelta
  size_t length = 0;           // of the header itself
};

// Reads a header at the front of `bytes`. Nothing if it needs more bytes than given; an error if
// it can never become valid. 64 bytes are always enough.
base::Result<std::optional<EntryHeader>> parse_entry_header(std::string_view bytes);
inline constexpr size_t kMaxEntryHeader = 64;

}  // namespace vcs
