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

ObjectId ObjectOverlay::add(ObjectKind kind, std::string content) {
  const ObjectId id = object_id_of(kind, content);
  if (!contains(id)) added_.emplace(id, Object{kind, std::move(content)});
  return id;
}

Result<Object> ObjectOverlay::read(const ObjectId& id, uint64_t limit) const {
  const auto found = added_.find(id);
  if (found == added_.end()) return below_.read(id, limit);
  if (found->second.content.size() > limit) {
    return Error{Code::limit, "object " + id.hex() + " is too large"};
  }
  return found->second;
}

Result<ObjectHeader> ObjectOverlay::header(const ObjectId& id) const {
  const auto found = added_.find(id);
  if (found == added_.end()) return below_.header(id);
  return ObjectHeader{found->second.kind, found->second.content.size()};
}

bool ObjectOverlay::contains(const ObjectId& id) const {
  return added_.contains(id) || below_.contains(id);
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
