// Bytes in memory behind a descriptor: what one child writes another reads, without a copy of them
// in between. The server's side.
//
//   MemoryFile file = TRY(MemoryFile::create());
//   run_tool({..., .answer_to = file.descriptor()});   // writes behind what was written before
//   const std::string_view bytes = TRY(file.written());
//
// Nobody who is given the descriptor can take away what was written (F_SEAL_SHRINK), so that
// reading it never fails. Belongs to one thread at a time; nobody may write while it is read.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <string_view>
#include <vector>

#include "base/file.h"
#include "base/result.h"

namespace ocr::detail {

class MemoryFile {
 public:
  static base::Result<MemoryFile> create();
  MemoryFile(MemoryFile&& other) noexcept;
  MemoryFile& operator=(MemoryFile&& other) = delete;
  ~MemoryFile();

  int descriptor() const { return fd_.get(); }
  // All since the beginning, or since the last rewind(); valid until the next call.
  base::Result<std::string_view> written();
  // What is written next goes to the beginning. The memory is kept: taking it anew costs as much as
  // filling it.
  base::Result<void> rewind();

 private:
  explicit MemoryFile(base::UniqueFd fd) : fd_(std::move(fd)) {}
  void unmap();

  base::UniqueFd fd_;
  const char* data_ = nullptr;
  size_t mapped_ = 0;
};

// Files that are used again and again. Thread-safe; must outlive what it lends.
class MemoryFiles {
 public:
  // Empty, until the last copy of the pointer dies.
  base::Result<std::shared_ptr<MemoryFile>> borrow();

 private:
  std::mutex mutex_;
  std::vector<std::unique_ptr<MemoryFile>> idle_;  // guarded by mutex_
};

}  // namespace ocr::detail
