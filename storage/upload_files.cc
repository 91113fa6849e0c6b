// The part files of resumable uploads.
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/random.h"
#include "storage/upload_table.h"

namespace storage {
namespace {

base::Path lent_path(const base::Path& part) {
  return part.string() + ".lent";
}

}  // namespace

Result<void> PartFile::append(std::string_view chunk) {
  TRY(base::write_all(fd_.get(), chunk));
  offset_ += chunk.size();
  return {};
}

Result<void> PartFile::sync() {
  return base::sync_file(fd_.get());
}

Result<void> PartFile::cut(uint64_t offset) {
  if (offset > offset_) {
    return base::Error{base::Code::not_found, "the bytes of this upload are lost; send it anew"};
  }
  if (offset == offset_) return {};
  if (::ftruncate(fd_.get(), static_cast<off_t>(offset)) != 0) {
    return base::system_error("truncate", "an upload");
  }
  offset_ = offset;
  return {};
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

Result<base::Path> UploadFiles::lend(std::string_view id) const {
  const base::Path lent = lent_path(path(id));
  TRY(base::remove_file(lent));
  if (::link(path(id).c_str(), lent.c_str()) != 0) return base::system_error("link", lent);
  return lent;
}

Result<void> UploadFiles::remove(std::string_view id) const {
  if (!base::is_ulid(id)) return {};
  TRY(base::remove_file(lent_path(path(id))));
  return base::remove_file(path(id));
}

}  // namespace storage
