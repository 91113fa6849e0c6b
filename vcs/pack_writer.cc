#include "vcs/pack_writer.h"

#include "vcs/detail/pack_entry.h"
#include "vcs/detail/pack_sink.h"

namespace vcs {
ObjectId PackWriter::add(ObjectKind kind, std::string_view content) {
  const ObjectId id = object_id_of(kind, content);
  add(id, kind, content);
  return id;
}

void PackWriter::add(const ObjectId& id, ObjectKind kind, std::string_view content) {
  if (!places_.emplace(id, objects_.size()).second) return;
  objects_.push_back({id, kind, std::string(content), encode_entry(kind, content)});
  byte_count_ += objects_.back().entry.size();
}

std::optional<std::string_view> PackWriter::find(const ObjectId& id) const {
  const auto found = places_.find(id);
  if (found == places_.end()) return std::nullopt;
  return objects_[found->second].content;
}

base::Result<std::string> PackWriter::write(const base::Path& directory,
                                            const StepObserver& observer) {
  if (objects_.empty()) return std::string();
  const auto count = static_cast<uint32_t>(objects_.size());
  PackSink sink = TRY(PackSink::create(directory, count, observer));
  for (const Object& object : objects_) TRY(sink.add(object.id, object.entry));
  const base::Sha1 name = TRY(sink.finish());
  *this = {};
  return "pack-" + name.hex();
}

base::Result<void> PackWriter::write(Repository& repository, const StepObserver& observer) {
  const std::string name = TRY(write(repository.pack_directory(), observer));
  if (name.empty()) return {};
  return repository.pack_added(name);
}

}  // namespace vcs
