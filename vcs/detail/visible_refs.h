// What a client may see of the refs, prepared once for each state of them. Immutable.
#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/digest.h"
#include "vcs/detail/commit_walk.h"
#include "vcs/refs.h"
#include "vcs/upload_pack.h"

namespace vcs {

struct VisibleRefs {
  uint64_t version = 0;   // of the refs that this was made from
  std::vector<Ref> refs;  // in byte order
  Head head;              // no target if HEAD's branch is hidden
  IdSet tips;
  base::Sha1 tags;  // of the annotated tags: equal if all of them are

  static VisibleRefs of(const Refs& refs, const UploadPolicy& policy, ShownRefs shown = {});
  std::vector<ObjectId> tip_list() const { return {tips.begin(), tips.end()}; }
  // The value of the ref of exactly this name, or of HEAD.
  std::optional<ObjectId> find(std::string_view name) const;
  // As git resolves a short name: as it is, below refs/, tags, heads.
  std::optional<ObjectId> resolve(std::string_view name) const;
};

struct LsRefsRequest {
  bool peel = false;
  bool symrefs = false;
  bool unborn = false;
  std::vector<std::string> prefixes;  // none: all refs
  bool operator==(const LsRefsRequest&) const = default;
};

// The answer to v2's ls-refs, flush included.
std::string print_ls_refs(const VisibleRefs& visible, LsRefsRequest request);

// Answers that were printed lately: clients ask in few ways, and refs change less often than they
// are asked for. Safe from many threads.
class LsRefsAnswers {
 public:
  std::shared_ptr<const std::string> find(const VisibleRefs& visible, LsRefsRequest request);

 private:
  struct Answer {
    LsRefsRequest request;
    std::shared_ptr<const std::string> text;
  };
  std::mutex mutex_;
  uint64_t version_ = 0;  // of the refs
  std::vector<Answer> answers_;
};

// The refs of v0 with the capabilities behind the first, and the ends of a shallow repository;
// flush included. To a pusher, `haves` are shown as objects without a ref: they need not be sent.
std::string print_advertisement(const VisibleRefs& visible, std::string_view capabilities,
                                bool with_head_and_peeled, std::span<const ObjectId> shallow,
                                std::span<const ObjectId> haves = {});

}  // namespace vcs
