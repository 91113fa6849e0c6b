#include "vcs/detail/quarantine.h"

#include <fcntl.h>

#include "base/random.h"
#include "vcs/detail/pack_entry.h"
#include "vcs/detail/pack_sink.h"

namespace vcs {
namespace {

using base::Code;
using base::Error;
using base::Path;
using base::Result;

constexpr size_t kCacheBytes = size_t{32} << 20;

Result<void> sync_path(const Path& path) {
  const base::UniqueFd file = TRY(base::open_file(path, O_RDONLY));
  return base::sync_file(file.get());
}

Result<void> move_file(const Path& from, const Path& to) {
  if (std::rename(from.c_str(), to.c_str()) != 0) return base::system_error("rename", from);
  return {};
}

Path with_suffix(const Path& stem, const char* suffix) {
  return stem.string() + suffix;
}

}  // namespace

Path quarantine_directory(const Path& repository) {
  return repository / "quarantine";
}

Result<std::unique_ptr<Quarantine>> Quarantine::create(const Repository& repository) {
  const Path directory = quarantine_directory(repository.path()) / base::random_token(8);
  std::error_code failed;
  std::filesystem::create_directories(directory, failed);
  if (failed) return Error{Code::io, "mkdir " + directory.string() + ": " + failed.message()};
  return std::unique_ptr<Quarantine>(new Quarantine(directory));
}

Quarantine::~Quarantine() {
  pack_.reset();
  (void)base::remove_tree(directory_).ok();
}

Result<void> Quarantine::take(const Source& source, const ReceiveLimits& limits,
                              const WhenReceived& received) {
  const TakenPack taken = TRY(take_pack(source, directory_, limits, received));
  if (taken.objects == 0) return {};
  auto cache = std::make_shared<DeltaCache>(kCacheBytes);
  pack_ = TRY(PackReader::open(directory_ / taken.name, std::move(cache)));
  return {};
}

Result<uint64_t> Quarantine::offset_of(const ObjectId& id) const {
  const auto position = pack_ ? pack_->lookup().find(id) : std::nullopt;
  if (!position) return Error{Code::not_found, "no object " + id.hex()};
  return pack_->lookup().offset_at(*position);
}

Result<Object> Quarantine::read(const ObjectId& id, uint64_t limit) const {
  const uint64_t offset = TRY(offset_of(id));
  const auto object = TRY(pack_->read(offset, limit));
  return *object;
}

Result<ObjectHeader> Quarantine::header(const ObjectId& id) const {
  const uint64_t offset = TRY(offset_of(id));
  return pack_->header(offset);
}

bool Quarantine::contains(const ObjectId& id) const {
  return offset_of(id).ok();
}

Result<void> Quarantine::move_in(const std::set<ObjectId>& accepted, Repository& repository,
                                 const StepObserver& observer) {
  if (accepted.empty()) return {};
  const Path target = repository.pack_directory();
  const bool is_all = accepted.size() == object_count();
  const std::string name = TRY(is_all ? move_pack(target) : copy_objects(accepted, target));
  report(observer, DurableStep::quarantine_moved);
  return repository.pack_added(name);
}

// Pack before index, since a reader looks for the index first.
Result<std::string> Quarantine::move_pack(const Path& target) {
  const Path from = pack_->stem();
  const std::string name = pack_->name();
  TRY(sync_path(with_suffix(from, ".pack")));
  TRY(sync_path(with_suffix(from, ".idx")));
  TRY(base::make_directories(target));
  TRY(move_file(with_suffix(from, ".pack"), with_suffix(target / name, ".pack")));
  TRY(move_file(with_suffix(from, ".idx"), with_suffix(target / name, ".idx")));
  TRY(base::sync_directory(target));
  return name;
}

Result<std::string> Quarantine::copy_objects(const std::set<ObjectId>& accepted,
                                             const Path& target) const {
  PackSink sink = TRY(PackSink::create(target, static_cast<uint32_t>(accepted.size())));
  for (const ObjectId& id : accepted) {
    const Object object = TRY(read(id));
    TRY(sink.add(id, encode_entry(object.kind, object.content)));
  }
  return "pack-" + TRY(sink.finish()).hex();
}

}  // namespace vcs
