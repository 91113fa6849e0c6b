// A set of objects of one view: one bit for each object of a pack, so that a million objects take
// 125 KB; loose objects by id. Belongs to one thread while it changes.
#pragma once

#include <cstdint>
#include <memory>
#include <unordered_set>
#include <vector>

#include "base/result.h"
#include "vcs/detail/object_view.h"

namespace vcs {

class ObjectSet {
 public:
  explicit ObjectSet(std::shared_ptr<const ObjectView> view);

  const std::shared_ptr<const ObjectView>& view() const { return view_; }
  size_t size() const { return size_; }

  // True if the object was not in the set; Code::not_found if there is no such object.
  base::Result<bool> insert(const ObjectId& id);
  bool contains(const ObjectId& id) const;

  // The same objects in a newer view, whose packs may be others.
  base::Result<ObjectSet> moved_to(std::shared_ptr<const ObjectView> view) const;

  // Those that are no blobs: a whole word of bits at a time.
  base::Result<ObjectSet> without_blobs() const;

  // The bits of the view's n-th pack, by position; empty if it has no member.
  const std::vector<uint64_t>& bits_of(size_t pack) const { return parts_[pack].bits; }
  // Replaces them; false if they do not fit that pack.
  bool set_bits(size_t pack, std::vector<uint64_t> bits);

  // Of the view's n-th pack.
  size_t count_in(size_t pack) const { return parts_[pack].count; }
  bool has(size_t pack, uint32_t position) const {
    const std::vector<uint64_t>& bits = parts_[pack].bits;
    return !bits.empty() && (bits[position / 64] >> (position % 64) & 1) != 0;
  }
  // The positions in the n-th pack, ascending.
  std::vector<uint32_t> positions_in(size_t pack) const;
  const std::unordered_set<ObjectId>& loose() const { return loose_; }

 private:
  struct Part {
    std::vector<uint64_t> bits;  // empty as long as the pack has no member
    size_t count = 0;
  };
  bool set(size_t pack, uint32_t position);

  std::shared_ptr<const ObjectView> view_;
  std::vector<Part> parts_;
  std::unordered_set<ObjectId> loose_;
  size_t size_ = 0;
  // After a move an object may be a member in another pack than the one where it is found first.
  bool any_pack_ = false;
};

}  // namespace vcs
