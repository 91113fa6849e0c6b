#include "storage/detail/local_blob_writer.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <utility>
#include <vector>

namespace storage {
namespace {

constexpr size_t kReadSize = size_t{1} << 20;
// Of smaller chunks so much is written at once.
constexpr size_t kGathered = size_t{64} << 10;
// How much may wait unwritten before the disk is asked to begin: the last fsync is short then.
constexpr uint64_t kFlushStep = uint64_t{8} << 20;

base::Error differs(std::string_view what, const std::string& got, const std::string& expected) {
  return base::Error{base::Code::invalid,
                     "the content has " + std::string(what) + " " + got + ", expected " + expected};
}

Result<size_t> read_some(int fd, uint64_t offset, std::span<char> buffer) {
  while (true) {
    const ssize_t got = ::pread(fd, buffer.data(), buffer.size(), static_cast<off_t>(offset));
    if (got >= 0) return static_cast<size_t>(got);
    if (errno != EINTR) return base::system_error("read", "a stored object");
  }
}

// Fills the buffer unless the file ends.
Result<size_t> read_full(int fd, uint64_t offset, std::span<char> buffer) {
  size_t done = 0;
  while (done < buffer.size()) {
    const size_t got = TRY(read_some(fd, offset + done, buffer.subspan(done)));
    if (got == 0) break;
    done += got;
  }
  return done;
}

// Of two files of `size` bytes: most are small, so the buffers are no larger than they.
Result<bool> same_bytes(int a, int b, uint64_t size) {
  const size_t block = std::min<uint64_t>(kReadSize, size + 1);
  std::vector<char> left(block), right(block);
  for (uint64_t offset = 0;; offset += block) {
    const size_t got = TRY(read_full(a, offset, left));
    if (got != TRY(read_full(b, offset, right))) return false;
    if (std::memcmp(left.data(), right.data(), got) != 0) return false;
    if (got < block) return true;
  }
}

// Fails with EEXIST where something has the name. Some file systems know no RENAME_NOREPLACE.
int rename_to_free_name(const base::Path& from, const base::Path& to) {
  const int done = ::renameat2(AT_FDCWD, from.c_str(), AT_FDCWD, to.c_str(), RENAME_NOREPLACE);
  if (done == 0 || (errno != EINVAL && errno != ENOSYS)) return done;
  if (::link(from.c_str(), to.c_str()) != 0) return -1;
  return ::unlink(from.c_str());
}

}  // namespace

Result<base::ContentHashes> hash_descriptor(int fd) {
  ParallelHasher hasher;
  std::vector<char> buffer(kReadSize);
  for (uint64_t offset = 0;;) {
    const size_t got = TRY(read_some(fd, offset, buffer));
    if (got == 0) return hasher.finish();
    hasher.update({buffer.data(), got});
    offset += got;
  }
}

Result<void> renew_file(const base::Path& file) {
  if (::utimensat(AT_FDCWD, file.c_str(), nullptr, AT_SYMLINK_NOFOLLOW) == 0) return {};
  return base::system_error("renew", file);
}

Result<std::unique_ptr<LocalBlobWriter>> LocalBlobWriter::create(const BlobLayout& layout,
                                                                 std::shared_ptr<NameLocks> names,
                                                                 std::string_view organisation,
                                                                 const ExpectedContent& expected,
                                                                 const base::Path& temporary) {
  base::UniqueFd fd = TRY(base::open_file(temporary, O_RDWR | O_CREAT | O_EXCL, 0600));
  std::unique_ptr<LocalBlobWriter> writer(new LocalBlobWriter(
      layout, std::move(names), organisation, expected, temporary, std::move(fd)));
  TRY(writer->check_length(expected.size.value_or(0)));
  return writer;
}

Result<std::unique_ptr<LocalBlobWriter>> LocalBlobWriter::adopt(const BlobLayout& layout,
                                                                std::shared_ptr<NameLocks> names,
                                                                std::string_view organisation,
                                                                const ExpectedContent& expected,
                                                                const base::Path& file) {
  base::UniqueFd fd = TRY(base::open_file(file, O_RDWR));
  std::unique_ptr<LocalBlobWriter> writer(
      new LocalBlobWriter(layout, std::move(names), organisation, expected, file, std::move(fd)));
  writer->adopted_ = true;
  TRY(writer->hash_file());
  return writer;
}

LocalBlobWriter::~LocalBlobWriter() {
  if (!placed_ && !adopted_) ::unlink(temporary_.c_str());
}

Result<void> LocalBlobWriter::hash_file() {
  TRY(check_length(TRY(base::file_size(temporary_))));  // before the work
  hashes_ = TRY(hash_descriptor(fd_.get()));
  return check_content();
}

Result<void> LocalBlobWriter::check_length(uint64_t size) const {
  if (expected_.size && size > *expected_.size) {
    return base::Error{base::Code::invalid, "the content is longer than the announced " +
                                                std::to_string(*expected_.size) + " bytes"};
  }
  if (size > expected_.limit) {
    return base::Error{base::Code::limit, "the content is longer than the allowed " +
                                              std::to_string(expected_.limit) + " bytes"};
  }
  return {};
}

Result<void> LocalBlobWriter::check_content() const {
  if (expected_.size && hashes_->size != *expected_.size) {
    return differs("size", std::to_string(hashes_->size), std::to_string(*expected_.size));
  }
  if (expected_.md5 && hashes_->md5 != *expected_.md5) {
    return differs("MD5", hashes_->md5.hex(), expected_.md5->hex());
  }
  if (expected_.sha256 && hashes_->sha256 != *expected_.sha256) {
    return differs("SHA-256", hashes_->sha256.hex(), expected_.sha256->hex());
  }
  return {};
}

Result<void> LocalBlobWriter::write(std::string_view chunk) {
  TRY(check_length(written_ + chunk.size()));
  written_ += chunk.size();
  if (pending_.empty() && chunk.size() >= kGathered) return write_out(chunk);
  pending_ += chunk;
  return pending_.size() >= kGathered ? write_out(std::exchange(pending_, {})) : Result<void>();
}

Result<void> LocalBlobWriter::write_out(std::string_view bytes) {
  const auto done = base::write_all(fd_.get(), bytes);
  if (!done.ok()) return done.error().within("storing an object");
  hasher_.update(bytes);
  if (written_ - flush_started_ >= kFlushStep) start_flush();
  return {};
}

void LocalBlobWriter::start_flush() {
  // Only a hint: flush() finds the errors.
  (void)::sync_file_range(fd_.get(), static_cast<off_t>(flush_started_), 0, SYNC_FILE_RANGE_WRITE);
  flush_started_ = written_;
}

Result<base::ContentHashes> LocalBlobWriter::seal() {
  if (!hashes_) {
    TRY(write_out(std::exchange(pending_, {})));
    hashes_ = hasher_.finish();
    TRY(check_content());
  }
  return *hashes_;
}

Result<void> LocalBlobWriter::make_final() {
  if (!hashes_) return base::Error{base::Code::internal, "publish before seal"};
  if (::fchmod(fd_.get(), 0444) != 0) return base::system_error("chmod", temporary_);
  return {};
}

Result<void> LocalBlobWriter::flush() {
  TRY(make_final());
  const auto synced = base::sync_file(fd_.get());
  if (!synced.ok()) return synced.error().within("storing an object");
  flushed_ = true;
  return {};
}

bool LocalBlobWriter::needs_no_flush() const {
  return flushed_ || (hashes_ && ::access(target().c_str(), F_OK) == 0);
}

Result<void> LocalBlobWriter::flush_new() {
  return needs_no_flush() ? Result<void>() : flush();
}

// A sync of the whole file system need not say that this file could not be written: its descriptor
// does, and there is nothing left to wait for.
Result<void> LocalBlobWriter::note_flushed() {
  if (::sync_file_range(fd_.get(), 0, 0, SYNC_FILE_RANGE_WAIT_BEFORE) != 0) {
    return base::system_error("sync", "an object");
  }
  flushed_ = true;
  return {};
}

Result<void> LocalBlobWriter::take_name() {
  if (rename_to_free_name(temporary_, target()) != 0) {
    return errno == EEXIST ? base::Error{base::Code::conflict, "the name is taken"}
                           : base::system_error("rename", temporary_);
  }
  placed_ = true;
  return {};
}

Result<bool> LocalBlobWriter::take_or_renew_name() {
  const std::lock_guard lock(names_->of(name()));
  const auto taken = take_name();
  if (!taken.ok() && taken.error().code != base::Code::conflict) return taken.error();
  TRY(renew_file(target()));  // what was adopted may have been written long ago, too
  return taken.ok();
}

Result<void> LocalBlobWriter::place(const std::optional<base::Sha256>& recorded) {
  TRY(base::make_directories(directory()));
  if (!TRY(take_or_renew_name())) return settle_with_present(recorded);
  // What seemed to be there was removed meanwhile.
  return flushed_ ? Result<void>() : flush();
}

Result<void> LocalBlobWriter::settle_with_present(const std::optional<base::Sha256>& recorded) {
  const base::UniqueFd present = TRY(base::open_file(target(), O_RDONLY));
  struct stat status = {};
  if (::fstat(present.get(), &status) != 0) return base::system_error("stat", target());
  const bool same_size = static_cast<uint64_t>(status.st_size) == hashes_->size;
  if (same_size && recorded && *recorded == hashes_->sha256) return {};
  if (same_size && TRY(same_bytes(present.get(), fd_.get(), hashes_->size))) return {};
  if (TRY(hash_descriptor(present.get())).md5 == hashes_->md5) {
    return base::Error{base::Code::conflict,
                       "another content with the MD5 " + hashes_->md5.hex() + " is stored already"};
  }
  return replace_damaged();
}

// What is stored no longer is what its name says; this is.
Result<void> LocalBlobWriter::replace_damaged() {
  TRY(flush());
  if (::rename(temporary_.c_str(), target().c_str()) != 0) {
    return base::system_error("rename", temporary_);
  }
  placed_ = true;
  return {};
}

Result<BlobName> LocalBlobWriter::publish(const std::optional<base::Sha256>& recorded) {
  if (!hashes_) return base::Error{base::Code::internal, "publish before seal"};
  TRY(flush_new());
  TRY(place(recorded));
  // Also when the content was there: whoever placed it may not have synced the name yet.
  TRY(base::sync_directory(directory()));
  TRY(drop_copy());
  return name();
}

Result<void> LocalBlobWriter::drop_copy() {
  if (adopted_ && !placed_) return base::remove_file(temporary_);
  return {};
}

}  // namespace storage
