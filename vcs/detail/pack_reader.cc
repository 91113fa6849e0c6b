#include "vcs/detail/pack_reader.h"

#include <algorithm>
#include <atomic>
#include <bit>
#include <cstring>
#include <numeric>
#include <utility>

#include "base/bytes.h"
#include "vcs/compression.h"
#include "vcs/detail/delta.h"
#include "vcs/detail/pack_entry.h"
#include "vcs/detail/zlib_stream.h"

namespace vcs {

using base::Code;
using base::Error;
using base::Result;

namespace {

constexpr size_t kPackHeader = 12;
// git writes chains of at most 4,095 deltas.
constexpr size_t kMaxChain = 4096;

using SharedObject = std::shared_ptr<const Object>;

Error damaged(std::string_view what) {
  return Error{Code::internal, "a pack is damaged: " + std::string(what)};
}

uint64_t next_serial() {
  static std::atomic<uint64_t> serial = 0;
  return ++serial;
}

// Entries lie one after the other, so a part of the pack for each, all as long, holds one or two of
// them: they are counted into these parts, and only what shares one is compared. Several times as
// fast as sorting all, in eight bytes an object.
std::vector<uint32_t> positions_by_offset(const PackLookup& lookup, uint64_t pack_size) {
  const uint32_t count = lookup.count();
  const auto shift = static_cast<unsigned>(std::bit_width(pack_size / std::max(count, 1U)));
  const uint64_t last = pack_size >> shift;
  // What a damaged index says beyond the pack's end comes last: PackCopier looks at each.
  const auto part_of = [&](uint32_t position) {
    return static_cast<size_t>(std::min(lookup.offset_at(position) >> shift, last));
  };
  std::vector<uint32_t> ends(static_cast<size_t>(last) + 2);
  for (uint32_t position = 0; position < count; ++position) ++ends[part_of(position) + 1];
  std::partial_sum(ends.begin(), ends.end(), ends.begin());
  std::vector<uint32_t> positions(count);
  for (uint32_t position = 0; position < count; ++position) {
    positions[ends[part_of(position)]++] = position;
  }
  uint32_t begin = 0;
  for (const uint32_t end : ends) {
    std::sort(positions.begin() + begin, positions.begin() + end,
              [&](uint32_t a, uint32_t b) { return lookup.offset_at(a) < lookup.offset_at(b); });
    begin = end;
  }
  return positions;
}

// Finds out which of a pack's objects are blobs, in the order of their entries: a delta's base has
// nearly always been looked at before.
class BlobFinder {
 public:
  explicit BlobFinder(const PackReader& pack) : pack_(pack), order_(pack.by_offset()) {}

  std::vector<uint64_t> run() {
    offsets_.reserve(order_.size());
    for (const uint32_t position : order_) offsets_.push_back(pack_.lookup().offset_at(position));
    std::vector<uint64_t> blobs(order_.size() / 64 + 1);
    kinds_.resize(order_.size());
    for (size_t n = 0; n < order_.size(); ++n) {
      kinds_[n] = kind_of(n);
      if (kinds_[n] == kBlob) blobs[order_[n] / 64] |= uint64_t{1} << (order_[n] % 64);
    }
    return blobs;
  }

 private:
  static constexpr auto kBlob = static_cast<uint8_t>(ObjectKind::blob);

  uint8_t kind_of(size_t n) const {
    const auto entry = pack_.entry_at(offsets_[n]);
    if (!entry.ok()) return 0;
    if (!entry->is_delta()) return static_cast<uint8_t>(entry->type);
    if (entry->type == EntryType::ofs_delta) {
      const auto base = std::lower_bound(
          offsets_.begin(), offsets_.begin() + static_cast<ptrdiff_t>(n), entry->base_offset);
      if (*base == entry->base_offset) return kinds_[static_cast<size_t>(base - offsets_.begin())];
    }
    const auto header = pack_.header(offsets_[n]);
    return header.ok() ? static_cast<uint8_t>(header->kind) : 0;
  }

