#include "vcs/object_reader.h"

#include <utility>

namespace vcs {

using base::Code;
using base::Error;
using base::Result;

Result<std::string> read_object_of(const ObjectReader& objects, ObjectKind kind, const ObjectId& id,
                                   uint64_t limit) {
  Object object = TRY(objects.read(id, limit));
  if (object.kind != kind) {
    return Error{Code::invalid, "object " + id.hex() + " is a " +
                                    std::string(name_of(object.kind)) + ", not a " +
                                    std::string(name_of(kind))};
  }
  return std::move(object.content);
}

ObjectId ObjectOverlay::add(ObjectKind kind, std::string content, const ObjectId& like) {
  const ObjectId id = object_id_of(kind, content);
  if (!contains(id)) keep({id, {kind, std::move(content)}, like});
  return id;
}

void ObjectOverlay::add_all(ObjectOverlay&& other) {
  for (NewObject& object : other.added_) keep(std::move(object));
  other.added_.clear();
  other.places_.clear();
}

void ObjectOverlay::keep(NewObject object) {
  if (places_.emplace(object.id, added_.size()).second) added_.push_back(std::move(object));
}

const Object* ObjectOverlay::find(const ObjectId& id) const {
  const auto found = places_.find(id);
  return found == places_.end() ? nullptr : &added_[found->second].object;
}

Result<Object> ObjectOverlay::read(const ObjectId& id, uint64_t limit) const {
  const Object* found = find(id);
  if (found == nullptr) return below_.read(id, limit);
  if (found->content.size() > limit) {
    return Error{Code::limit, "object " + id.hex() + " is too large"};
  }
  return *found;
}

Result<ObjectHeader> ObjectOverlay::header(const ObjectId& id) const {
  const Object* found = find(id);
  if (found == nullptr) return below_.header(id);
  return ObjectHeader{found->kind, found->content.size()};
}

bool ObjectOverlay::contains(const ObjectId& id) const {
  return places_.contains(id) || below_.contains(id);
}

Result<Object> StackedReader::read(const ObjectId& id, uint64_t limit) const {
  auto object = first_.read(id, limit);
  if (object.ok() || object.error().code != Code::not_found) return object;
  return second_.read(id, limit);
}

Result<ObjectHeader> StackedReader::header(const ObjectId& id) const {
  auto header = first_.header(id);
  if (header.ok() || header.error().code != Code::not_found) return header;
  return second_.header(id);
}

bool StackedReader::contains(const ObjectId& id) const {
  return first_.contains(id) || second_.contains(id);
}

}  // namespace vcs
