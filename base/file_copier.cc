#include "base/file_copier.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

namespace base {
namespace {

constexpr size_t kStep = size_t{1} << 20;

// One more name for a file; false where there is no such file or the file systems differ.
Result<bool> link(const Path& from, const Path& to) {
  if (::link(from.c_str(), to.c_str()) == 0) return true;
  if (errno == ENOENT || errno == EXDEV || errno == EPERM || errno == EMLINK) return false;
  return system_error("link", to);
}

// The kernel's own copy shares blocks where the file system can; else byte by byte.
Result<uint64_t> copy_bytes(int from, int to, const Path& path) {
  uint64_t total = 0;
  for (;;) {
    const ssize_t done = ::copy_file_range(from, nullptr, to, nullptr, kStep, 0);
    if (done < 0 && errno == EINTR) continue;
    if (done < 0 && total == 0 && (errno == EXDEV || errno == EINVAL || errno == ENOSYS)) break;
    if (done < 0) return system_error("copy", path);
    if (done == 0) return total;
    total += static_cast<uint64_t>(done);
  }
  std::string buffer(kStep, '\0');
  for (;;) {
    const ssize_t got = ::read(from, buffer.data(), buffer.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return system_error("read", path);
    if (got == 0) return total;
    TRY(write_all(to, std::string_view(buffer).substr(0, static_cast<size_t>(got))));
    total += static_cast<uint64_t>(got);
  }
}

}  // namespace

FileCopier::FileCopier(Path source, Path target, CopyOptions options)
    : source_(std::move(source)), target_(std::move(target)), options_(std::move(options)) {}

Result<bool> FileCopier::copy(const Path& relative) {
  const auto size = base::file_size(source_ / relative);
  if (!size.ok() && size.error().code == Code::not_found) return false;
  if (!size.ok()) return size.error();
  if (std::filesystem::exists(target_ / relative)) return true;
  TRY(make_directories((target_ / relative).parent_path()));
  const bool shared = TRY(link_earlier(relative, *size)) ||
                      (options_.link_source && TRY(link(source_ / relative, target_ / relative)));
  if (!shared) return write(relative);
  count(*size, 0);
  return true;
}

Result<bool> FileCopier::copy_changing(const Path& relative) {
  TRY(make_directories((target_ / relative).parent_path()));
  return write(relative);
}

Result<bool> FileCopier::link_earlier(const Path& relative, uint64_t size) {
  if (options_.earlier.empty()) return false;
  const auto known = base::file_size(options_.earlier / relative);
  if (!known.ok() || *known != size) return false;
  return link(options_.earlier / relative, target_ / relative);
}

Result<bool> FileCopier::write(const Path& relative) {
  const auto from = open_file(source_ / relative, O_RDONLY);
  if (!from.ok() && from.error().code == Code::not_found) return false;
  if (!from.ok()) return from.error();
  struct stat status;
  if (::fstat(from->get(), &status) != 0) return system_error("stat", source_ / relative);
  const UniqueFd to =
      TRY(open_file(target_ / relative, O_WRONLY | O_CREAT | O_EXCL, status.st_mode & 0777));
  const uint64_t written = TRY(copy_bytes(from->get(), to.get(), target_ / relative));
  count(written, written);
  return true;
}

void FileCopier::count(uint64_t size, uint64_t written) {
  ++totals_.files;
  totals_.bytes += size;
  totals_.bytes_written += written;
}

Result<void> FileCopier::sync() {
  const UniqueFd fd = TRY(open_file(target_, O_RDONLY | O_DIRECTORY));
  if (::syncfs(fd.get()) != 0) return system_error("sync", target_);
  return {};
}

}  // namespace base
