// Writes a pack of chosen objects by copying entries as they are stored. A delta is copied if its
// base was written before it in the same pack, with its distance rewritten; otherwise the object is
// written whole. No delta is ever searched for. Memory: eight bytes for each object of one source
// pack that is copied in part, none for a pack that is copied in full.
#pragma once

#include <cstdint>
#include <functional>
#include <string_view>
#include <vector>

#include "base/digest.h"
#include "base/result.h"
#include "vcs/detail/object_set.h"
#include "vcs/pkt_line.h"

namespace vcs {

class PackCopier {
 public:
  // `offset_deltas`: the client understands deltas that name their base by distance.
  PackCopier(const ObjectSet& objects, bool offset_deltas, Sink out)
      : objects_(objects), offset_deltas_(offset_deltas), out_(std::move(out)) {}

  base::Result<void> write();

 private:
  struct Chosen {
    uint64_t begin = 0;    // in the source pack
    uint64_t written = 0;  // in the pack that is made
  };
  base::Result<void> emit(std::string_view bytes);
  base::Result<void> copy_pack(size_t pack);
  base::Result<bool> copy_whole(size_t pack);
  base::Result<void> copy_chosen(const PackReader& pack, std::vector<Chosen>& chosen);
  base::Result<void> copy_entry(const PackReader& pack, std::span<const Chosen> before,
                                uint64_t begin, uint64_t end);
  base::Result<void> copy_loose();

  const ObjectSet& objects_;
  bool offset_deltas_;
  Sink out_;
  base::Hasher<base::Sha1> hasher_;
  uint64_t written_ = 0;
};

}  // namespace vcs
