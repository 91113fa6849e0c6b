#include "base/file.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "base/random.h"

namespace base {
namespace fs = std::filesystem;

UniqueFd& UniqueFd::operator=(UniqueFd&& other) noexcept {
  if (this != &other) reset(other.release());
  return *this;
}

void UniqueFd::reset(int fd) {
  if (fd_ >= 0) ::close(fd_);
  fd_ = fd;
}

namespace {

Code code_of(int number) {
  switch (number) {
    case ENOENT:
    case ENOTDIR:
      return Code::not_found;
    case ENOSPC:
    case EDQUOT:
    case EFBIG:  // a limit of the file system or of the process on one file
      return Code::no_space;
    default:
      return Code::io;
  }
}

}  // namespace

Error system_error(std::string_view attempt, const Path& path) {
  const int number = errno;
  const std::string place = path.empty() ? "" : " " + path.string();
  return Error{code_of(number), std::string(attempt) + place + ": " + std::strerror(number)};
}

Result<UniqueFd> open_file(const Path& path, int flags, unsigned mode) {
  UniqueFd fd(::open(path.c_str(), flags | O_CLOEXEC, mode));
  if (!fd) return system_error("open", path);
  return fd;
}

Result<void> write_all(int fd, std::string_view content) {
  while (!content.empty()) {
    const ssize_t written = ::write(fd, content.data(), content.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return system_error("write", "");
    content.remove_prefix(static_cast<size_t>(written));
  }
  return {};
}

Result<std::string> read_all(int fd, size_t limit) {
  std::string out;
  std::string chunk(size_t{1} << 16, '\0');  // threads of the HTTP server have small stacks
  while (true) {
    const ssize_t got = ::read(fd, chunk.data(), chunk.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return system_error("read", "");
    if (got == 0) return out;
    if (out.size() + static_cast<size_t>(got) > limit) {
      return Error{Code::limit, "longer than " + std::to_string(limit) + " bytes"};
    }
    out.append(chunk, 0, static_cast<size_t>(got));
  }
}

Result<std::string> read_file(const Path& path, size_t limit) {
  const UniqueFd fd = TRY(open_file(path, O_RDONLY));
  auto content = read_all(fd.get(), limit);
  if (!content.ok()) return content.error().within(path.string());
  return content;
}

Result<uint64_t> file_size(const Path& path) {
  struct stat status = {};
  if (::stat(path.c_str(), &status) != 0) return system_error("stat", path);
  return static_cast<uint64_t>(status.st_size);
}

Result<void> sync_file(int fd) {
  if (::fsync(fd) != 0) return system_error("fsync", "");
  return {};
}

Result<void> sync_directory(const Path& directory) {
  const UniqueFd fd = TRY(open_file(directory.empty() ? "." : directory, O_RDONLY | O_DIRECTORY));
  if (::fsync(fd.get()) != 0) return system_error("fsync", directory);
  return {};
}

Result<void> make_directories(const Path& directory) {
  if (directory.empty() || fs::is_directory(directory)) return {};
  TRY(make_directories(directory.parent_path()));
  if (::mkdir(directory.c_str(), 0755) != 0 && errno != EEXIST) {
    return system_error("mkdir", directory);
  }
  return sync_directory(directory.parent_path());
}

Result<void> write_file_durably(const Path& path, std::string_view content) {
  const Path temporary = path.string() + ".tmp-" + random_token(8);
  ScopeExit discard([&] { ::unlink(temporary.c_str()); });
  {
    const UniqueFd fd = TRY(open_file(temporary, O_WRONLY | O_CREAT | O_EXCL));
    TRY(write_all(fd.get(), content));
    TRY(sync_file(fd.get()));
  }
  TRY(rename_durably(temporary, path));
  discard.cancel();
  return {};
}

Result<void> rename_durably(const Path& from, const Path& to) {
  if (::rename(from.c_str(), to.c_str()) != 0) return system_error("rename", from);
  return sync_directory(to.parent_path());
}

Result<void> remove_file(const Path& path) {
  if (::unlink(path.c_str()) != 0 && errno != ENOENT) return system_error("unlink", path);
  return {};
}

Result<void> remove_tree(const Path& path) {
  std::error_code error;
  fs::remove_all(path, error);
  if (error) return Error{Code::io, "remove " + path.string() + ": " + error.message()};
  return {};
}

MappedFile::MappedFile(MappedFile&& other) noexcept
    : data_(std::exchange(other.data_, nullptr)), size_(std::exchange(other.size_, 0)) {}

MappedFile& MappedFile::operator=(MappedFile&& other) noexcept {
  std::swap(data_, other.data_);
  std::swap(size_, other.size_);
  return *this;
}

MappedFile::~MappedFile() {
  if (data_ != nullptr) ::munmap(const_cast<uint8_t*>(data_), size_);
}

Result<MappedFile> MappedFile::open(const Path& path) {
  const UniqueFd fd = TRY(open_file(path, O_RDONLY));
  struct stat status = {};
  if (::fstat(fd.get(), &status) != 0) return system_error("stat", path);
  MappedFile map;
  if (status.st_size == 0) return map;
  const auto size = static_cast<size_t>(status.st_size);
  void* data = ::mmap(nullptr, size, PROT_READ, MAP_SHARED, fd.get(), 0);
  if (data == MAP_FAILED) return system_error("mmap", path);
  map.data_ = static_cast<const uint8_t*>(data);
  map.size_ = size;
  return map;
}

Result<TempDir> TempDir::create(const Path& parent, std::string_view prefix) {
  const Path base = parent.empty() ? fs::temp_directory_path() : parent;
  std::string name = (base / (std::string(prefix) + "XXXXXX")).string();
  if (::mkdtemp(name.data()) == nullptr) return system_error("mkdtemp", name);
  return TempDir(name);
}

TempDir& TempDir::operator=(TempDir&& other) noexcept {
  std::swap(path_, other.path_);
  return *this;
}

TempDir::~TempDir() {
  if (!path_.empty()) (void)remove_tree(path_);
}

}  // namespace base
