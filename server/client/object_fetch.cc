#include "server/client/object_fetch.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>

#include "dataset/object_archive.h"

namespace server::client {

using base::Code;
using base::Error;

namespace {

constexpr size_t kBlock = size_t{256} << 10;

Error wrong_bytes(const WantedFile& file) {
  return Error{Code::internal, "the server sent other bytes than the release names for " +
                                   file.path + ": ask its operator to run glossator scrub"};
}

template <typename Hasher>
Result<void> hash_file(int fd, const base::Path& path, std::string& buffer, Hasher& hasher) {
  buffer.resize(kBlock);
  while (true) {
    const ssize_t got = ::read(fd, buffer.data(), buffer.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return base::system_error("read", path);
    if (got == 0) return {};
    hasher.update(std::string_view(buffer.data(), static_cast<size_t>(got)));
  }
}

bool is_right(const base::ContentHashes& hashes, const WantedFile& file) {
  return hashes.size == file.size && hashes.md5 == file.md5 && hashes.sha256 == file.sha256;
}

// The size of a file that an earlier attempt may have left.
uint64_t size_or_zero(const base::Path& path) {
  struct stat status = {};
  return ::stat(path.c_str(), &status) == 0 ? static_cast<uint64_t>(status.st_size) : 0;
}

}  // namespace

ObjectFetch::ObjectFetch(const Remote& remote, std::string project, PullPlace place, int number,
                         PullCounts& counts)
    : remote_(remote),
      project_(std::move(project)),
      place_(std::move(place)),
      incoming_(place_.work / ("incoming-" + std::to_string(number))),
      client_(remote.connect()),
      counts_(counts) {}

Result<void> ObjectFetch::bring(std::span<const WantedFile> files) {
  std::vector<WantedFile> missing;
  for (const WantedFile& file : files) {
    if (TRY(is_there(file))) {
      ++counts_.kept_files;
    } else {
      missing.push_back(file);
    }
  }
  if (missing.empty()) return {};
  if (missing.size() == 1 && missing.front().size > kLargeFile) return bring_large(missing.front());
  return bring_many(missing);
}

// What is there is believed only after it has been hashed: it may be of another release, or edited.
Result<bool> ObjectFetch::is_there(const WantedFile& file) {
  const base::Path path = place_.target / file.path;
  const base::UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
  struct stat status = {};
  if (!fd || ::fstat(fd.get(), &status) != 0 || !S_ISREG(status.st_mode)) return false;
  if (static_cast<uint64_t>(status.st_size) != file.size) return false;
  base::Hasher<base::Sha256> hasher;
  TRY(hash_file(fd.get(), path, buffer_, hasher));
  return hasher.finish() == file.sha256;
}

// One stream for all; after a broken one the next begins with the first file that has not come.
Result<void> ObjectFetch::bring_many(std::span<const WantedFile> files) {
  size_t done = 0;
  const auto attempt = [&]() -> Result<void> {
    base::HttpRequest request{
        .method = "POST",
        .url = remote_.project(project_, "/objects"),
        .headers = {"Content-Type: text/plain"},
    };
    for (const WantedFile& file : files.subspan(done)) request.body += file.md5.hex() + "\n";
    std::string content;
    dataset::ObjectArchiveReader archive([&](const dataset::ArchivedObject& object,
                                             std::string_view piece, bool is_last) -> Result<void> {
      if (done == files.size()) return Error{Code::invalid, "the server sent too much"};
      const WantedFile& file = files[done];
      if (object.md5 != file.md5 || object.size != file.size) return wrong_bytes(file);
      if (!is_last || !content.empty()) content += piece;
      if (!is_last) return {};
      TRY(place(file, content.empty() ? piece : std::string_view(content)));
      content.clear();
      ++done;
      return {};
    });
    const auto answer =
        TRY(client_.send(request, [&](std::string_view chunk) { return archive.feed(chunk); }));
    if (!answer.ok()) return error_of(answer);
    return archive.finish();
  };
  return persist(attempt, [&] { return done; });
}

Result<void> ObjectFetch::place(const WantedFile& file, std::string_view content) {
  if (!is_right(base::hashes_of(content), file)) return wrong_bytes(file);
  {
    const base::UniqueFd fd = TRY(base::open_file(incoming_, O_WRONLY | O_CREAT | O_TRUNC));
    TRY(base::write_all(fd.get(), content));
  }
  TRY(move_into_place(incoming_, file));
  counts_.fetched_bytes += content.size();
  return {};
}

Result<void> ObjectFetch::move_into_place(const base::Path& from, const WantedFile& file) {
  const std::string path = place_.target.string() + "/" + file.path;
  const std::string parent = path.substr(0, path.rfind('/'));
  // Files of a directory come one after another; most directories lie in one that is there.
  if (parent != parent_ && ::mkdir(parent.c_str(), 0755) != 0 && errno != EEXIST) {
    TRY(base::make_directories(parent));
  }
  parent_ = parent;
  if (::rename(from.c_str(), path.c_str()) != 0) return base::system_error("rename", path);
  ++counts_.fetched_files;
  return {};
}

// Bytes are only ever appended to the part, so what is there is a beginning of the file.
Result<void> ObjectFetch::bring_large(const WantedFile& file) {
  const base::Path part = place_.work / ("part-" + file.sha256.hex());
  if (size_or_zero(part) > file.size) TRY(base::remove_file(part));
  TRY(persist([&] { return fetch_rest(file, part); }, [&] { return size_or_zero(part); }));
  const base::UniqueFd fd = TRY(base::open_file(part, O_RDONLY));
  base::ContentHasher hasher;
  TRY(hash_file(fd.get(), part, buffer_, hasher));
  if (!is_right(hasher.finish(), file)) {
    TRY(base::remove_file(part));
    return wrong_bytes(file);
  }
  return move_into_place(part, file);
}

Result<void> ObjectFetch::fetch_rest(const WantedFile& file, const base::Path& part) {
  const uint64_t begin = size_or_zero(part);
  if (begin == file.size && begin > 0) return {};
  const std::string md5 = file.md5.hex();
  base::HttpRequest request{.url = remote_.url() + "/" + project_ + ".dvc/files/md5/" +
                                   md5.substr(0, 2) + "/" + md5.substr(2)};
  if (begin > 0) request.headers.push_back("Range: bytes=" + std::to_string(begin) + "-");
  const base::UniqueFd fd = TRY(base::open_file(part, O_WRONLY | O_CREAT | O_APPEND));
  const auto check_head = [&](const base::HttpAnswer& answer) -> Result<void> {
    if (!answer.ok() || begin == 0 || answer.status == 206) return {};
    if (::ftruncate(fd.get(), 0) == 0) return {};  // the whole file comes after all
    return base::system_error("truncate", part);
  };
  const auto answer = TRY(client_.send(
      request,
      [&](std::string_view chunk) -> Result<void> {
        TRY(base::write_all(fd.get(), chunk));
        counts_.fetched_bytes += chunk.size();
        return {};
      },
      check_head));
  if (!answer.ok()) return error_of(answer);
  if (size_or_zero(part) == file.size) return {};
  return Error{Code::busy, "the server ended a download early"};
}

}  // namespace server::client
