#include "vcs/detail/delta_resolver.h"

#include <algorithm>

#include "vcs/compression.h"
#include "vcs/detail/delta.h"
#include "vcs/detail/pack_entry.h"

namespace vcs {
namespace {

using base::Code;
using base::Error;
using base::Result;

using Index = uint32_t;

// Depth first, so that a base is in memory while its deltas are applied; it is let go before its
// last delta's own deltas are, so that a mere chain holds two objects, not all of them.
class Resolver {
 public:
  Resolver(base::ByteView pack, std::vector<ReceivedEntry>& entries, const ReceiveLimits& limits,
           const NameObject& name)
      : pack_(pack), entries_(entries), limits_(limits), name_(name) {
    for (Index i = 0; i < entries.size(); ++i) add_child(i);
    std::sort(by_offset_.begin(), by_offset_.end());
    std::sort(by_id_.begin(), by_id_.end());
  }

  Result<void> run() {
    for (Index i = 0; i < entries_.size(); ++i) {
      const ReceivedEntry& entry = entries_[i];
      if (!kind_of_packed(entry.packed_type)) continue;
      std::vector<Index> children = children_of(entry);
      if (children.empty()) continue;
      TRY(push({TRY(inflated(entry)), entry.kind, std::move(children)}));
      while (!stack_.empty()) TRY(step());
    }
    return check_all_known();
  }

 private:
  struct Frame {
    std::string content;
    ObjectKind kind;
    std::vector<Index> children;
    size_t next = 0;
  };

  void add_child(Index i) {
    const ReceivedEntry& entry = entries_[i];
    if (entry.packed_type == kPackedOffsetDelta) by_offset_.emplace_back(entry.base_offset, i);
    if (entry.packed_type == kPackedIdDelta) by_id_.emplace_back(entry.base_id, i);
  }

  template <typename Key>
  static void append_range(std::vector<Index>& out, const std::vector<std::pair<Key, Index>>& all,
                           const Key& key) {
    auto it = std::lower_bound(all.begin(), all.end(), std::pair<Key, Index>(key, 0));
    for (; it != all.end() && it->first == key; ++it) out.push_back(it->second);
  }

  std::vector<Index> children_of(const ReceivedEntry& entry) const {
    std::vector<Index> children;
    append_range(children, by_offset_, entry.offset);
    append_range(children, by_id_, entry.id);
    std::erase_if(children, [&](Index i) { return entries_[i].is_known; });
    return children;
  }

  Result<std::string> inflated(const ReceivedEntry& entry) const {
    return inflate_exactly(base::as_text(pack_.subspan(entry.data_offset)), entry.size);
  }

  Result<void> push(Frame frame) {
    live_ += frame.content.size();
    if (live_ > limits_.max_live_bytes) {
      return Error{Code::limit, "the pack's deltas need too much memory"};
    }
    if (stack_.size() > limits_.max_delta_depth) {
      return Error{Code::limit, "a chain of deltas in the pack is too long"};
    }
    stack_.push_back(std::move(frame));
    return {};
  }

  void release(std::string& content) {
    live_ -= content.size();
    std::string().swap(content);
  }

  void pop() {
    release(stack_.back().content);
    stack_.pop_back();
  }

  Result<void> step() {
    Frame& frame = stack_.back();
    if (frame.next == frame.children.size()) {
      pop();
      return {};
    }
    ReceivedEntry& child = entries_[frame.children[frame.next++]];
    if (child.is_known) return {};
    const std::string delta = TRY(inflated(child));
    std::string content = TRY(apply_delta(frame.content, delta, limits_.objects.max_blob_bytes));
    child.kind = frame.kind;
    child.id = TRY(name_(child.kind, content));
    child.is_known = true;
    if (frame.next == frame.children.size()) release(frame.content);
    std::vector<Index> children = children_of(child);
    if (children.empty()) return {};
    return push({std::move(content), child.kind, std::move(children)});
  }

  Result<void> check_all_known() const {
    const auto left = std::count_if(entries_.begin(), entries_.end(),
                                    [](const ReceivedEntry& entry) { return !entry.is_known; });
    if (left == 0) return {};
    return Error{Code::invalid, "the pack lacks the bases of " + std::to_string(left) +
                                    " deltas; thin packs are not taken"};
  }

  base::ByteView pack_;
  std::vector<ReceivedEntry>& entries_;
  const ReceiveLimits& limits_;
  const NameObject& name_;
  std::vector<std::pair<uint64_t, Index>> by_offset_;
  std::vector<std::pair<ObjectId, Index>> by_id_;
  std::vector<Frame> stack_;
  uint64_t live_ = 0;
};

}  // namespace

Result<void> resolve_deltas(base::ByteView pack, std::vector<ReceivedEntry>& entries,
                            const ReceiveLimits& limits, const NameObject& name) {
  return Resolver(pack, entries, limits, name).run();
}

}  // namespace vcs