  const PackReader& pack_;
  const std::vector<uint32_t>& order_;
  std::vector<uint64_t> offsets_;
  std::vector<uint8_t> kinds_;
};

}  // namespace

Result<std::shared_ptr<const PackReader>> PackReader::open(const base::Path& stem,
                                                           std::shared_ptr<DeltaCache> cache) {
  std::shared_ptr<PackReader> pack(new PackReader);
  pack->stem_ = stem;
  pack->cache_ = std::move(cache);
  pack->serial_ = next_serial();
  pack->lookup_ = TRY(PackLookup::open(stem.string() + ".idx"));
  pack->file_ = TRY(base::MappedFile::open(stem.string() + ".pack"));
  const base::ByteView bytes = pack->file_.bytes();
  if (bytes.size() < kPackHeader + base::Sha1::kSize) return damaged("it is too short");
  const uint32_t version = base::load_be32(bytes.data() + 4);
  if (std::memcmp(bytes.data(), "PACK", 4) != 0 || (version != 2 && version != 3)) {
    return damaged("it has no pack header");
  }
  const base::Sha1 checksum = pack->lookup_.pack_checksum();
  if (base::load_be32(bytes.data() + 8) != pack->lookup_.count() ||
      std::memcmp(bytes.data() + pack->end_of_entries(), checksum.bytes.data(),
                  base::Sha1::kSize) != 0) {
    return damaged("its index belongs to another pack");
  }
  return std::shared_ptr<const PackReader>(std::move(pack));
}

Result<PackEntry> PackReader::entry_at(uint64_t offset) const {
  if (offset < kPackHeader || offset >= end_of_entries()) return damaged("an offset is outside");
  const auto head = parse_entry_header(
      bytes(offset, std::min<uint64_t>(offset + kMaxEntryHeader, end_of_entries())));
  if (!head.ok()) return damaged(head.error().what);
  if (!*head) return damaged("an entry is cut off");
  const EntryHeader& header = **head;
  PackEntry entry{static_cast<EntryType>(header.packed_type), header.size, 0, header.base_id,
                  offset + header.length};
  if (entry.type == EntryType::ofs_delta) {
    if (header.base_distance == 0 || header.base_distance > offset) {
      return damaged("a delta's base is outside");
    }
    entry.base_offset = offset - header.base_distance;
  }
  return entry;
}

Result<uint64_t> PackReader::base_offset_of(const PackEntry& entry) const {
  if (entry.type == EntryType::ofs_delta) return entry.base_offset;
  const auto position = lookup_.find(entry.base_id);
  if (!position) return damaged("a delta's base is missing");
  return lookup_.offset_at(*position);
}

Result<std::string> PackReader::inflate(const PackEntry& entry) const {
  auto content = inflate_exactly(bytes(entry.data_offset, end_of_entries()), entry.size);
  if (!content.ok()) return damaged(content.error().what);
  return content;
}

Result<SharedObject> PackReader::read(uint64_t offset, uint64_t limit) const {
  // Objects on the way may be larger than the one asked for.
  const uint64_t chain_limit = std::max(limit, kObjectLimit);
  std::vector<uint64_t> chain;  // deltas to apply, the last one first
  while (true) {
    if (SharedObject kept = cache_->find(serial_, offset)) return rebuild(kept, chain, limit);
    const PackEntry entry = TRY(entry_at(offset));
    if (entry.size > (chain.empty() && !entry.is_delta() ? limit : chain_limit)) {
      return Error{Code::limit, "an object is larger than " + std::to_string(limit) + " bytes"};
    }
    if (!entry.is_delta()) {
      auto object = std::make_shared<Object>();
      object->kind = static_cast<ObjectKind>(entry.type);
      object->content = TRY(inflate(entry));
      const bool worth_keeping = !chain.empty() || object->kind == ObjectKind::tree;
      if (worth_keeping) cache_->keep(serial_, offset, object);
      return rebuild(std::move(object), chain, limit);
    }
    if (chain.size() == kMaxChain) return damaged("a chain of deltas is too long");
    chain.push_back(offset);
    offset = TRY(base_offset_of(entry));
  }
}

Result<SharedObject> PackReader::rebuild(SharedObject base, const std::vector<uint64_t>& chain,
                                         uint64_t limit) const {
  for (size_t left = chain.size(); left > 0; --left) {
    const uint64_t offset = chain[left - 1];
    const std::string delta = TRY(inflate(TRY(entry_at(offset))));
    auto next = std::make_shared<Object>();
    next->kind = base->kind;
    next->content =
        TRY(apply_delta(base->content, delta, left == 1 ? limit : std::max(limit, kObjectLimit)));
    base = std::move(next);
    if (left > 1 || base->kind == ObjectKind::tree) cache_->keep(serial_, offset, base);
  }
  if (base->content.size() > limit) {
    return Error{Code::limit, "an object is larger than " + std::to_string(limit) + " bytes"};
  }
  return base;
}

Result<ObjectHeader> PackReader::header(uint64_t offset) const {
  PackEntry entry = TRY(entry_at(offset));
  ObjectHeader header;
  header.size = entry.size;
  if (entry.is_delta()) {
    Inflater inflater(bytes(entry.data_offset, end_of_entries()));
    char head[kMaxDeltaHead];
    const size_t got = TRY(inflater.read(head, std::min<uint64_t>(sizeof(head), entry.size)));
    std::string_view view(head, got);
    header.size = TRY(take_delta_sizes(view)).result;
  }
  for (size_t links = 0; entry.is_delta(); ++links) {
    if (links == kMaxChain) return damaged("a chain of deltas is too long");
    entry = TRY(entry_at(TRY(base_offset_of(entry))));
  }
  header.kind = static_cast<ObjectKind>(entry.type);
  return header;
}

std::string_view PackReader::bytes(uint64_t begin, uint64_t end) const {
  return base::as_text(file_.bytes().subspan(begin, end - begin));
}

const std::vector<uint32_t>& PackReader::by_offset() const {
  std::call_once(order_made_, [this] { order_ = positions_by_offset(lookup_, size()); });
  return order_;
}

void PackReader::know_blobs(std::vector<uint64_t> bits) const {
  if (bits.size() != lookup_.count() / 64 + 1) return;
  std::call_once(blobs_found_, [&] { blobs_ = std::move(bits); });
}

const std::vector<uint64_t>& PackReader::blobs() const {
  std::call_once(blobs_found_, [this] { blobs_ = BlobFinder(*this).run(); });
  return blobs_;
}

}  // namespace vcs
