#include "server/flow/spool.h"

#include <fcntl.h>
#include <unistd.h>

#include "base/random.h"

namespace server {
namespace {

constexpr size_t kChunk = size_t{1} << 20;

}  // namespace

base::Result<Spool> Spool::create(const base::Path& directory) {
  const base::Path path = directory / ("spool-" + base::random_token(8));
  base::UniqueFd fd = TRY(base::open_file(path, O_RDWR | O_CREAT | O_EXCL, 0600));
  TRY(base::remove_file(path));  // lives as long as the descriptor
  return Spool(std::move(fd));
}

base::Result<void> Spool::append(std::string_view text) {
  pending_ += text;
  return pending_.size() >= kChunk ? flush() : base::Result<void>();
}

base::Result<void> Spool::flush() {
  TRY(base::write_all(fd_.get(), pending_));
  flushed_ += pending_.size();
  pending_.clear();
  return {};
}

base::Result<std::pair<base::UniqueFd, uint64_t>> Spool::take() && {
  TRY(flush());
  return std::pair(std::move(fd_), flushed_);
}

dataset::ManifestReader::Chunks Spool::chunks() const {
  return [fd = fd_.get(), offset = off_t{0}]() mutable -> base::Result<std::string> {
    std::string chunk(kChunk, '\0');
    const ssize_t got = ::pread(fd, chunk.data(), chunk.size(), offset);
    if (got < 0) return base::system_error("read", "spool");
    chunk.resize(static_cast<size_t>(got));
    offset += got;
    return chunk;
  };
}

}  // namespace server
