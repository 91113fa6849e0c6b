#include "vcs/detail/shared_pack.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <utility>

namespace vcs {

using base::Code;
using base::Error;
using base::Result;

namespace {

constexpr auto kPatience = std::chrono::seconds(1);  // between two ticks
constexpr size_t kWriteStep = size_t{256} << 10;
constexpr size_t kReadStep = size_t{64} << 10;

// Lets through what comes after the first `skip` bytes.
Sink skipping(const Sink& out, uint64_t skip) {
  return [&out, skip](std::string_view bytes) mutable -> Result<void> {
    const uint64_t known = std::min<uint64_t>(skip, bytes.size());
    skip -= known;
    bytes.remove_prefix(known);
    return bytes.empty() ? Result<void>() : out(bytes);
  };
}

Result<base::UniqueFd> open_unnamed(const base::Path& directory) {
  if (directory.empty()) return Error{Code::no_space, "nothing is kept on disk"};
  return base::open_file(directory, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
}

}  // namespace

// Collects pieces; from the one that is too many, a file.
class SharedPack::Maker : public PackTarget {
 public:
  explicit Maker(SharedPack& made) : made_(made) {}

  Result<void> copy(const std::shared_ptr<const PackReader>& pack, uint64_t begin,
                    uint64_t end) override {
    if (in_file_) return write(pack->bytes(begin, end));
    pieces_.push_back({pack, begin, end});
    return limit();
  }

  Result<void> append(std::string_view bytes) override {
    if (in_file_) return write(bytes);
    const uint64_t begin = text_.size();
    text_ += bytes;
    if (!pieces_.empty() && !pieces_.back().pack) {
      pieces_.back().end = text_.size();
    } else {
      pieces_.push_back({nullptr, begin, text_.size()});
    }
    return limit();
  }

  Result<void> finish(std::optional<base::Sha1> trailer) {
    if (!in_file_) {
      const std::lock_guard lock(made_.mutex_);
      made_.pieces_ = std::move(pieces_);
      made_.text_ = std::move(text_);
      made_.trailer_ = trailer;
      made_.objects_.reset();
      made_.become(State::in_pieces);
      return {};
    }
    const base::Sha1 hash = hasher_.finish();
    buffer_ += base::as_text(hash.bytes);
    TRY(flush());
    const std::lock_guard lock(made_.mutex_);
    made_.objects_.reset();
    made_.become(State::in_file);
    return {};
  }

 private:
  Result<void> limit() {
    const Limits& limits = made_.limits_;
    if (pieces_.size() <= limits.most_pieces && text_.size() <= limits.most_text) return {};
    return move_to_file();
  }

  Result<void> move_to_file() {
    in_file_ = true;
    base::UniqueFd file = TRY(open_unnamed(made_.limits_.directory));
    {
      const std::lock_guard lock(made_.mutex_);
      made_.file_ = std::move(file);
      made_.become(State::growing);
    }
    const std::vector<Piece> pieces = std::move(pieces_);
    const std::string text = std::move(text_);
    for (const Piece& piece : pieces) {
      TRY(write(piece.pack ? piece.pack->bytes(piece.begin, piece.end)
                           : std::string_view(text).substr(piece.begin, piece.end - piece.begin)));
    }
    return {};
  }

  Result<void> write(std::string_view bytes) {
    while (!bytes.empty()) {
      const std::string_view step = bytes.substr(0, kWriteStep);
      bytes.remove_prefix(step.size());
      hasher_.update(step);
      buffer_ += step;
      if (buffer_.size() >= kWriteStep) TRY(flush());
    }
    return {};
  }

  Result<void> flush() {
    if (const auto& disk = made_.limits_.disk; disk && !disk->take(buffer_.size())) {
      return Error{Code::no_space, "no more may be kept on disk"};
    }
    const auto written = base::write_all(made_.file_.get(), buffer_);
    const std::lock_guard lock(made_.mutex_);
    made_.file_taken_ += buffer_.size();
    TRY(written);
    made_.file_size_ += buffer_.size();
    buffer_.clear();
    made_.changed_.notify_all();
    return {};
  }

