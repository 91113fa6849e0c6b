#include "vcs/repository.h"

#include <filesystem>
#include <mutex>
#include <utility>

#include "base/text.h"
#include "vcs/detail/object_view.h"

namespace vcs {

using base::Code;
using base::Error;
using base::Path;
using base::Result;

namespace {

constexpr size_t kDeltaCacheBytes = size_t{32} << 20;

constexpr std::string_view kConfig =
    "[core]\n"
    "\trepositoryformatversion = 0\n"
    "\tfilemode = true\n"
    "\tbare = true\n"
    "[gc]\n"
    "\tauto = 0\n"
    "[receive]\n"
    "\tdenyDeleteCurrent = true\n";

// One id a line; usually there is no such file.
Result<std::vector<ObjectId>> read_shallow_commits(const Path& file) {
  std::vector<ObjectId> commits;
  const auto text = base::read_file(file, size_t{64} << 20);
  if (!text.ok() && text.error().code == Code::not_found) return commits;
  if (!text.ok()) return text.error();
  for (const std::string_view line : base::split(*text, '\n')) {
    if (!line.empty()) commits.push_back(TRY(ObjectId::from_hex(line)));
  }
  return commits;
}

}  // namespace

struct Repository::State {
  std::shared_ptr<DeltaCache> cache = std::make_shared<DeltaCache>(kDeltaCacheBytes);
  std::mutex changing;       // one change of the view at a time
  mutable std::mutex mutex;  // of the pointer, for the time of a copy
  std::shared_ptr<const ObjectView> view;

  std::shared_mutex pruning;
  std::set<std::string> claimed;  // packs, under `mutex`

  void set(std::shared_ptr<const ObjectView> next) {
    const std::lock_guard lock(mutex);
    view.swap(next);
  }
};

Repository::Repository(Path path) : path_(std::move(path)), state_(std::make_unique<State>()) {}
Repository::~Repository() = default;

Result<void> Repository::create(const Path& path, std::string_view branch) {
  const std::string head = "refs/heads/" + std::string(branch);
  if (!is_valid_ref_name(head)) {
    return Error{Code::invalid, "\"" + std::string(branch) + "\" is no name of a branch"};
  }
  if (std::filesystem::exists(path / "HEAD")) {
    return Error{Code::conflict, path.string() + " is a repository already"};
  }
  for (const char* directory :
       {"objects/pack", "objects/info", "refs/heads", "refs/tags", "info"}) {
    TRY(base::make_directories(path / directory));
  }
  TRY(base::write_file_durably(path / "config", kConfig));
  TRY(base::write_file_durably(path / "description", "annotations\n"));
  // HEAD last: it is what makes the directory a repository.
  return base::write_file_durably(path / "HEAD", "ref: " + head + '\n');
}

Result<std::shared_ptr<Repository>> Repository::open(const Path& path, Access access) {
  if (!std::filesystem::exists(path / "HEAD")) {
    return Error{Code::not_found, "there is no repository at " + path.string()};
  }
  std::shared_ptr<Repository> repository(new Repository(path));
  TRY(repository->refresh());
  repository->shallow_commits_ = TRY(read_shallow_commits(path / "shallow"));
  repository->refs_ = TRY(Refs::open(path, *repository, access == Access::read_write));
  return repository;
}

std::shared_ptr<const ObjectView> Repository::view() const {
  const std::lock_guard lock(state_->mutex);
  return state_->view;
}

size_t Repository::pack_count() const {
  return view()->packs().size();
}

Result<Object> Repository::read(const ObjectId& id, uint64_t limit) const {
  return view()->read(id, limit);
}
Result<ObjectHeader> Repository::header(const ObjectId& id) const {
  return view()->header(id);
}
bool Repository::contains(const ObjectId& id) const {
  return view()->contains(id);
}

Result<void> Repository::pack_added(std::string_view name) {
  {
    const std::lock_guard changing(state_->changing);
    auto with_it = view()->with_pack(name);
    if (with_it.ok()) {
      state_->set(std::move(*with_it));
      return {};
    }
    if (with_it.error().code != base::Code::not_found) return with_it.error();
  }
  return refresh();  // maintenance found it first and has joined it with others
}

Result<void> Repository::refresh() {
  const std::lock_guard changing(state_->changing);
  const auto before = view();
  state_->set(TRY(ObjectView::open(path_ / "objects", before.get(), state_->cache)));
  return {};
}

std::shared_lock<std::shared_mutex> Repository::hold_objects() const {
  return std::shared_lock(state_->pruning);
}

std::unique_lock<std::shared_mutex> Repository::try_to_prune() const {
  return std::unique_lock(state_->pruning, std::try_to_lock);
}

std::shared_ptr<const void> Repository::claim_packs(const std::vector<std::string>& names) {
  const std::lock_guard lock(state_->mutex);
  for (const std::string& name : names) {
    if (state_->claimed.contains(name)) return nullptr;
  }
  state_->claimed.insert(names.begin(), names.end());
  return std::shared_ptr<const void>(state_.get(), [names](State* state) {
    const std::lock_guard unlocking(state->mutex);
    for (const std::string& name : names) state->claimed.erase(name);
  });
}

std::set<std::string> Repository::claimed_packs() const {
  const std::lock_guard lock(state_->mutex);
  return state_->claimed;
}

}  // namespace vcs
