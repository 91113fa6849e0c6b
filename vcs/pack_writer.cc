#include "vcs/pack_writer.h"

#include "vcs/compression.h"
#include "vcs/detail/delta.h"
#include "vcs/detail/pack_entry.h"
#include "vcs/detail/pack_sink.h"

namespace vcs {
namespace {

// A reader rebuilds every link of a chain; git packs up to 50.
constexpr int kMaxDepth = 16;

// A delta must be this much shorter to be worth the reader's work.
constexpr size_t kWorthIt = 2;

}  // namespace

ObjectId PackWriter::add(ObjectKind kind, std::string_view content) {
  const ObjectId id = object_id_of(kind, content);
  add(Entry(id, kind, std::string(content)), kNoObject);
  return id;
}

void PackWriter::add(const NewObject& object) {
  add(Entry(object.id, object.object.kind, object.object.content), object.like);
}

void PackWriter::add(Entry entry, const ObjectId& like) {
  if (!places_.emplace(entry.id, entries_.size()).second) return;
  if (!make_delta(entry, like)) {
    entry.size = entry.content.size();
    entry.packed = deflate(entry.content);
  }
  byte_count_ += entry.packed.size();
  entries_.push_back(std::move(entry));
}

bool PackWriter::make_delta(Entry& entry, const ObjectId& like) const {
  const auto found = places_.find(like);
  if (found == places_.end()) return false;
  const Entry& base = entries_[found->second];
  if (base.kind != entry.kind || base.depth == kMaxDepth) return false;
  const std::string delta = delta_of_one_change(base.content, entry.content);
  if (delta.size() > entry.content.size() / kWorthIt) return false;
  entry.base = found->second;
  entry.depth = base.depth + 1;
  entry.size = delta.size();
  entry.packed = deflate(delta);
  return true;
}

std::optional<std::string_view> PackWriter::find(const ObjectId& id) const {
  const auto found = places_.find(id);
  if (found == places_.end()) return std::nullopt;
  return entries_[found->second].content;
}

base::Result<std::string> PackWriter::write(const base::Path& directory,
                                            const StepObserver& observer) {
  if (entries_.empty()) return std::string();
  const auto count = static_cast<uint32_t>(entries_.size());
  PackSink sink = TRY(PackSink::create(directory, count, observer));
  std::vector<uint64_t> offsets;
  for (const Entry& entry : entries_) {
    offsets.push_back(sink.offset());
    std::string bytes;
    append_entry_header(bytes, entry.base ? kPackedOffsetDelta : static_cast<int>(entry.kind),
                        entry.size);
    if (entry.base) append_distance(bytes, offsets.back() - offsets[*entry.base]);
    TRY(sink.add(entry.id, bytes + entry.packed));
  }
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
