// Files and their durability. A write is durable when the content, and the directory that names
// it, are synced: the helpers here do both and say so in their names.
//
// All paths are absolute or relative to the working directory; errors carry Code::io (or
// not_found, no_space for a full disk) with the path. Safe from any thread.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"

namespace base {

using Path = std::filesystem::path;

// Owns a file descriptor.
class UniqueFd {
 public:
  UniqueFd() = default;
  explicit UniqueFd(int fd) : fd_(fd) {}
  UniqueFd(UniqueFd&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  UniqueFd& operator=(UniqueFd&& other) noexcept;
  ~UniqueFd() { reset(); }
  int get() const { return fd_; }
  explicit operator bool() const { return fd_ >= 0; }
  int release() { return std::exchange(fd_, -1); }
  void reset(int fd = -1);

 private:
  int fd_ = -1;
};

// The error of the last failed system call: "open /x/y: No such file or directory".
Error system_error(std::string_view attempt, const Path& path);

Result<UniqueFd> open_file(const Path& path, int flags, unsigned mode = 0644);
Result<void> write_all(int fd, std::string_view content);
Result<std::string> read_all(int fd, size_t limit);
// Reads at most `limit` bytes; a longer file is Code::limit.
Result<std::string> read_file(const Path& path, size_t limit = size_t{1} << 30);
Result<uint64_t> file_size(const Path& path);

Result<void> sync_file(int fd);
Result<void> sync_directory(const Path& directory);
Result<void> make_directories(const Path& directory);
// Temporary name, write, fsync, rename, fsync directory: whole or absent after a crash.
Result<void> write_file_durably(const Path& path, std::string_view content);
// Renames within one file system and syncs the target's directory.
Result<void> rename_durably(const Path& from, const Path& to);
Result<void> remove_file(const Path& path);  // fine if it is not there
Result<void> remove_tree(const Path& path);  // fine if it is not there

// Read-only memory map of a whole file; an empty file maps to an empty view.
class MappedFile {
 public:
  MappedFile() = default;
  MappedFile(MappedFile&& other) noexcept;
  MappedFile& operator=(MappedFile&& other) noexcept;
  ~MappedFile();
  static Result<MappedFile> open(const Path& path);
  ByteView bytes() const { return {data_, size_}; }

 private:
  const uint8_t* data_ = nullptr;
  size_t size_ = 0;
};

// A private directory that goes with the object.
class TempDir {
 public:
  // Below `parent` (the system's temporary directory if empty).
  static Result<TempDir> create(const Path& parent = {}, std::string_view prefix = "glossator-");
  TempDir(TempDir&& other) noexcept : path_(std::exchange(other.path_, {})) {}
  TempDir& operator=(TempDir&& other) noexcept;
  ~TempDir();
  const Path& path() const { return path_; }

 private:
  explicit TempDir(Path path) : path_(std::move(path)) {}
  Path path_;
};

// Runs on the way out of a scope.
class ScopeExit {
 public:
  explicit ScopeExit(std::function<void()> action) : action_(std::move(action)) {}
  ScopeExit(const ScopeExit&) = delete;
  ScopeExit& operator=(const ScopeExit&) = delete;
  ~ScopeExit() {
    if (action_) action_();
  }
  void cancel() { action_ = nullptr; }

 private:
  std::function<void()> action_;
};

}  // namespace base
