// Packs that are being made for clients or were made lately, shared by all repositories of a
// server: who asks for what somebody else asks for, or asked for, gets the same pack and costs next
// to nothing. Also holds how many may be made at once.
//
//   const auto cache = std::make_shared<FetchCache>(FetchLimits{.directory = data / "cache"});
//   UploadPack upload_pack(repository, {.cache = cache});
//
// Most packs are kept as a list of places in stored packs; only what is too scattered for that is
// written to temporary files without a name below the directory, which end with the process. Least
// recently used goes first. What a client may see is judged before anything is looked for here.
// Safe from many threads.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "base/digest.h"
#include "base/file.h"

namespace vcs {

class SharedPack;  // vcs/detail/shared_pack.h

struct FetchLimits {
  base::Path directory = {};  // must exist; empty: nothing is written
  uint64_t disk_bytes = uint64_t{2} << 30;
  uint64_t memory_bytes = uint64_t{16} << 20;
  // Packs that are put together at once; who comes too many waits, and is then told to come later.
  unsigned packs_in_all = 8;
  unsigned packs_per_repository = 4;
  unsigned packs_per_client = 2;
  std::chrono::milliseconds patience{20'000};
};

class FetchCache {
 public:
  explicit FetchCache(FetchLimits limits);
  ~FetchCache();  // waits until what is being made is made

  // No new request finds what this repository has: for when packs of it are gone, since what is
  // kept may hold on to them, or to objects that shall not exist any more.
  void forget(const std::string& repository);

  struct Use {
    uint64_t packs = 0;
    uint64_t memory_bytes = 0;
    uint64_t disk_bytes = 0;
  };
  Use use() const;

 private:
  friend class PackOrder;  // vcs/detail/pack_order.h: finds, makes and adds
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace vcs
