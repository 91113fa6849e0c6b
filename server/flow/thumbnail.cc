#include "server/flow/thumbnail.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <filesystem>

#include "ocr/thumbnail.h"
#include "server/flow/dvc_remote.h"

namespace server {
namespace {

constexpr int64_t kDay = 86'400;
constexpr int64_t kMemory = 30 * kDay;

base::Path directory_of(const Services& services) {
  return services.config.data / "cache" / "thumbnails";
}

base::Path path_of(const Services& services, const corpus::StoredFile& image, int32_t width) {
  const std::string hex = image.sha256.hex();
  return directory_of(services) / hex.substr(0, 2) /
         (hex.substr(2) + "-" + std::to_string(width) + ".jpg");
}

// Being asked for keeps it.
Result<Thumbnail> open_kept(const base::Path& path) {
  Thumbnail out;
  out.fd = TRY(base::open_file(path, O_RDONLY));
  struct stat status = {};
  if (::fstat(out.fd.get(), &status) != 0) return base::system_error("look at", path.string());
  out.size = static_cast<uint64_t>(status.st_size);
  (void)::futimens(out.fd.get(), nullptr);
  return out;
}

Result<std::string> make(Services& services, const storage::Project& project,
                         const corpus::StoredFile& image, int32_t width) {
  const StoredObject object = TRY(open_bytes(services, project, Sight::all, {image.md5, false}));
  auto made = TRY(ocr::make_thumbnail(*services.readers, object.reader->descriptor(),
                                      {image.media_type, width}));
  if (made.refusal) {
    return base::Error{base::Code::not_found,
                       "this page has no small image: " + made.refusal->reason};
  }
  return std::move(made.jpeg);
}

}  // namespace

Result<Thumbnail> thumbnail_of(Services& services, const storage::Project& project,
                               const corpus::StoredFile& image, int32_t width) {
  const base::Path path = path_of(services, image, width);
  auto kept = open_kept(path);
  if (kept.ok()) return kept;
  const std::string jpeg = TRY(make(services, project, image, width));
  TRY(base::make_directories(path.parent_path()));
  TRY(base::write_file_durably(path, jpeg));
  return open_kept(path);
}

Result<void> sweep_thumbnails(Services& services, base::Milliseconds now) {
  namespace fs = std::filesystem;
  const base::Path marker = directory_of(services) / "swept";
  const int64_t today = now / 1000;
  struct stat swept = {};
  if (::stat(marker.c_str(), &swept) == 0 && today - swept.st_mtim.tv_sec < kDay) return {};
  TRY(base::make_directories(marker.parent_path()));
  TRY(base::write_file_durably(marker, ""));
  std::error_code failed;
  for (fs::recursive_directory_iterator entry(directory_of(services), failed), end;
       !failed && entry != end; entry.increment(failed)) {
    struct stat status = {};
    if (::stat(entry->path().c_str(), &status) != 0 || !S_ISREG(status.st_mode)) continue;
    if (today - status.st_mtim.tv_sec < kMemory) continue;
    std::error_code gone;
    fs::remove(entry->path(), gone);
  }
  return {};
}

}  // namespace server
