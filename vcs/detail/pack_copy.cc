#include "vcs/detail/pack_copy.h"

#include <algorithm>
#include <unordered_map>

#include "vcs/detail/pack_entry.h"
#include "vcs/detail/pack_sink.h"

namespace vcs {
namespace {

using base::Result;
using Pack = std::shared_ptr<const PackReader>;

constexpr size_t kAskEvery = 1024;

class Copier {
 public:
  Copier(std::span<const Pack> joined, const CopyOptions& options)
      : joined_(joined), options_(options) {
    for (size_t i = 0; i < joined.size(); ++i) choose(i);
  }

  Result<std::string> write(const base::Path& directory, const StepObserver& observer) {
    if (chosen_.empty()) return std::string();
    const auto count = static_cast<uint32_t>(chosen_.size());
    PackSink sink = TRY(PackSink::create(directory, count, observer));
    for (size_t i = 0; i < joined_.size(); ++i) TRY(copy_pack(i, sink));
    return "pack-" + TRY(sink.finish()).hex();
  }

 private:
  struct Choice {
    size_t pack = 0;       // whose copy is taken
    uint64_t written = 0;  // its place in the new pack; 0: not there yet
  };

  void choose(size_t i) {
    const PackLookup& lookup = joined_[i]->lookup();
    for (uint32_t position = 0; position < lookup.count(); ++position) {
      const ObjectId id = lookup.id_at(position);
      if (options_.leaves_out && options_.leaves_out(id)) continue;
      chosen_.try_emplace(id, Choice{i, 0});
    }
  }

  Result<void> copy_pack(size_t i, PackSink& sink) {
    const PackReader& pack = *joined_[i];
    const std::vector<uint32_t>& order = pack.by_offset();
    for (size_t n = 0; n < order.size(); ++n) {
      if (n % kAskEvery == 0) TRY(go_on(options_.stop));
      const ObjectId id = pack.lookup().id_at(order[n]);
      const auto choice = chosen_.find(id);
      if (choice == chosen_.end() || choice->second.pack != i) continue;
      const uint64_t begin = pack.lookup().offset_at(order[n]);
      const uint64_t end =
          n + 1 < order.size() ? pack.lookup().offset_at(order[n + 1]) : pack.end_of_entries();
      const std::string entry = TRY(entry_of(i, begin, end, sink.offset()));
      choice->second.written = sink.offset();
      TRY(sink.add(id, entry));
    }
    return {};
  }

  // The entry as it shall be written at `place`.
  Result<std::string> entry_of(size_t i, uint64_t begin, uint64_t end, uint64_t place) const {
    const PackReader& pack = *joined_[i];
    const PackEntry entry = TRY(pack.entry_at(begin));
    if (!entry.is_delta()) return std::string(pack.bytes(begin, end));
    const ObjectId base = id_at(pack, TRY(pack.base_offset_of(entry)));
    const auto choice = chosen_.find(base);
    // Deltas of one pack never go in circles; across packs they could.
    if (choice == chosen_.end() || choice->second.pack != i) return whole(pack, begin);
    std::string out;
    if (choice->second.written != 0) {
      append_entry_header(out, kPackedOffsetDelta, entry.size);
      append_distance(out, place - choice->second.written);
    } else {
      append_entry_header(out, kPackedIdDelta, entry.size);
      out += base::as_text(base.bytes);
    }
    out += pack.bytes(entry.data_offset, end);
    return out;
  }

  static Result<std::string> whole(const PackReader& pack, uint64_t offset) {
    const auto object = TRY(pack.read(offset, UINT64_MAX));
    return encode_entry(object->kind, object->content);
  }

  static ObjectId id_at(const PackReader& pack, uint64_t offset) {
    const std::vector<uint32_t>& order = pack.by_offset();
    const auto found = std::lower_bound(order.begin(), order.end(), offset,
                                        [&](uint32_t position, uint64_t wanted) {
                                          return pack.lookup().offset_at(position) < wanted;
                                        });
    const bool is_there = found != order.end() && pack.lookup().offset_at(*found) == offset;
    return is_there ? pack.lookup().id_at(*found) : kNoObject;
  }

  std::span<const Pack> joined_;
  const CopyOptions& options_;
  std::unordered_map<ObjectId, Choice> chosen_;
};

}  // namespace

Result<std::string> copy_packs(std::span<const Pack> packs, const CopyOptions& options,
                               const base::Path& directory, const StepObserver& observer) {
  return Copier(packs, options).write(directory, observer);
}

}  // namespace vcs
