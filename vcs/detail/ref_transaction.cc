#include "vcs/detail/ref_transaction.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>

namespace vcs {

using base::Code;
using base::Error;
using base::Path;
using base::Result;
namespace fs = std::filesystem;

namespace {

Path lock_path(const Path& path) {
  return path.string() + ".lock";
}

// A deleted ref leaves directories behind that would be in the way of a ref of their name.
void remove_empty_directories(const Path& path) {
  std::error_code error;
  if (!fs::is_directory(path, error)) return;
  for (const auto& child : fs::directory_iterator(path, error)) {
    remove_empty_directories(child.path());
  }
  ::rmdir(path.c_str());
}

}  // namespace

RefTransaction::~RefTransaction() {
  for (const Step& step : writes_) ::unlink(step.lock.c_str());
}

Result<void> RefTransaction::prepare(const Path& path, std::string_view content) {
  TRY(base::make_directories(path.parent_path()));
  const Path lock = lock_path(path);
  auto fd = base::open_file(lock, O_WRONLY | O_CREAT | O_EXCL);
  if (!fd.ok() && errno == EEXIST) {
    return Error{Code::busy, lock.string() + " exists: another program is updating this ref"};
  }
  if (!fd.ok()) return fd.error();
  writes_.push_back({lock, path});
  TRY(base::write_all(fd->get(), content));
  return base::sync_file(fd->get());
}

Result<void> RefTransaction::prepare_write(const std::string& name, const ObjectId& target) {
  remove_empty_directories(repository_ / name);
  return prepare(repository_ / name, target.hex() + '\n');
}

void RefTransaction::prepare_remove(const std::string& name) {
  removals_.push_back(repository_ / name);
}

Result<void> RefTransaction::prepare_packed_refs(std::string_view content) {
  return prepare(repository_ / "packed-refs", content);
}

Result<void> RefTransaction::prepare_head(const std::string& branch) {
  return prepare(repository_ / "HEAD", "ref: " + branch + '\n');
}

Result<void> RefTransaction::commit(std::span<const RefUpdate> journaled) {
  const Path journal = ref_journal_path(repository_);
  if (!journaled.empty()) {
    TRY(base::write_file_durably(journal, print_ref_journal(journaled)));
  }
  TRY(apply());
  if (journaled.empty()) return {};
  // An old journal must not come back after a crash and undo a later update.
  TRY(base::remove_file(journal));
  return base::sync_directory(repository_);
}

Result<void> RefTransaction::apply() {
  std::set<Path> touched;
  while (!writes_.empty()) {
    const Step& step = writes_.front();
    if (::rename(step.lock.c_str(), step.path.c_str()) != 0) {
      return base::system_error("rename", step.lock);
    }
    touched.insert(step.path.parent_path());
    writes_.erase(writes_.begin());
  }
  // packed-refs is in place by now: a loose file that goes never uncovers an old value.
  for (const Path& path : touched) TRY(base::sync_directory(path));
  touched.clear();
  for (const Path& path : removals_) {
    if (::unlink(path.c_str()) == 0) touched.insert(path.parent_path());
  }
  removals_.clear();
  for (const Path& path : touched) TRY(base::sync_directory(path));
  return {};
}

Result<void> replay_ref_journal(const Path& repository) {
  const auto text = base::read_file(ref_journal_path(repository));
  if (!text.ok() && text.error().code == Code::not_found) return {};
  if (!text.ok()) return text.error();
  const std::vector<RefUpdate> updates = TRY(parse_ref_journal(*text));
  LoadedRefs loaded = TRY(load_refs(repository));
  RefTransaction transaction(repository);
  for (const RefUpdate& update : updates) {
    if (update.target) {
      TRY(transaction.prepare_write(update.name, *update.target));
    } else {
      transaction.prepare_remove(update.name);
      loaded.refs.erase(update.name);
    }
  }
  TRY(transaction.prepare_packed_refs(print_packed_refs(loaded.refs)));
  return transaction.commit(updates);
}

}  // namespace vcs
