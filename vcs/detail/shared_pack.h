// One pack that is put together once and sent to everybody who asks for the same. What can be
// described as pieces of stored packs is kept as such a description, which takes next to no room; a
// pack in too many pieces is written to a temporary file as it is made, and readers follow it. So
// whoever makes it works at full speed and never waits for a slow client.
//
//   SharedPack pack({.directory = cache, .disk = budget});
//   pack.make(objects, offset_deltas);            // one thread, once; or fail(error)
//   TRY(pack.wait(tick));                         // the others
//   TRY(pack.send(out, tick));
//
// The file has no name: the system takes it back when the process ends, however that happens. If it
// cannot be written (a full disk) the pack is not kept, and each reader makes the rest on its own:
// the bytes are the same every time. Safe from many threads.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "base/file.h"
#include "base/result.h"
#include "vcs/detail/closure_cache.h"
#include "vcs/detail/pack_copier.h"

namespace vcs {

// How many bytes the temporary files may take together. Safe from many threads.
class DiskBudget {
 public:
  explicit DiskBudget(uint64_t most) : most_(most) {}
  bool take(uint64_t bytes);
  void give_back(uint64_t bytes) { used_ -= bytes; }
  uint64_t used() const { return used_; }

 private:
  const uint64_t most_;
  std::atomic<uint64_t> used_{0};
};

class SharedPack {
 public:
  struct Limits {
    base::Path directory = {};                   // for the temporary file; empty: none is written
    std::shared_ptr<DiskBudget> disk = nullptr;  // null: no bound
    size_t most_pieces = 16384;
    size_t most_text = size_t{1} << 20;  // bytes that are in no stored pack
  };

  explicit SharedPack(Limits limits) : limits_(std::move(limits)) {}
  ~SharedPack();
  SharedPack(const SharedPack&) = delete;
  SharedPack& operator=(const SharedPack&) = delete;

  // Ends in wait() and send() of all readers getting the same error, if it fails.
  void make(SharedObjects objects, bool offset_deltas);
  void fail(base::Error error);

  // Until there is something to send; ticks now and then.
  base::Result<void> wait(const Tick& tick) const;
  // How many objects there are: valid after wait().
  size_t count() const { return objects_count_; }
  // The whole pack, as far as it is made already and then on as it grows.
  base::Result<void> send(const Sink& out, const Tick& tick) const;

  bool is_made() const;  // and whole
  bool has_failed() const;
  uint64_t bytes_in_memory() const;

 private:
  class Maker;
  // Of a stored pack, or of text_ if there is none.
  struct Piece {
    std::shared_ptr<const PackReader> pack;
    uint64_t begin = 0;
    uint64_t end = 0;
  };
  enum class State { making, in_pieces, growing, in_file, broken_off, failed };

  void become(State state);
  base::Result<void> send_pieces(const Sink& out) const;
  base::Result<uint64_t> send_file(const Sink& out, const Tick& tick) const;
  base::Result<void> send_rest(const Sink& out, uint64_t sent) const;
  // What is in the file beyond `sent`, after a wait; 0: nothing will follow.
  base::Result<uint64_t> more_than(uint64_t sent, const Tick& tick) const;

  const Limits limits_;
  mutable std::mutex mutex_;
  mutable std::condition_variable changed_;
  State state_ = State::making;
  std::optional<base::Error> error_;
  size_t objects_count_ = 0;
  SharedObjects objects_;  // until nobody can need them any more
  bool offset_deltas_ = false;

  std::vector<Piece> pieces_;
  std::string text_;
  mutable std::optional<base::Sha1> trailer_;  // of the pieces; told by the first who sent them all

  base::UniqueFd file_;
  uint64_t file_size_ = 0;   // what readers may rely on
  uint64_t file_taken_ = 0;  // of the disk's budget
};

}  // namespace vcs
