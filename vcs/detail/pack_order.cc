#include "vcs/detail/pack_order.h"

#include <utility>

#include "vcs/detail/fetch_cache_state.h"

namespace vcs {

using base::Code;
using base::Error;
using base::Result;

namespace {

// A pack of so many objects is made at once; larger ones on a thread of their own, so that the
// client gets its beginning while the rest is made.
constexpr size_t kSmall = 4096;
constexpr int kAttempts = 3;

}  // namespace

Result<PackOrder> PackOrder::place(FetchCache& cache, PackQuery query) {
  PackOrder order(cache.state_, std::move(query));
  TRY(order.join());
  return order;
}

PackOrder::~PackOrder() {
  if (pack_ && is_ours_) give_up({Code::io, "the client who was first has gone"});
}

Result<void> PackOrder::join() {
  auto [pack, is_new] = cache_->find_or_add(query_.repository, query_.key);
  pack_ = std::move(pack);
  is_ours_ = is_new;
  if (!is_ours_) return {};
  auto pass = cache_->gate.enter(query_.repository, query_.client);
  if (pass.ok()) {
    pass_ = std::move(pass).value();
    return {};
  }
  give_up(pass.error());
  return pass.error();
}

void PackOrder::give_up(Error error) {
  is_ours_ = false;
  pack_->fail(std::move(error));
  cache_->settle(query_.repository, query_.key, pack_);
}

Result<void> PackOrder::make(const Select& select, bool offset_deltas) {
  auto selected = select();
  if (!selected.ok()) {
    give_up(selected.error());
    return selected.error();
  }
  is_ours_ = false;
  SharedObjects objects = std::move(selected).value();
  const bool is_small = objects->size() <= kSmall;
  // std::function wants what it holds to be copyable.
  auto pass = std::make_shared<WorkGate::Pass>(std::move(pass_));
  auto work = [cache = cache_.get(), query = query_, pack = pack_, objects = std::move(objects),
               offset_deltas, pass = std::move(pass)] {
    pack->make(objects, offset_deltas);
    cache->settle(query.repository, query.key, pack);
  };
  if (is_small) {
    work();
  } else {
    FetchCache::State::run(cache_, std::move(work));
  }
  return {};
}

// Who waited for one that failed tries again, perhaps as the one who makes it.
Result<std::shared_ptr<SharedPack>> PackOrder::fill(const Select& select, bool offset_deltas,
                                                    const Tick& tick) {
  for (int attempt = 1;; ++attempt) {
    if (is_ours_) {
      TRY(make(select, offset_deltas));
      TRY(pack_->wait(tick));
      return pack_;
    }
    const auto waited = pack_->wait(tick);
    if (waited.ok()) return pack_;
    if (waited.error().code == Code::busy || attempt == kAttempts) return waited.error();
    if (tick) TRY(tick());
    TRY(join());
  }
}

}  // namespace vcs
