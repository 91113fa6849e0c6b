#include "vcs/detail/pack_copier.h"

#include <algorithm>
#include <array>
#include <string>

#include "base/bytes.h"
#include "vcs/detail/pack_entry.h"

namespace vcs {

using base::Code;
using base::Error;
using base::Result;

namespace {

constexpr size_t kPackHeader = 12;
// Small enough that what was hashed is still in the processor's cache when it is sent.
constexpr size_t kStep = size_t{64} << 10;

bool is_delta(char first_byte) {
  const int type = (static_cast<uint8_t>(first_byte) >> 4) & 7;
  return type == kPackedOffsetDelta || type == kPackedIdDelta;
}

// Where the entries of a pack begin, in their order. The index has them in the order of ids, each
// far from the one before: looked up many at a time, the processor waits for all of them at once.
class EntryStarts {
 public:
  EntryStarts(const PackLookup& lookup, const std::vector<uint32_t>& order)
      : lookup_(lookup), order_(order) {}

  // As often as there are entries.
  uint64_t next() {
    if (at_ == block_.size()) read_block();
    return block_[at_++];
  }

 private:
  void read_block() {
    const size_t count = std::min(block_.size(), order_.size() - done_);
    for (size_t i = 0; i < count; ++i) block_[i] = lookup_.offset_at(order_[done_ + i]);
    done_ += count;
    at_ = 0;
  }

