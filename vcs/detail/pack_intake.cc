#include "vcs/detail/pack_intake.h"

#include <fcntl.h>

#include <algorithm>
#include <filesystem>

#include "base/digest.h"
#include "vcs/detail/delta.h"
#include "vcs/detail/delta_resolver.h"
#include "vcs/detail/pack_index.h"
#include "vcs/detail/pack_stream.h"
#include "vcs/detail/received_id.h"
#include "vcs/object_check.h"

namespace vcs {
namespace {

using base::Code;
using base::Error;
using base::Path;
using base::Result;

uint64_t size_limit(int packed_type, const ObjectRules& rules) {
  switch (packed_type) {
    case static_cast<int>(ObjectKind::commit):
    case static_cast<int>(ObjectKind::tag):
      return rules.max_commit_bytes;
    case static_cast<int>(ObjectKind::tree):
      return rules.max_tree_bytes;
    default:
      return rules.max_blob_bytes;
  }
}

class Intake {
 public:
  Intake(const Source& source, const Path& directory, const ReceiveLimits& limits,
         const WhenReceived& received)
      : source_(source), directory_(directory), limits_(limits), received_(received) {}

  Result<TakenPack> run() {
    const base::Sha1 checksum = TRY(receive());
    if (received_) TRY(received_(static_cast<uint32_t>(entries_.size()), inflated_));
    if (entries_.empty()) return TakenPack{};
    TRY(resolve());
    TRY(check_unique());
    return write_index(checksum);
  }

 private:
  Path stream_path() const { return directory_ / "incoming.pack"; }

  Result<base::Sha1> receive() {
    const base::UniqueFd file =
        TRY(base::open_file(stream_path(), O_WRONLY | O_CREAT | O_EXCL, 0444));
    PackStream stream(source_, file.get(), limits_.max_pack_bytes);
    const uint32_t count = TRY(stream.read_header());
    if (count > limits_.max_objects) {
      return Error{Code::limit, "the pack holds " + std::to_string(count) +
                                    " objects; the limit is " +
                                    std::to_string(limits_.max_objects)};
    }
    const auto admit = [this](const EntryHeader& header) { return admit_header(header); };
    for (uint32_t i = 0; i < count; ++i) TRY(take(TRY(stream.next(admit))));
    return stream.finish();
  }

  Result<void> admit_header(const EntryHeader& header) const {
    const uint64_t limit = size_limit(header.packed_type, limits_.objects);
    if (header.size > limit) {
      return Error{Code::limit, "the pack holds an object of " + std::to_string(header.size) +
                                    " bytes; the limit is " + std::to_string(limit)};
    }
    return {};
  }

  Result<void> take(StreamedEntry streamed) {
    const EntryHeader& header = streamed.header;
    ReceivedEntry entry;
    entry.offset = streamed.offset;
    entry.data_offset = streamed.offset + header.length;
    entry.size = header.size;
    entry.packed_type = header.packed_type;
    entry.crc32 = streamed.crc32;
    entry.base_id = header.base_id;
    const auto kind = kind_of_packed(header.packed_type);
    if (!kind) TRY(take_delta(streamed, entry));
    if (kind) TRY(take_whole(*kind, streamed.content, entry));
    entries_.push_back(entry);
    return {};
  }

  Result<void> take_whole(ObjectKind kind, std::string_view content, ReceivedEntry& entry) {
    TRY(count_inflated(content.size()));
    entry.kind = kind;
    entry.id = TRY(name(kind, content));
    entry.is_known = true;
    return {};
  }

  Result<void> take_delta(const StreamedEntry& streamed, ReceivedEntry& entry) {
    std::string_view delta = streamed.content;
    const DeltaSizes sizes = TRY(take_delta_sizes(delta));
    if (sizes.result > limits_.objects.max_blob_bytes) {
      return Error{Code::limit, "a delta of the pack makes too large an object"};
    }
    TRY(count_inflated(sizes.result));
    if (entry.packed_type != kPackedOffsetDelta) return {};
    if (streamed.header.base_distance == 0 || streamed.header.base_distance > entry.offset) {
      return Error{Code::invalid, "a delta of the pack has its base outside"};
    }
    entry.base_offset = entry.offset - streamed.header.base_distance;
    return {};
  }

  Result<void> count_inflated(uint64_t size) {
    inflated_ += size;
    if (inflated_ <= limits_.max_inflated_bytes) return {};
    return Error{Code::limit, "the pack inflates to more than " +
                                  std::to_string(limits_.max_inflated_bytes) + " bytes"};
  }

  Result<ObjectId> name(ObjectKind kind, std::string_view content) const {
    const ObjectId id = TRY(id_of_received(kind, content));
    const auto verdict = check_object(kind, content, limits_.objects);
    if (verdict.ok()) return id;
    return verdict.error().within(std::string(name_of(kind)) + " " + id.hex());
  }

  Result<void> resolve() {
    const auto pack = TRY(base::MappedFile::open(stream_path()));
    return resolve_deltas(
        pack.bytes(), entries_, limits_,
        [this](ObjectKind kind, std::string_view content) { return name(kind, content); });
  }

  Result<void> check_unique() const {
    std::vector<ObjectId> ids;
    for (const ReceivedEntry& entry : entries_) ids.push_back(entry.id);
    std::sort(ids.begin(), ids.end());
    const auto twin = std::adjacent_find(ids.begin(), ids.end());
    if (twin == ids.end()) return {};
    return Error{Code::invalid, "the pack holds " + twin->hex() + " twice"};
  }

  Result<TakenPack> write_index(const base::Sha1& checksum) {
    std::vector<IndexedEntry> indexed;
    for (const ReceivedEntry& entry : entries_) {
      indexed.push_back({entry.id, entry.offset, entry.crc32});
    }
    const auto count = static_cast<uint32_t>(indexed.size());
    const uint64_t size = TRY(base::file_size(stream_path()));
    TakenPack taken{"pack-" + checksum.hex(), count, size};
    const Path stem = directory_ / taken.name;
    const base::UniqueFd file =
        TRY(base::open_file(stem.string() + ".idx", O_WRONLY | O_CREAT | O_EXCL, 0444));
    TRY(base::write_all(file.get(), encode_pack_index(std::move(indexed), checksum)));
    std::error_code failed;
    std::filesystem::rename(stream_path(), stem.string() + ".pack", failed);
    if (failed)
      return Error{Code::io, "rename " + stream_path().string() + ": " + failed.message()};
    return taken;
  }

  const Source& source_;
  const Path& directory_;
  const ReceiveLimits& limits_;
  const WhenReceived& received_;
  std::vector<ReceivedEntry> entries_;
  uint64_t inflated_ = 0;
};

}  // namespace

Result<TakenPack> take_pack(const Source& source, const Path& directory,
                            const ReceiveLimits& limits, const WhenReceived& received) {
  return Intake(source, directory, limits, received).run();
}

}  // namespace vcs
