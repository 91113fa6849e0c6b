// Puts a pack of chosen objects together by copying entries as they are stored. A delta is copied
// if its base came before it in the same pack, with its distance rewritten if something between
// them was left out; otherwise the object is written whole. No delta is ever searched for. What can
// be taken over byte for byte reaches the target in as few and as long pieces as possible: all of a
// pack in one. The same objects in the same packs always give the same bytes.
//
//   PackStreamer out(sink);
//   TRY(PackCopier(objects, offset_deltas, out).write());
//   TRY(out.finish());
//
// Memory: four bytes for each object of a source pack that is copied in part, and sixteen for each
// gap. Belongs to one thread.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "base/digest.h"
#include "base/result.h"
#include "vcs/detail/object_set.h"
#include "vcs/pkt_line.h"

namespace vcs {

// Where the parts of a pack go, in their order.
class PackTarget {
 public:
  virtual ~PackTarget() = default;
  // The stored bytes [begin, end) of a pack.
  virtual base::Result<void> copy(const std::shared_ptr<const PackReader>& pack, uint64_t begin,
                                  uint64_t end) = 0;
  virtual base::Result<void> append(std::string_view bytes) = 0;
};

// Sends the parts on, and their checksum after them.
class PackStreamer : public PackTarget {
 public:
  explicit PackStreamer(Sink out) : out_(std::move(out)) {}
  base::Result<void> copy(const std::shared_ptr<const PackReader>& pack, uint64_t begin,
                          uint64_t end) override;
  base::Result<void> append(std::string_view bytes) override;
  // Sends the trailer and says it.
  base::Result<base::Sha1> finish();

 private:
  Sink out_;
  base::Hasher<base::Sha1> hasher_;
};

class PackCopier {
 public:
  // `offset_deltas`: the client understands deltas that name their base by distance.
  PackCopier(const ObjectSet& objects, bool offset_deltas, PackTarget& target)
      : objects_(objects), offset_deltas_(offset_deltas), target_(target) {}

  // All but the trailer.
  base::Result<void> write();
  // The trailer, if it is known without hashing: the pack is one that is stored.
  std::optional<base::Sha1> known_trailer() const;

 private:
  using Pack = std::shared_ptr<const PackReader>;
  // Entries of the source that keep their distances, or that are left out, from `begin` on.
  struct Run {
    uint64_t begin = 0;
    uint64_t written = 0;  // where in the new pack; kLeftOut
  };
  static constexpr uint64_t kLeftOut = UINT64_MAX;

  const Pack& pack(size_t index) const { return objects_.view()->packs()[index]; }
  bool is_whole(size_t index) const;
  base::Result<void> copy_pack(size_t index);
  base::Result<void> copy_part(size_t index);
  base::Result<void> copy_entry(const Pack& pack, uint64_t begin, uint64_t end);
  base::Result<void> copy_delta(const Pack& pack, uint64_t begin, uint64_t end);
  base::Result<void> copy_loose();
  void leave_out(uint64_t begin);
  void take(uint64_t begin);
  // Where in the new pack the entry is that began here; nothing if it was left out.
  std::optional<uint64_t> place_of(uint64_t begin) const;
  base::Result<void> copy(const Pack& pack, uint64_t begin, uint64_t end);
  base::Result<void> append(std::string_view bytes);
  base::Result<void> flush();

  const ObjectSet& objects_;
  bool offset_deltas_;
  PackTarget& target_;
  uint64_t written_ = 0;
  std::vector<Run> runs_;  // of the pack that is being copied
  // Bytes that wait for those that follow them.
  Pack pending_;
  uint64_t pending_begin_ = 0;
  uint64_t pending_end_ = 0;
};

}  // namespace vcs
