// One fetch's way to its pack. The first who orders a pack makes it; who orders the same one before
// it is forgotten gets it from the FetchCache.
//
//   PackOrder order = TRY(PackOrder::place(cache, {repository, client, key}));   // may wait
//   const auto pack = TRY(order.fill(select, offset_deltas, tick));
//   TRY(pack->send(out, tick));
//
// Belongs to one thread.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "base/digest.h"
#include "base/result.h"
#include "vcs/detail/shared_pack.h"
#include "vcs/fetch_cache.h"
#include "vcs/work_gate.h"

namespace vcs {

struct PackQuery {
  std::string repository;  // tells them apart
  std::string client;      // who is counted; may be empty
  base::Sha1 key;          // of all that decides which bytes the pack has
};

class PackOrder {
 public:
  using Select = std::function<base::Result<SharedObjects>()>;

  // Code::busy if too many packs are being made.
  static base::Result<PackOrder> place(FetchCache& cache, PackQuery query);
  PackOrder(PackOrder&&) = default;
  PackOrder& operator=(PackOrder&&) = delete;
  ~PackOrder();  // lets others go on if this was never filled

  // A pack that is there, or on its way. `select` is called if it is ours to make.
  base::Result<std::shared_ptr<SharedPack>> fill(const Select& select, bool offset_deltas,
                                                 const Tick& tick);

 private:
  PackOrder(std::shared_ptr<FetchCache::State> cache, PackQuery query)
      : cache_(std::move(cache)), query_(std::move(query)) {}
  base::Result<void> join();
  base::Result<void> make(const Select& select, bool offset_deltas);
  void give_up(base::Error error);

  std::shared_ptr<FetchCache::State> cache_;
  PackQuery query_;
  std::shared_ptr<SharedPack> pack_;
  bool is_ours_ = false;  // to make
  WorkGate::Pass pass_;
};

}  // namespace vcs
