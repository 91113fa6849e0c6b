// The part files of resumable uploads.
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>

#include "base/random.h"
#include "storage/upload_table.h"

namespace storage {

Result<void> PartFile::append(std::string_view chunk) {
  TRY(base::write_all(fd_.get(), chunk));
  offset_ += chunk.size();
  return {};
}

Result<void> PartFile::sync() {
  return base::sync_file(fd_.get());
}

Result<UploadFiles> UploadFiles::open(const base::Path& directory) {
  TRY(base::make_directories(directory));
  return UploadFiles(directory);
}

base::Path UploadFiles::path(std::string_view id) const {
  return directory_ / (std::string(id) + ".part");
}

Result<PartFile> UploadFiles::open_part(std::string_view id) const {
  if (!base::is_ulid(id)) return base::Error{base::Code::not_found, "no such upload"};
  const bool is_new = !std::filesystem::exists(path(id));
  base::UniqueFd fd = TRY(base::open_file(path(id), O_WRONLY | O_CREAT | O_APPEND, 0600));
  if (::flock(fd.get(), LOCK_EX | LOCK_NB) != 0) {
    return base::Error{base::Code::busy, "another request is sending this upload"};
  }
  if (is_new) TRY(base::sync_directory(directory_));
  struct stat status = {};
  if (::fstat(fd.get(), &status) != 0) return base::system_error("stat", path(id));
  return PartFile(std::move(fd), static_cast<uint64_t>(status.st_size));
}

Result<void> UploadFiles::remove(std::string_view id) const {
  if (!base::is_ulid(id)) return {};
  return base::remove_file(path(id));
}

}  // namespace storage
