#include "ocr/detail/memory_file.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <utility>

namespace ocr::detail {

base::Result<MemoryFile> MemoryFile::create() {
  base::UniqueFd fd(memfd_create("page", MFD_CLOEXEC | MFD_ALLOW_SEALING));
  if (!fd || fcntl(fd.get(), F_ADD_SEALS, F_SEAL_SHRINK) != 0) {
    return base::system_error("memfd_create", "");
  }
  return MemoryFile(std::move(fd));
}

MemoryFile::MemoryFile(MemoryFile&& other) noexcept
    : fd_(std::move(other.fd_)),
      data_(std::exchange(other.data_, nullptr)),
      mapped_(std::exchange(other.mapped_, 0)) {}

MemoryFile::~MemoryFile() {
  unmap();
}

void MemoryFile::unmap() {
  if (data_ != nullptr) munmap(const_cast<char*>(data_), mapped_);
  data_ = nullptr;
  mapped_ = 0;
}

// The place at which the next byte would be written tells how many there are: children share it.
base::Result<std::string_view> MemoryFile::written() {
  struct stat status = {};
  const off_t end = lseek(fd_.get(), 0, SEEK_CUR);
  if (end < 0 || fstat(fd_.get(), &status) != 0) return base::system_error("read memory", "");
  const auto size = static_cast<size_t>(std::min<off_t>(end, status.st_size));
  if (size > mapped_) {
    unmap();
    void* data = mmap(nullptr, size, PROT_READ, MAP_SHARED, fd_.get(), 0);
    if (data == MAP_FAILED) return base::system_error("map memory", "");
    data_ = static_cast<const char*>(data);
    mapped_ = size;
  }
  return size == 0 ? std::string_view() : std::string_view(data_, size);
}

base::Result<void> MemoryFile::rewind() {
  if (lseek(fd_.get(), 0, SEEK_SET) != 0) return base::system_error("rewind memory", "");
  return {};
}

base::Result<std::shared_ptr<MemoryFile>> MemoryFiles::borrow() {
  std::unique_ptr<MemoryFile> file;
  {
    const std::lock_guard lock(mutex_);
    if (!idle_.empty()) {
      file = std::move(idle_.back());
      idle_.pop_back();
    }
  }
  if (file == nullptr) file = std::make_unique<MemoryFile>(TRY(MemoryFile::create()));
  TRY(file->rewind());
  return std::shared_ptr<MemoryFile>(file.release(), [this](MemoryFile* back) {
    const std::lock_guard lock(mutex_);
    idle_.emplace_back(back);
  });
}

}  // namespace ocr::detail
