#include "vcs/detail/object_set.h"

#include <algorithm>
#include <bit>
#include <utility>

namespace vcs {

using base::Code;
using base::Error;
using base::Result;

ObjectSet::ObjectSet(std::shared_ptr<const ObjectView> view)
    : view_(std::move(view)), parts_(view_->packs().size()) {}

bool ObjectSet::set(size_t pack, uint32_t position) {
  Part& part = parts_[pack];
  if (part.bits.empty()) part.bits.resize(view_->packs()[pack]->lookup().count() / 64 + 1);
  uint64_t& word = part.bits[position / 64];
  const uint64_t bit = uint64_t{1} << (position % 64);
  if ((word & bit) != 0) return false;
  word |= bit;
  ++part.count;
  ++size_;
  return true;
}

Result<bool> ObjectSet::insert(const ObjectId& id) {
  if (any_pack_ && contains(id)) return false;
  const auto place = view_->find(id);
  if (!place) return Error{Code::not_found, "there is no object " + id.hex()};
  if (place->pack != Place::kLoose) return set(place->pack, place->position);
  const bool is_new = loose_.insert(id).second;
  if (is_new) ++size_;
  return is_new;
}

bool ObjectSet::contains(const ObjectId& id) const {
  if (loose_.contains(id)) return true;
  for (size_t pack = 0; pack < parts_.size(); ++pack) {
    if (parts_[pack].bits.empty()) continue;
    const auto position = view_->packs()[pack]->lookup().find(id);
    if (position && has(pack, *position)) return true;
  }
  return false;
}

std::vector<uint32_t> ObjectSet::positions_in(size_t pack) const {
  std::vector<uint32_t> out;
  out.reserve(parts_[pack].count);
  const std::vector<uint64_t>& bits = parts_[pack].bits;
  for (size_t i = 0; i < bits.size(); ++i) {
    for (uint64_t word = bits[i]; word != 0; word &= word - 1) {
      out.push_back(static_cast<uint32_t>(i * 64 + static_cast<size_t>(std::countr_zero(word))));
    }
  }
  return out;
}

bool ObjectSet::set_bits(size_t pack, std::vector<uint64_t> bits) {
  const uint32_t positions = view_->packs()[pack]->lookup().count();
  if (bits.size() != positions / 64 + 1 || bits.back() >> (positions % 64) != 0) return false;
  size_t count = 0;
  for (const uint64_t word : bits) count += static_cast<size_t>(std::popcount(word));
  size_ += count - parts_[pack].count;
  parts_[pack] = {std::move(bits), count};
  any_pack_ = true;
  return true;
}

Result<ObjectSet> ObjectSet::without_blobs() const {
  ObjectSet kept(view_);
  for (size_t i = 0; i < parts_.size(); ++i) {
    if (parts_[i].bits.empty()) continue;
    const std::vector<uint64_t>& blobs = view_->packs()[i]->blobs();
    std::vector<uint64_t> bits = parts_[i].bits;
    for (size_t n = 0; n < bits.size(); ++n) bits[n] &= ~blobs[n];
    kept.set_bits(i, std::move(bits));
  }
  for (const ObjectId& id : loose_) {
    if (TRY(view_->header(id)).kind != ObjectKind::blob) TRY(kept.insert(id));
  }
  return kept;
}

Result<ObjectSet> ObjectSet::moved_to(std::shared_ptr<const ObjectView> view) const {
  ObjectSet moved(std::move(view));
  moved.any_pack_ = true;
  const auto& packs = moved.view_->packs();
  std::vector<size_t> gone;
  for (size_t i = 0; i < parts_.size(); ++i) {
    const auto same = std::find(packs.begin(), packs.end(), view_->packs()[i]);
    if (same == packs.end()) {
      gone.push_back(i);
      continue;
    }
    moved.parts_[static_cast<size_t>(same - packs.begin())] = parts_[i];
    moved.size_ += parts_[i].count;
  }
  for (const size_t pack : gone) {
    const PackLookup& lookup = view_->packs()[pack]->lookup();
    for (const uint32_t position : positions_in(pack)) TRY(moved.insert(lookup.id_at(position)));
  }
  for (const ObjectId& id : loose_) TRY(moved.insert(id));
  return moved;
}

}  // namespace vcs