  SharedPack& made_;
  std::vector<Piece> pieces_;
  std::string text_;
  bool in_file_ = false;
  base::Hasher<base::Sha1> hasher_;
  std::string buffer_;
};

bool DiskBudget::take(uint64_t bytes) {
  if (used_.fetch_add(bytes) + bytes <= most_) return true;
  used_ -= bytes;
  return false;
}

SharedPack::~SharedPack() {
  if (limits_.disk) limits_.disk->give_back(file_taken_);
}

void SharedPack::become(State state) {
  state_ = state;
  changed_.notify_all();
}

void SharedPack::make(SharedObjects objects, bool offset_deltas) {
  {
    const std::lock_guard lock(mutex_);
    objects_ = objects;
    objects_count_ = objects->size();
    offset_deltas_ = offset_deltas;
  }
  Maker maker(*this);
  PackCopier copier(*objects, offset_deltas, maker);
  auto made = copier.write();
  if (made.ok()) made = maker.finish(copier.known_trailer());
  if (made.ok()) return;
  const Code code = made.error().code;
  if (code != Code::no_space && code != Code::io) return fail(made.error());
  const std::lock_guard lock(mutex_);
  become(State::broken_off);
}

void SharedPack::fail(Error error) {
  const std::lock_guard lock(mutex_);
  error_ = std::move(error);
  become(State::failed);
}

Result<void> SharedPack::wait(const Tick& tick) const {
  std::unique_lock lock(mutex_);
  while (state_ == State::making) {
    if (changed_.wait_for(lock, kPatience) == std::cv_status::no_timeout) continue;
    lock.unlock();
    if (tick) TRY(tick());
    lock.lock();
  }
  if (state_ == State::failed) return *error_;
  return {};
}

Result<void> SharedPack::send(const Sink& out, const Tick& tick) const {
  TRY(wait(tick));
  {
    std::unique_lock lock(mutex_);
    if (state_ == State::in_pieces) {
      lock.unlock();
      return send_pieces(out);
    }
  }
  const uint64_t sent = TRY(send_file(out, tick));
  return send_rest(out, sent);
}

// Pieces never change once they are there.
Result<void> SharedPack::send_pieces(const Sink& out) const {
  std::optional<base::Sha1> trailer;
  {
    const std::lock_guard lock(mutex_);
    trailer = trailer_;
  }
  PackStreamer hashed(out);
  for (const Piece& piece : pieces_) {
    const std::string_view bytes =
        piece.pack ? piece.pack->bytes(piece.begin, piece.end)
                   : std::string_view(text_).substr(piece.begin, piece.end - piece.begin);
    TRY(trailer ? out(bytes) : hashed.append(bytes));
  }
  if (trailer) return out(base::as_text(trailer->bytes));
  trailer = TRY(hashed.finish());
  const std::lock_guard lock(mutex_);
  trailer_ = trailer;
  return {};
}

Result<uint64_t> SharedPack::more_than(uint64_t sent, const Tick& tick) const {
  std::unique_lock lock(mutex_);
  while (file_size_ == sent && state_ == State::growing) {
    if (changed_.wait_for(lock, kPatience) == std::cv_status::no_timeout) continue;
    lock.unlock();
    if (tick) TRY(tick());
    lock.lock();
  }
  if (file_size_ == sent && state_ == State::failed) return *error_;
  return file_size_ - sent;
}

// Says how much there was.
Result<uint64_t> SharedPack::send_file(const Sink& out, const Tick& tick) const {
  std::string block(kReadStep, '\0');
  uint64_t sent = 0;
  while (const uint64_t more = TRY(more_than(sent, tick))) {
    const size_t want = std::min<uint64_t>(more, block.size());
    const ssize_t got = ::pread(file_.get(), block.data(), want, static_cast<off_t>(sent));
    if (got <= 0) return base::system_error("read", limits_.directory);
    TRY(out(std::string_view(block).substr(0, static_cast<size_t>(got))));
    sent += static_cast<uint64_t>(got);
  }
  return sent;
}

Result<void> SharedPack::send_rest(const Sink& out, uint64_t sent) const {
  SharedObjects objects;
  {
    const std::lock_guard lock(mutex_);
    if (state_ != State::broken_off) return {};
    objects = objects_;
  }
  PackStreamer rest(skipping(out, sent));
  TRY(PackCopier(*objects, offset_deltas_, rest).write());
  TRY(rest.finish());
  return {};
}

bool SharedPack::is_made() const {
  const std::lock_guard lock(mutex_);
  return state_ == State::in_pieces || state_ == State::in_file;
}

bool SharedPack::has_failed() const {
  const std::lock_guard lock(mutex_);
  return state_ == State::failed;
}

uint64_t SharedPack::bytes_in_memory() const {
  const std::lock_guard lock(mutex_);
  return sizeof(*this) + pieces_.size() * sizeof(Piece) + text_.size();
}

}  // namespace vcs
