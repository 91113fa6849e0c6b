// Where git objects come from: a repository, a pack in quarantine, or objects that are not yet
// written. Snapshot, diff and history read through this one interface.
//
//   ObjectOverlay pending(repository);
//   const ObjectId blob = pending.add(ObjectKind::blob, text);
//   const Object object = TRY(pending.read(blob));
//
// Errors: Code::not_found if there is no such object, Code::limit if it is larger than asked for,
// Code::internal if the store is damaged.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/result.h"
#include "vcs/object_id.h"

namespace vcs {

// No object that the product reads whole is larger unless the caller says so.
inline constexpr uint64_t kObjectLimit = uint64_t{256} << 20;

struct Object {
  ObjectKind kind = ObjectKind::blob;
  std::string content;
  bool operator==(const Object&) const = default;
};

struct ObjectHeader {
  ObjectKind kind = ObjectKind::blob;
  uint64_t size = 0;
  bool operator==(const ObjectHeader&) const = default;
};

class ObjectReader {
 public:
  virtual ~ObjectReader() = default;
  virtual base::Result<Object> read(const ObjectId& id, uint64_t limit = kObjectLimit) const = 0;
  // Kind and size without reading the content.
  virtual base::Result<ObjectHeader> header(const ObjectId& id) const = 0;
  virtual bool contains(const ObjectId& id) const = 0;
};

// The content of an object that must be of this kind; another kind is Code::invalid.
base::Result<std::string> read_object_of(const ObjectReader& objects, ObjectKind kind,
                                         const ObjectId& id, uint64_t limit = kObjectLimit);

// An object that is not written yet.
struct NewObject {
  ObjectId id;
  Object object;
  ObjectId like;  // one of the same kind that differs little, or kNoObject: a hint for a pack
};

// Objects in memory over another reader, which must outlive it. Filled by one thread; reading from
// many threads is safe while nobody adds.
class ObjectOverlay : public ObjectReader {
 public:
  explicit ObjectOverlay(const ObjectReader& below) : below_(below) {}

  // Keeps the object, unless it is known below. `like` may name what it was edited from.
  ObjectId add(ObjectKind kind, std::string content, const ObjectId& like = kNoObject);
  // Takes over what another overlay holds.
  void add_all(ObjectOverlay&& other);
  // What was added, in that order: what a pack has to hold.
  const std::vector<NewObject>& added() const { return added_; }

  base::Result<Object> read(const ObjectId& id, uint64_t limit = kObjectLimit) const override;
  base::Result<ObjectHeader> header(const ObjectId& id) const override;
  bool contains(const ObjectId& id) const override;

 private:
  const ObjectReader& below_;
  const Object* find(const ObjectId& id) const;
  void keep(NewObject object);

  std::vector<NewObject> added_;
  std::unordered_map<ObjectId, size_t> places_;
};

// Asks the first, then the second: a quarantine in front of its repository.
class StackedReader : public ObjectReader {
 public:
  StackedReader(const ObjectReader& first, const ObjectReader& second)
      : first_(first), second_(second) {}
  base::Result<Object> read(const ObjectId& id, uint64_t limit = kObjectLimit) const override;
  base::Result<ObjectHeader> header(const ObjectId& id) const override;
  bool contains(const ObjectId& id) const override;

 private:
  const ObjectReader& first_;
  const ObjectReader& second_;
};

}  // namespace vcs
