// The byte store in a directory.
#include <dirent.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <set>
#include <vector>

#include "base/parallel.h"
#include "base/random.h"
#include "storage/blob_store.h"
#include "storage/detail/blob_layout.h"
#include "storage/detail/local_blob_writer.h"

namespace storage {
namespace {

base::Error not_there(const BlobName& name) {
  return base::Error{base::Code::not_found, "no object " + name.text()};
}

Result<struct stat> status_of(int fd, const base::Path& path) {
  struct stat status = {};
  if (::fstat(fd, &status) != 0) return base::system_error("stat", path);
  return status;
}

base::Milliseconds time_of(const struct stat& status) {
  return int64_t{status.st_mtim.tv_sec} * 1000 + status.st_mtim.tv_nsec / 1'000'000;
}

class LocalBlobReader final : public BlobReader {
 public:
  LocalBlobReader(base::UniqueFd fd, uint64_t size) : fd_(std::move(fd)), size_(size) {}
  uint64_t size() const override { return size_; }
  int descriptor() const override { return fd_.get(); }
  Result<size_t> read_at(uint64_t offset, std::span<char> buffer) override {
    while (true) {
      const ssize_t got =
          ::pread(fd_.get(), buffer.data(), buffer.size(), static_cast<off_t>(offset));
      if (got >= 0) return static_cast<size_t>(got);
      if (errno != EINTR) return base::system_error("read", "a stored object");
    }
  }

 private:
  base::UniqueFd fd_;
  uint64_t size_;
};

// The private directory of this process for unfinished writes. It holds a lock on it, so that the
// next process can tell what a dead one left.
class Incoming {
 public:
  static Result<Incoming> open(const base::Path& parent) {
    TRY(base::make_directories(parent));
    TRY(clear_stale(parent));
    while (true) {
      const base::Path path = parent / base::random_token(8);
      if (::mkdir(path.c_str(), 0700) != 0) return base::system_error("mkdir", path);
      auto fd = base::open_file(path, O_RDONLY | O_DIRECTORY);
      // Another starting process may have taken it for stale before it was locked: once more.
      if (!fd.ok() && fd.error().code == base::Code::not_found) continue;
      if (!fd.ok()) return fd.error();
      if (::flock(fd->get(), LOCK_EX | LOCK_NB) == 0 && std::filesystem::exists(path)) {
        return Incoming(path, std::move(fd).value());
      }
    }
  }

  Incoming(Incoming&& other) noexcept
      : path_(std::exchange(other.path_, {})), lock_(std::move(other.lock_)) {}
  Incoming& operator=(Incoming&&) = delete;
  ~Incoming() {
    if (!path_.empty()) (void)base::remove_tree(path_);
  }

  base::Path new_file() const { return path_ / base::random_token(16); }

 private:
  Incoming(base::Path path, base::UniqueFd lock) : path_(std::move(path)), lock_(std::move(lock)) {}

  static Result<void> clear_stale(const base::Path& parent) {
    std::error_code error;
    for (const auto& entry : std::filesystem::directory_iterator(parent, error)) {
      const auto fd = base::open_file(entry.path(), O_RDONLY | O_DIRECTORY);
      if (!fd.ok() || ::flock(fd->get(), LOCK_EX | LOCK_NB) != 0) continue;
      TRY(base::remove_tree(entry.path()));
    }
    return {};
  }

  base::Path path_;
  base::UniqueFd lock_;
};

std::vector<std::string> sorted_names(const base::Path& directory) {
  std::vector<std::string> names;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(directory, error)) {
    names.push_back(entry.path().filename().string());
  }
  std::sort(names.begin(), names.end());
  return names;
}

// For what waits for the disk: the file system commits for all that wait at the same moment, while
// one after the other would wait for as many commits.
constexpr size_t kThreads = 8;

class LocalBlobStore final : public BlobStore {
 public:
  LocalBlobStore(BlobLayout layout, dev_t device, Incoming incoming)
      : layout_(std::move(layout)), device_(device), incoming_(std::move(incoming)) {}

