#include "vcs/detail/pack_copier.h"

#include <algorithm>
#include <string>

#include "base/bytes.h"
#include "vcs/detail/pack_entry.h"

namespace vcs {

using base::Code;
using base::Error;
using base::Result;

namespace {

constexpr size_t kPackHeader = 12;
constexpr size_t kCopyStep = size_t{1} << 20;

// The distance back to a base: seven bits a byte, each but the last plus one (gitformat-pack).
void append_distance(std::string& out, uint64_t distance) {
  char digits[10];
  size_t first = sizeof(digits) - 1;
  digits[first] = static_cast<char>(distance & 0x7f);
  while ((distance >>= 7) != 0) {
    --distance;
    digits[--first] = static_cast<char>(0x80 | (distance & 0x7f));
  }
  out.append(digits + first, sizeof(digits) - first);
}

}  // namespace

Result<void> PackCopier::emit(std::string_view bytes) {
  while (!bytes.empty()) {
    const std::string_view step = bytes.substr(0, kCopyStep);
    hasher_.update(step);
    TRY(out_(step));
    written_ += step.size();
    bytes.remove_prefix(step.size());
  }
  return {};
}

Result<void> PackCopier::write() {
  std::string header = "PACK";
  base::append_be32(header, 2);
  base::append_be32(header, static_cast<uint32_t>(objects_.size()));
  TRY(emit(header));
  for (size_t pack = 0; pack < objects_.view()->packs().size(); ++pack) TRY(copy_pack(pack));
  TRY(copy_loose());
  const base::Sha1 checksum = hasher_.finish();
  return out_(base::as_text(checksum.bytes));
}

Result<void> PackCopier::copy_pack(size_t index) {
  if (objects_.count_in(index) == 0) return {};
  if (TRY(copy_whole(index))) return {};
  const PackReader& pack = *objects_.view()->packs()[index];
  std::vector<Chosen> chosen;
  chosen.reserve(objects_.count_in(index));
  for (const uint32_t position : objects_.positions_in(index)) {
    chosen.push_back({pack.lookup().offset_at(position), 0});
  }
  std::sort(chosen.begin(), chosen.end(),
            [](const Chosen& a, const Chosen& b) { return a.begin < b.begin; });
  return copy_chosen(pack, chosen);
}

// Distances inside a pack stay true when all of it is copied.
Result<bool> PackCopier::copy_whole(size_t index) {
  const PackReader& pack = *objects_.view()->packs()[index];
  if (!offset_deltas_ || objects_.count_in(index) != pack.lookup().count()) return false;
  TRY(emit(pack.bytes(kPackHeader, pack.end_of_entries())));
  return true;
}

Result<void> PackCopier::copy_chosen(const PackReader& pack, std::vector<Chosen>& chosen) {
  for (size_t i = 0; i < chosen.size(); ++i) {
    const uint64_t end = pack.end_of_entry(chosen[i].begin);
    chosen[i].written = written_;
    TRY(copy_entry(pack, std::span(chosen).first(i), chosen[i].begin, end));
  }
  return {};
}

Result<void> PackCopier::copy_entry(const PackReader& pack, std::span<const Chosen> before,
                                    uint64_t begin, uint64_t end) {
  const PackEntry entry = TRY(pack.entry_at(begin));
  if (entry.data_offset > end) return Error{Code::internal, "a pack's entries overlap"};
  if (!entry.is_delta()) return emit(pack.bytes(begin, end));
  const uint64_t base = TRY(pack.base_offset_of(entry));
  const auto found =
      std::lower_bound(before.begin(), before.end(), base,
                       [](const Chosen& chosen, uint64_t offset) { return chosen.begin < offset; });
  if (!offset_deltas_ || found == before.end() || found->begin != base) {
    const auto object = TRY(pack.read(begin, kObjectLimit));
    return emit(encode_entry(object->kind, object->content));
  }
  std::string head;
  append_entry_header(head, kPackedOffsetDelta, entry.size);
  append_distance(head, written_ - found->written);
  TRY(emit(head));
  return emit(pack.bytes(entry.data_offset, end));
}

Result<void> PackCopier::copy_loose() {
  for (const ObjectId& id : objects_.loose()) {
    const Object object = TRY(objects_.view()->read(id));
    TRY(emit(encode_entry(object.kind, object.content)));
  }
  return {};
}

}  // namespace vcs
