// All objects of a repository at one moment: its packs, newest first, and its loose objects. Adding
// a pack makes a new view; who holds the old one reads on undisturbed, also of packs that were
// deleted since. Immutable, safe from many threads.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/file.h"
#include "base/result.h"
#include "vcs/detail/loose_objects.h"
#include "vcs/detail/pack_reader.h"
#include "vcs/object_reader.h"

namespace vcs {

// Where an object was found first; one id has one place in a view.
struct Place {
  static constexpr uint32_t kLoose = UINT32_MAX;
  uint32_t pack = kLoose;  // among packs()
  uint32_t position = 0;   // among the pack's sorted ids
  bool operator==(const Place&) const = default;
};

class ObjectView : public ObjectReader {
 public:
  using Packs = std::vector<std::shared_ptr<const PackReader>>;

  // Reads what is there now; packs that `before` (may be null) holds already are taken over.
  static base::Result<std::shared_ptr<const ObjectView>> open(const base::Path& objects,
                                                              const ObjectView* before,
                                                              std::shared_ptr<DeltaCache> cache);
  // This view and one more pack of the pack directory.
  base::Result<std::shared_ptr<const ObjectView>> with_pack(std::string_view name) const;

  const Packs& packs() const { return packs_; }
  // A sentence for each pack that could not be opened; what is in the others stays readable.
  const std::vector<std::string>& damaged() const { return damaged_; }
  // Nothing if there is no such object in a pack; loose objects are looked for by find().
  std::optional<Place> find_packed(const ObjectId& id) const;
  std::optional<Place> find(const ObjectId& id) const;

  // Without copying what the cache holds.
  base::Result<std::shared_ptr<const Object>> read_shared(const ObjectId& id,
                                                          uint64_t limit = kObjectLimit) const;
  base::Result<Object> read(const ObjectId& id, uint64_t limit = kObjectLimit) const override;
  base::Result<ObjectHeader> header(const ObjectId& id) const override;
  bool contains(const ObjectId& id) const override;

 private:
  ObjectView(base::Path objects, Packs packs, std::vector<std::string> damaged,
             std::shared_ptr<DeltaCache> cache);
  base::Error missing(const ObjectId& id) const;
  const PackReader& pack_of(const Place& place) const { return *packs_[place.pack]; }
  uint64_t offset_of(const Place& place) const;

  base::Path objects_;
  Packs packs_;
  std::vector<std::string> damaged_;
  LooseObjects loose_;
  std::shared_ptr<DeltaCache> cache_;
};

}  // namespace vcs