  Result<std::unique_ptr<BlobWriter>> begin(std::string_view organisation,
                                            const ExpectedContent& expected) override {
    TRY(BlobLayout::check_organisation(organisation));
    return std::unique_ptr<BlobWriter>(TRY(
        LocalBlobWriter::create(layout_, names_, organisation, expected, incoming_.new_file())));
  }
  Result<std::unique_ptr<BlobWriter>> adopt(std::string_view organisation, const base::Path& file,
                                            const ExpectedContent& expected) override;
  Result<void> publish_all(std::span<const std::unique_ptr<BlobWriter>> writers) override;
  Result<std::unique_ptr<BlobReader>> open(std::string_view organisation,
                                           const BlobName& name) override;
  Result<bool> exists(std::string_view organisation, const BlobName& name) override;
  Result<uint64_t> size(std::string_view organisation, const BlobName& name) override;
  Result<void> renew(std::string_view organisation, const BlobName& name) override;
  Result<base::Milliseconds> modified_at(std::string_view organisation,
                                         const BlobName& name) override;
  Result<bool> remove_older(std::string_view organisation, const BlobName& name,
                            base::Milliseconds than) override;
  Result<void> for_each(std::string_view organisation,
                        const std::function<Result<bool>(const BlobEntry&)>& visit) override;
  Result<base::ContentHashes> verify(std::string_view organisation, const BlobName& name) override;

 private:
  // From so many contents on, one sync of the whole file system costs less than theirs.
  static constexpr size_t kSyncedTogether = 256;

  static Result<void> flush_each(const std::vector<LocalBlobWriter*>& writers);
  Result<void> flush_together(const std::vector<LocalBlobWriter*>& writers) const;
  static Result<void> sync_each(const std::set<base::Path>& directories);
  Result<void> sync_file_system() const;
  Result<base::UniqueFd> open_object(std::string_view organisation, const BlobName& name) const;
  Result<bool> visit_fan(std::string_view organisation, const std::string& fan,
                         const std::function<Result<bool>(const BlobEntry&)>& visit) const;

