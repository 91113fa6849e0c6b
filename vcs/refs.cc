#include "vcs/refs.h"

#include <sys/stat.h>

#include <algorithm>
#include <filesystem>
#include <mutex>
#include <shared_mutex>
#include <utility>

#include "vcs/commit.h"
#include "vcs/detail/ref_files.h"
#include "vcs/detail/ref_transaction.h"

namespace vcs {

using base::Code;
using base::Error;
using base::Path;
using base::Result;

namespace {

// When a file or directory was last changed, and which one it was.
struct Stamp {
  int64_t seconds = 0;
  int64_t nanoseconds = 0;
  uint64_t inode = 0;
  bool operator==(const Stamp&) const = default;
};

Stamp stamp_of(const Path& path) {
  struct stat status = {};
  if (::stat(path.c_str(), &status) != 0) return {};
  return {status.st_mtim.tv_sec, status.st_mtim.tv_nsec, status.st_ino};
}

std::optional<ObjectId> peeled_value(const ObjectReader& objects, const ObjectId& id) {
  const auto header = objects.header(id);
  if (!header.ok() || header->kind != ObjectKind::tag) return std::nullopt;
  auto peeled = peel(objects, id);
  if (!peeled.ok()) return std::nullopt;
  return *peeled;
}

// More refs than this in one update are lines of packed-refs at once instead of files.
constexpr size_t kMostLooseWrites = 64;

bool is_deletion(const RefUpdate& update) {
  return !update.target || *update.target == kNoObject;
}

Error name_clash(const std::string& name, std::string_view other) {
  return Error{Code::conflict,
               "ref " + name + " clashes with " + std::string(other) + ", which exists"};
}

// "refs/a/b" cannot exist beside "refs/a": one is a file where the other needs a directory.
Result<void> check_clashes(const RefMap& refs, const std::string& name) {
  for (size_t slash = name.rfind('/'); slash != std::string::npos && slash > 0;
       slash = name.rfind('/', slash - 1)) {
    const std::string_view parent = std::string_view(name).substr(0, slash);
    if (refs.contains(parent)) return name_clash(name, parent);
  }
  const auto below = refs.lower_bound(name + '/');
  if (below != refs.end() && below->first.starts_with(name + '/')) {
    return name_clash(name, below->first);
  }
  return {};
}

}  // namespace

struct Refs::State {
  State(Path repository, const ObjectReader& object_reader)
      : path(std::move(repository)), objects(object_reader) {}

  const Path path;
  const ObjectReader& objects;
  mutable std::shared_mutex mutex;  // of refs, head and version
  RefMap refs;
  std::string head;
  uint64_t version = 0;

  std::mutex writing;            // one update at a time; readers go on until it is on disk
  std::map<Path, Stamp> stamps;  // under `writing`

