#include "vcs/detail/object_view.h"

#include <algorithm>
#include <filesystem>
#include <string>
#include <utility>

namespace vcs {

using base::Code;
using base::Error;
using base::Path;
using base::Result;

namespace {

struct FoundPack {
  std::filesystem::file_time_type time;
  Path stem;
};

// Those with an index: it is put in place last. Newest first, since new objects are asked for most.
Result<std::vector<FoundPack>> find_packs(const Path& directory) {
  std::vector<FoundPack> found;
  std::error_code error;
  for (std::filesystem::directory_iterator it(directory, error), end; !error && it != end;
       it.increment(error)) {
    const Path& path = it->path();
    if (path.extension() != ".idx" || !path.filename().string().starts_with("pack-")) continue;
    std::error_code gone;
    const auto time = it->last_write_time(gone);
    if (!gone) found.push_back({time, path.parent_path() / path.stem()});
  }
  if (error && error != std::errc::no_such_file_or_directory) {
    return Error{Code::io, "list " + directory.string() + ": " + error.message()};
  }
  std::sort(found.begin(), found.end(), [](const FoundPack& a, const FoundPack& b) {
    return a.time != b.time ? a.time > b.time : a.stem < b.stem;
  });
  return found;
}

std::shared_ptr<const PackReader> known_pack(const ObjectView* view, const Path& stem) {
  if (view == nullptr) return nullptr;
  for (const auto& pack : view->packs()) {
    if (pack->stem() == stem) return pack;
  }
  return nullptr;
}

}  // namespace

ObjectView::ObjectView(Path objects, Packs packs, std::vector<std::string> damaged,
                       std::shared_ptr<DeltaCache> cache)
    : objects_(std::move(objects)),
      packs_(std::move(packs)),
      damaged_(std::move(damaged)),
      loose_(objects_),
      cache_(std::move(cache)) {}

Result<std::shared_ptr<const ObjectView>> ObjectView::open(const Path& objects,
                                                           const ObjectView* before,
                                                           std::shared_ptr<DeltaCache> cache) {
  Packs packs;
  std::vector<std::string> damaged;
  for (const FoundPack& found : TRY(find_packs(objects / "pack"))) {
    if (auto pack = known_pack(before, found.stem)) {
      packs.push_back(std::move(pack));
      continue;
    }
    auto opened = PackReader::open(found.stem, cache);
    if (opened.ok()) {
      packs.push_back(std::move(opened).value());
    } else if (std::filesystem::exists(found.stem.string() + ".idx")) {  // not just rolled up
      damaged.push_back(found.stem.string() + ".pack: " + opened.error().what);
    }
  }
  return std::shared_ptr<const ObjectView>(
      new ObjectView(objects, std::move(packs), std::move(damaged), std::move(cache)));
}

Result<std::shared_ptr<const ObjectView>> ObjectView::with_pack(std::string_view name) const {
  const Path stem = objects_ / "pack" / name;
  Packs packs;
  packs.reserve(packs_.size() + 1);
  if (!known_pack(this, stem)) packs.push_back(TRY(PackReader::open(stem, cache_)));
  packs.insert(packs.end(), packs_.begin(), packs_.end());
  return std::shared_ptr<const ObjectView>(
      new ObjectView(objects_, std::move(packs), damaged_, cache_));
}

// While a pack is unreadable nobody can say that an object was never there.
Error ObjectView::missing(const ObjectId& id) const {
  if (damaged_.empty()) return Error{Code::not_found, "there is no object " + id.hex()};
  return Error{Code::internal, "object " + id.hex() + " cannot be read; " + damaged_.front()};
}

std::optional<Place> ObjectView::find_packed(const ObjectId& id) const {
  for (uint32_t i = 0; i < packs_.size(); ++i) {
    if (const auto position = packs_[i]->lookup().find(id)) return Place{i, *position};
  }
  return std::nullopt;
}

std::optional<Place> ObjectView::find(const ObjectId& id) const {
  if (const auto place = find_packed(id)) return place;
  if (loose_.contains(id)) return Place{};
  return std::nullopt;
}

uint64_t ObjectView::offset_of(const Place& place) const {
  return pack_of(place).lookup().offset_at(place.position);
}

Result<std::shared_ptr<const Object>> ObjectView::read_shared(const ObjectId& id,
                                                              uint64_t limit) const {
  if (const auto place = find_packed(id)) return pack_of(*place).read(offset_of(*place), limit);
  auto object = loose_.read(id, limit);
  if (object.ok()) return std::make_shared<const Object>(std::move(object).value());
  if (object.error().code != Code::not_found) return object.error();
  return missing(id);
}

Result<Object> ObjectView::read(const ObjectId& id, uint64_t limit) const {
  return *TRY(read_shared(id, limit));
}

Result<ObjectHeader> ObjectView::header(const ObjectId& id) const {
  if (const auto place = find_packed(id)) return pack_of(*place).header(offset_of(*place));
  auto header = loose_.header(id);
  if (header.ok() || header.error().code != Code::not_found) return header;
  return missing(id);
}

bool ObjectView::contains(const ObjectId& id) const {
  return find(id).has_value();
}

}  // namespace vcs