  const BlobLayout layout_;
  const dev_t device_;
  const Incoming incoming_;
  const std::shared_ptr<NameLocks> names_ = std::make_shared<NameLocks>();
};

Result<std::unique_ptr<BlobWriter>> LocalBlobStore::adopt(std::string_view organisation,
                                                          const base::Path& file,
                                                          const ExpectedContent& expected) {
  TRY(BlobLayout::check_organisation(organisation));
  const base::UniqueFd fd = TRY(base::open_file(file, O_RDONLY));
  if (TRY(status_of(fd.get(), file)).st_dev == device_) {
    return std::unique_ptr<BlobWriter>(
        TRY(LocalBlobWriter::adopt(layout_, names_, organisation, expected, file)));
  }
  // Another file system: nothing can be moved, so it is copied.
  auto writer = TRY(begin(organisation, expected));
  std::vector<char> buffer(size_t{1} << 20);
  LocalBlobReader reader(base::UniqueFd(::dup(fd.get())), 0);
  for (uint64_t offset = 0;;) {
    const size_t got = TRY(reader.read_at(offset, buffer));
    if (got == 0) break;
    TRY(writer->write({buffer.data(), got}));
    offset += got;
  }
  TRY(writer->seal());
  return writer;
}

Result<void> LocalBlobStore::publish_all(std::span<const std::unique_ptr<BlobWriter>> writers) {
  std::vector<LocalBlobWriter*> local;
  for (const auto& writer : writers) local.push_back(static_cast<LocalBlobWriter*>(writer.get()));
  const bool together = local.size() >= kSyncedTogether;
  TRY(together ? flush_together(local) : flush_each(local));
  TRY(base::in_parallel(base::processors(), local.size(),
                        [&](size_t i) { return local[i]->place(); }));
  std::set<base::Path> directories;
  for (LocalBlobWriter* writer : local) directories.insert(writer->directory());
  TRY(together ? sync_file_system() : sync_each(directories));
  for (LocalBlobWriter* writer : local) TRY(writer->drop_copy());
  return {};
}

Result<void> LocalBlobStore::flush_each(const std::vector<LocalBlobWriter*>& writers) {
  for (LocalBlobWriter* writer : writers) writer->start_flush();
  return base::in_parallel(kThreads, writers.size(),
                           [&](size_t i) { return writers[i]->flush_new(); });
}

Result<void> LocalBlobStore::flush_together(const std::vector<LocalBlobWriter*>& writers) const {
  for (LocalBlobWriter* writer : writers) TRY(writer->make_final());
  TRY(sync_file_system());
  for (LocalBlobWriter* writer : writers) TRY(writer->note_flushed());
  return {};
}

Result<void> LocalBlobStore::sync_each(const std::set<base::Path>& directories) {
  const std::vector<base::Path> named(directories.begin(), directories.end());
  return base::in_parallel(kThreads, named.size(),
                           [&](size_t i) { return base::sync_directory(named[i]); });
}

Result<void> LocalBlobStore::sync_file_system() const {
  const base::Path root = layout_.incoming();
  const base::UniqueFd fd = TRY(base::open_file(root, O_RDONLY | O_DIRECTORY));
  if (::syncfs(fd.get()) != 0) return base::system_error("sync", root);
  return {};
}

Result<base::UniqueFd> LocalBlobStore::open_object(std::string_view organisation,
                                                   const BlobName& name) const {
  TRY(BlobLayout::check_organisation(organisation));
  auto fd = base::open_file(layout_.path(organisation, name), O_RDONLY | O_NOFOLLOW);
  if (!fd.ok() && fd.error().code == base::Code::not_found) return not_there(name);
  return fd;
}

Result<std::unique_ptr<BlobReader>> LocalBlobStore::open(std::string_view organisation,
                                                         const BlobName& name) {
  base::UniqueFd fd = TRY(open_object(organisation, name));
  const struct stat status = TRY(status_of(fd.get(), name.text()));
  return std::unique_ptr<BlobReader>(
      std::make_unique<LocalBlobReader>(std::move(fd), static_cast<uint64_t>(status.st_size)));
}

Result<bool> LocalBlobStore::exists(std::string_view organisation, const BlobName& name) {
  const auto found = size(organisation, name);
  if (found.ok()) return true;
  if (found.error().code == base::Code::not_found) return false;
  return found.error();
}

Result<uint64_t> LocalBlobStore::size(std::string_view organisation, const BlobName& name) {
  TRY(BlobLayout::check_organisation(organisation));
  auto size = base::file_size(layout_.path(organisation, name));
  if (!size.ok() && size.error().code == base::Code::not_found) return not_there(name);
  return size;
}

Result<void> LocalBlobStore::renew(std::string_view organisation, const BlobName& name) {
  TRY(BlobLayout::check_organisation(organisation));
  const std::lock_guard lock(names_->of(name));
  auto renewed = renew_file(layout_.path(organisation, name));
  if (!renewed.ok() && renewed.error().code == base::Code::not_found) return not_there(name);
  return renewed;
}

Result<base::Milliseconds> LocalBlobStore::modified_at(std::string_view organisation,
                                                       const BlobName& name) {
  const base::UniqueFd fd = TRY(open_object(organisation, name));
  return time_of(TRY(status_of(fd.get(), name.text())));
}

Result<bool> LocalBlobStore::remove_older(std::string_view organisation, const BlobName& name,
                                          base::Milliseconds than) {
  TRY(BlobLayout::check_organisation(organisation));
  const base::Path path = layout_.path(organisation, name);
  {
    const std::lock_guard lock(names_->of(name));
    const auto time = modified_at(organisation, name);
    if (!time.ok() && time.error().code == base::Code::not_found) return true;
    if (TRY(time) > than) return false;
    if (::unlink(path.c_str()) != 0) return base::system_error("unlink", path);
  }
  TRY(base::sync_directory(path.parent_path()));
  return true;
}

Result<bool> LocalBlobStore::visit_fan(
    std::string_view organisation, const std::string& fan,
    const std::function<Result<bool>(const BlobEntry&)>& visit) const {
  const base::Path directory = layout_.objects(organisation) / fan;
  for (const std::string& rest : sorted_names(directory)) {
    const auto name = BlobName::parse_path(fan, rest);
    if (!name.ok()) continue;  // not ours
    struct stat status = {};
    // Removed by another thread in between: no longer there to visit.
    if (::stat((directory / rest).c_str(), &status) != 0) continue;
    const BlobEntry entry{*name, static_cast<uint64_t>(status.st_size), time_of(status)};
    if (!TRY(visit(entry))) return false;
  }
  return true;
}

Result<void> LocalBlobStore::for_each(std::string_view organisation,
                                      const std::function<Result<bool>(const BlobEntry&)>& visit) {
  TRY(BlobLayout::check_organisation(organisation));
  for (const std::string& fan : sorted_names(layout_.objects(organisation))) {
    if (!TRY(visit_fan(organisation, fan, visit))) return {};
  }
  return {};
}

Result<base::ContentHashes> LocalBlobStore::verify(std::string_view organisation,
                                                   const BlobName& name) {
  const base::UniqueFd fd = TRY(open_object(organisation, name));
  const base::ContentHashes hashes = TRY(hash_descriptor(fd.get()));
  if (hashes.md5 != name.md5) {
    return base::Error{base::Code::internal, "the stored object " + name.text() +
                                                 " is damaged: its content has MD5 " +
                                                 hashes.md5.hex()};
  }
  return hashes;
}

}  // namespace

Result<std::unique_ptr<BlobStore>> open_local_blob_store(const base::Path& root) {
  const BlobLayout layout(root);
  Incoming incoming = TRY(Incoming::open(layout.incoming()));
  struct stat status = {};
  if (::stat(root.c_str(), &status) != 0) return base::system_error("stat", root);
  return std::unique_ptr<BlobStore>(
      std::make_unique<LocalBlobStore>(layout, status.st_dev, std::move(incoming)));
}

}  // namespace storage