  void take(LoadedRefs loaded);
  std::map<Path, Stamp> stamps_now(const std::vector<Path>& directories) const;
  Result<void> check(std::span<const RefUpdate> updates) const;
  std::optional<std::string> packed_without(std::span<const RefUpdate> updates) const;
  Result<void> write(std::span<const RefUpdate> updates);
  Result<void> write_packed(std::span<const RefUpdate> updates);
  bool holds(std::span<const RefUpdate> updates) const;
  void restamp(std::span<const RefUpdate> updates);
  void remember(std::span<const RefUpdate> updates);
  Result<void> reload();
};

std::map<Path, Stamp> Refs::State::stamps_now(const std::vector<Path>& directories) const {
  std::map<Path, Stamp> now;
  for (const Path& directory : directories) now[directory] = stamp_of(directory);
  for (const char* file : {"HEAD", "packed-refs"}) now[path / file] = stamp_of(path / file);
  return now;
}

void Refs::State::take(LoadedRefs loaded) {
  for (auto& [name, ref] : loaded.refs) {
    if (ref.loose) ref.peeled = peeled_value(objects, ref.target);
  }
  const std::unique_lock lock(mutex);
  refs = std::move(loaded.refs);
  head = std::move(loaded.head);
  ++version;
}

Result<void> Refs::State::reload() {
  // Stamps before contents: a change in between is seen again next time.
  LoadedRefs loaded = TRY(load_refs(path));
  auto now = stamps_now(loaded.directories);
  loaded = TRY(load_refs(path));
  take(std::move(loaded));
  stamps = std::move(now);
  return {};
}

Result<void> Refs::State::check(std::span<const RefUpdate> updates) const {
  RefMap created;
  for (const RefUpdate& update : updates) {
    if (!is_valid_ref_name(update.name) || !update.name.starts_with("refs/")) {
      return Error{Code::invalid, "\"" + update.name + "\" is no valid name of a ref"};
    }
    if (!created.emplace(update.name, StoredRef{}).second) {
      return Error{Code::invalid, "ref " + update.name + " is named twice in one update"};
    }
  }
  std::erase_if(created, [&](const auto& entry) { return refs.contains(entry.first); });
  for (const RefUpdate& update : updates) {
    const auto found = refs.find(update.name);
    const ObjectId current = found == refs.end() ? kNoObject : found->second.target;
    if (update.expected && *update.expected != current) {
      return Error{Code::conflict, "ref " + update.name + " is at " + current.hex() +
                                       " but expected " + update.expected->hex()};
    }
    if (is_deletion(update)) created.erase(update.name);
  }
  for (const auto& [name, unused] : created) {
    TRY(check_clashes(refs, name));
    TRY(check_clashes(created, name));
  }
  return {};
}

// packed-refs without the refs that go; nothing if it holds none of them.
std::optional<std::string> Refs::State::packed_without(std::span<const RefUpdate> updates) const {
  const bool changes = std::any_of(updates.begin(), updates.end(), [&](const RefUpdate& update) {
    const auto found = refs.find(update.name);
    return is_deletion(update) && found != refs.end() && found->second.packed;
  });
  if (!changes) return std::nullopt;
  RefMap kept = refs;
  for (const RefUpdate& update : updates) {
    if (is_deletion(update)) kept.erase(update.name);
  }
  return print_packed_refs(kept);
}

// One new packed-refs. Only if a loose file has to give way is there more than one step.
Result<void> Refs::State::write_packed(std::span<const RefUpdate> updates) {
  RefMap next = refs;
  RefTransaction transaction(path);
  bool has_loose = false;
  for (const RefUpdate& update : updates) {
    const auto found = next.find(update.name);
    if (found != next.end() && found->second.loose) {
      transaction.prepare_remove(update.name);
      has_loose = true;
    }
    if (is_deletion(update)) {
      next.erase(update.name);
    } else {
      next[update.name] = {*update.target, peeled_value(objects, *update.target), false, true};
    }
  }
  TRY(transaction.prepare_packed_refs(print_packed_refs(next)));
  return transaction.commit(has_loose ? updates : std::span<const RefUpdate>());
}

Result<void> Refs::State::write(std::span<const RefUpdate> updates) {
  if (updates.size() > kMostLooseWrites) return write_packed(updates);
  RefTransaction transaction(path);
  for (const RefUpdate& update : updates) {
    if (is_deletion(update)) {
      transaction.prepare_remove(update.name);
    } else {
      TRY(transaction.prepare_write(update.name, *update.target));
    }
  }
  if (const auto packed = packed_without(updates)) TRY(transaction.prepare_packed_refs(*packed));
  return transaction.commit(updates.size() > 1 ? updates : std::span<const RefUpdate>());
}

bool Refs::State::holds(std::span<const RefUpdate> updates) const {
  return std::all_of(updates.begin(), updates.end(), [&](const RefUpdate& update) {
    const auto found = refs.find(update.name);
    if (is_deletion(update)) return found == refs.end();
    return found != refs.end() && found->second.target == *update.target;
  });
}

// Our own changes must not look like another program's.
void Refs::State::restamp(std::span<const RefUpdate> updates) {
  stamps[path / "packed-refs"] = stamp_of(path / "packed-refs");
  for (const RefUpdate& update : updates) {
    for (Path directory = (path / update.name).parent_path(); directory != path;
         directory = directory.parent_path()) {
      stamps[directory] = stamp_of(directory);
    }
  }
}

void Refs::State::remember(std::span<const RefUpdate> updates) {
  for (const RefUpdate& update : updates) {
    if (is_deletion(update)) {
      refs.erase(update.name);
      continue;
    }
    StoredRef& ref = refs[update.name];
    ref.target = *update.target;
    ref.peeled = peeled_value(objects, ref.target);
    ref.loose = updates.size() <= kMostLooseWrites;
    ref.packed = ref.packed || !ref.loose;
  }
  ++version;
}

Refs::Refs(std::unique_ptr<State> state) : state_(std::move(state)) {}
Refs::~Refs() = default;

Result<std::unique_ptr<Refs>> Refs::open(const Path& repository, const ObjectReader& objects,
                                         bool may_write) {
  auto state = std::make_unique<State>(repository, objects);
  if (may_write) {
    for (const Path& lock : TRY(load_refs(repository)).lock_files) TRY(base::remove_file(lock));
    TRY(replay_ref_journal(repository));
  }
  TRY(state->reload());
  return std::unique_ptr<Refs>(new Refs(std::move(state)));
}

std::optional<ObjectId> Refs::find(std::string_view name) const {
  const std::shared_lock lock(state_->mutex);
  const auto found = state_->refs.find(name);
  if (found == state_->refs.end()) return std::nullopt;
  return found->second.target;
}

std::vector<Ref> Refs::list(std::string_view prefix) const {
  const std::shared_lock lock(state_->mutex);
  std::vector<Ref> out;
  for (auto it = state_->refs.lower_bound(prefix);
       it != state_->refs.end() && it->first.starts_with(prefix); ++it) {
    out.push_back({it->first, it->second.target, it->second.peeled});
  }
  return out;
}

Head Refs::head() const {
  const std::shared_lock lock(state_->mutex);
  Head head{state_->head, std::nullopt};
  const auto found = state_->refs.find(state_->head);
  if (found != state_->refs.end()) head.id = found->second.target;
  return head;
}

uint64_t Refs::version() const {
  const std::shared_lock lock(state_->mutex);
  return state_->version;
}

Result<void> Refs::update(std::span<const RefUpdate> updates) {
  const std::lock_guard writing(state_->writing);
  TRY(state_->check(updates));  // only writers change the table, so reading needs no lock here
  const auto written = state_->write(updates);
  if (!written.ok()) {
    // Once journaled it is decided; before that nothing has changed.
    TRY(replay_ref_journal(state_->path));
    TRY(state_->reload());
    if (state_->holds(updates)) return {};
    return written.error();
  }
  state_->restamp(updates);
  const std::unique_lock lock(state_->mutex);
  state_->remember(updates);
  return {};
}

Result<void> Refs::set_head(const std::string& branch) {
  if (!is_valid_ref_name(branch) || !branch.starts_with("refs/heads/")) {
    return Error{Code::invalid, "\"" + branch + "\" is no name of a branch"};
  }
  const std::lock_guard writing(state_->writing);
  RefTransaction transaction(state_->path);
  TRY(transaction.prepare_head(branch));
  TRY(transaction.commit({}));
  return state_->reload();
}

Result<void> Refs::pack() {
  const std::lock_guard writing(state_->writing);
  RefMap packed = state_->refs;
  RefTransaction transaction(state_->path);
  for (auto& [name, ref] : packed) {
    ref.packed = true;
    if (ref.loose) transaction.prepare_remove(name);
  }
  TRY(transaction.prepare_packed_refs(print_packed_refs(packed)));
  TRY(transaction.commit({}));
  return state_->reload();
}

Result<void> Refs::reload_if_changed() {
  const std::lock_guard writing(state_->writing);
  const bool same =
      std::all_of(state_->stamps.begin(), state_->stamps.end(),
                  [](const auto& known) { return stamp_of(known.first) == known.second; });
  if (same) return {};
  return state_->reload();
}

}  // namespace vcs
