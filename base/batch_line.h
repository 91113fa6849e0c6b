// A line in which many threads wait for the same kind of work, and the first of them does it for
// all that wait: a hundred transactions, or commits, then cost the syncs of one.
//
//   BatchLine<Request> line;
//   line.pass(request, most, [&](std::span<Request* const> batch) { write(batch); });
//   // here the request has been in a batch, of this thread or of another
//
// Whoever finds nobody leading leads: takes those that came first, itself among them unless the
// line is too long, and calls its `work` with them; others come up meanwhile and wait. `work` must
// not throw, and must not pass the same line. Items belong to their callers and are not touched
// after pass() returned. Safe from many threads; at most one of them works.
#pragma once

#include <algorithm>
#include <condition_variable>
#include <cstddef>
#include <memory>
#include <mutex>
#include <span>
#include <thread>
#include <vector>

namespace base {

template <typename Item>
class BatchLine {
 public:
  template <typename Work>
  void pass(Item& item, size_t most, const Work& work) {
    const auto waiter = std::make_shared<Waiter>(item);
    std::unique_lock lock(mutex_);
    waiting_.push_back(waiter);
    while (true) {
      waiter->changed.wait(lock, [&] { return waiter->is_done || !is_led(); });
      if (waiter->is_done) return;
      lead(lock, most, work);
    }
  }

  // Whether this thread is inside `work`.
  bool is_led_here() const {
    const std::lock_guard lock(mutex_);
    return leader_ == std::this_thread::get_id();
  }

 private:
  struct Waiter {
    explicit Waiter(Item& own) : item(own) {}
    Item& item;
    bool is_done = false;
    std::condition_variable changed = {};  // one each: a batch wakes nobody of the next one
  };
  using Waiters = std::vector<std::shared_ptr<Waiter>>;

  bool is_led() const { return leader_ != std::thread::id(); }

  template <typename Work>
  void lead(std::unique_lock<std::mutex>& lock, size_t most, const Work& work) {
    leader_ = std::this_thread::get_id();
    const Waiters batch = take(most);
    lock.unlock();
    std::vector<Item*> items;
    for (const auto& waiter : batch) items.push_back(&waiter->item);
    work(std::span<Item* const>(items));
    lock.lock();
    for (const auto& waiter : batch) waiter->is_done = true;
    leader_ = {};
    const auto next = waiting_.empty() ? nullptr : waiting_.front();
    lock.unlock();
    // Without the lock, for which whoever wakes would only wait again; the next leader first.
    if (next) next->changed.notify_one();
    for (const auto& waiter : batch) waiter->changed.notify_one();
    lock.lock();
  }

  Waiters take(size_t most) {
    const auto end =
        waiting_.begin() + static_cast<std::ptrdiff_t>(std::min(most, waiting_.size()));
    Waiters batch(waiting_.begin(), end);
    waiting_.erase(waiting_.begin(), end);
    return batch;
  }

  mutable std::mutex mutex_;  // of all below
  std::thread::id leader_;    // none: whoever comes leads
  Waiters waiting_;
};

}  // namespace base