  const PackLookup& lookup_;
  const std::vector<uint32_t>& order_;
  std::array<uint64_t, 256> block_;
  size_t at_ = block_.size();
  size_t done_ = 0;
};

}  // namespace

Result<void> PackStreamer::copy(const std::shared_ptr<const PackReader>& pack, uint64_t begin,
                                uint64_t end) {
  return append(pack->bytes(begin, end));
}

Result<void> PackStreamer::append(std::string_view bytes) {
  while (!bytes.empty()) {
    const std::string_view step = bytes.substr(0, kStep);
    hasher_.update(step);
    TRY(out_(step));
    bytes.remove_prefix(step.size());
  }
  return {};
}

Result<base::Sha1> PackStreamer::finish() {
  const base::Sha1 trailer = hasher_.finish();
  TRY(out_(base::as_text(trailer.bytes)));
  return trailer;
}

Result<void> PackCopier::write() {
  std::string header = "PACK";
  base::append_be32(header, 2);
  base::append_be32(header, static_cast<uint32_t>(objects_.size()));
  TRY(append(header));
  for (size_t index = 0; index < objects_.view()->packs().size(); ++index) TRY(copy_pack(index));
  TRY(copy_loose());
  return flush();
}

// Distances inside a pack stay true when all of it is copied.
bool PackCopier::is_whole(size_t index) const {
  return offset_deltas_ && objects_.count_in(index) == pack(index)->lookup().count();
}

std::optional<base::Sha1> PackCopier::known_trailer() const {
  for (size_t index = 0; index < objects_.view()->packs().size(); ++index) {
    if (objects_.count_in(index) != objects_.size()) continue;
    constexpr std::string_view kVersion2("PACK\0\0\0\2", 8);
    const bool is_same = is_whole(index) && pack(index)->bytes(0, kVersion2.size()) == kVersion2;
    if (is_same) return pack(index)->lookup().pack_checksum();
  }
  return std::nullopt;
}

Result<void> PackCopier::copy_pack(size_t index) {
  if (objects_.count_in(index) == 0) return {};
  if (!is_whole(index)) return copy_part(index);
  return copy(pack(index), kPackHeader, pack(index)->end_of_entries());
}

Result<void> PackCopier::copy_part(size_t index) {
  const Pack& source = pack(index);
  const std::vector<uint32_t>& order = source->by_offset();
  const uint64_t end_of_entries = source->end_of_entries();
  runs_.clear();
  EntryStarts starts(source->lookup(), order);
  uint64_t begin = order.empty() ? end_of_entries : starts.next();
  for (size_t n = 0; n < order.size(); ++n) {
    const bool is_last = n + 1 == order.size();
    const uint64_t end = is_last ? end_of_entries : starts.next();
    if (begin < kPackHeader || begin >= end || end > end_of_entries) {
      return Error{Code::internal, "a pack's index is damaged: entries overlap"};
    }
    if (objects_.has(index, order[n])) {
      TRY(copy_entry(source, begin, end));
    } else {
      leave_out(begin);
    }
    begin = end;
  }
  return {};
}

Result<void> PackCopier::copy_entry(const Pack& pack, uint64_t begin, uint64_t end) {
  take(begin);
  // As long as nothing was left out, no distance has changed.
  const bool is_first_run = runs_.size() == 1 && runs_.front().begin == kPackHeader;
  const char first = pack->bytes(begin, begin + 1).front();
  const bool is_by_id = is_delta(first) && (static_cast<uint8_t>(first) >> 4 & 1) != 0;
  if (!is_delta(first) || (is_first_run && !is_by_id && offset_deltas_)) {
    return copy(pack, begin, end);
  }
  return copy_delta(pack, begin, end);
}

Result<void> PackCopier::copy_delta(const Pack& pack, uint64_t begin, uint64_t end) {
  const PackEntry entry = TRY(pack->entry_at(begin));
  if (entry.data_offset > end) return Error{Code::internal, "a pack's entries overlap"};
  const uint64_t base = TRY(pack->base_offset_of(entry));
  const auto place = base < begin ? place_of(base) : std::nullopt;
  if (!offset_deltas_ || !place) {
    const auto object = TRY(pack->read(begin, kObjectLimit));
    return append(encode_entry(object->kind, object->content));
  }
  const uint64_t distance = written_ - *place;
  if (entry.type == EntryType::ofs_delta && distance == begin - base) {
    return copy(pack, begin, end);
  }
  std::string head;
  append_entry_header(head, kPackedOffsetDelta, entry.size);
  append_distance(head, distance);
  TRY(append(head));
  return copy(pack, entry.data_offset, end);
}

Result<void> PackCopier::copy_loose() {
  for (const ObjectId& id : objects_.loose()) {
    const Object object = TRY(objects_.view()->read(id));
    TRY(append(encode_entry(object.kind, object.content)));
  }
  return {};
}

void PackCopier::leave_out(uint64_t begin) {
  if (runs_.empty() || runs_.back().written != kLeftOut) runs_.push_back({begin, kLeftOut});
}

void PackCopier::take(uint64_t begin) {
  const bool goes_on = !runs_.empty() && runs_.back().written != kLeftOut &&
                       begin - runs_.back().begin == written_ - runs_.back().written;
  if (!goes_on) runs_.push_back({begin, written_});
}

std::optional<uint64_t> PackCopier::place_of(uint64_t begin) const {
  const auto after =
      std::upper_bound(runs_.begin(), runs_.end(), begin,
                       [](uint64_t wanted, const Run& run) { return wanted < run.begin; });
  if (after == runs_.begin()) return std::nullopt;
  const Run& run = *(after - 1);
  if (run.written == kLeftOut) return std::nullopt;
  return run.written + (begin - run.begin);
}

Result<void> PackCopier::copy(const Pack& pack, uint64_t begin, uint64_t end) {
  written_ += end - begin;
  if (pending_ == pack && pending_end_ == begin) {
    pending_end_ = end;
    return {};
  }
  TRY(flush());
  pending_ = pack;
  pending_begin_ = begin;
  pending_end_ = end;
  return {};
}

Result<void> PackCopier::append(std::string_view bytes) {
  TRY(flush());
  written_ += bytes.size();
  return target_.append(bytes);
}

Result<void> PackCopier::flush() {
  if (!pending_) return {};
  const Pack pack = std::move(pending_);
  pending_ = nullptr;
  return target_.copy(pack, pending_begin_, pending_end_);
}

}  // namespace vcs
