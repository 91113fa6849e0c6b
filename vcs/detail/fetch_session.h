// One fetch between its request and its pack: what the client may want, what it has in common,
// where its history ends, and which objects it gets. Works on one view and one state of the refs.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "base/digest.h"
#include "base/result.h"
#include "vcs/detail/closure_cache.h"
#include "vcs/detail/fetch_request.h"
#include "vcs/detail/shallow.h"
#include "vcs/detail/visible_refs.h"

namespace vcs {

class FetchSession {
 public:
  FetchSession(std::shared_ptr<const ObjectView> view, std::shared_ptr<const VisibleRefs> refs,
               CommitTable& table, ClosureCache& closures, const FetchRequest& request)
      : view_(std::move(view)),
        refs_(std::move(refs)),
        commits_(*view_, table),
        closures_(closures),
        request_(request),
        client_cut_(request.shallows.begin(), request.shallows.end()),
        wants_(request.wants) {}

  // Looks wanted refs up, sorts the wants, and refuses (Code::invalid) what visible refs do not
  // reach.
  base::Result<void> check_wants();
  // What the refs named in the request are now, by name: valid after check_wants().
  std::span<const std::pair<ObjectId, std::string>> wanted_refs() const { return wanted_refs_; }
  // Whether the server knows the object; what it knows is common from then on.
  bool take_have(const ObjectId& id);
  // Whether enough is common: every wanted commit reaches something that the client has.
  base::Result<bool> is_ready();
  // What to tell the client about its boundary; select() needs it too.
  base::Result<Boundary> find_boundary();
  // Of all that decides which bytes the pack has, but for the stored packs that it is copied from.
  base::Sha1 key(const Boundary& boundary) const;
  // The objects of the pack.
  base::Result<SharedObjects> select(const Boundary& boundary, const Tick& tick);

 private:
  base::Result<void> refuse_unreachable(const std::vector<ObjectId>& wants);
  base::Result<SharedObjects> select_all(const Tick& tick);
  base::Result<SharedObjects> select_new(const Boundary& boundary, const Tick& tick);
  base::Result<ObjectSet> filtered(const ObjectSet& all) const;
  std::vector<ObjectId> newest_commons() const;
  base::Result<void> add_tags(ObjectSet& objects) const;

  std::shared_ptr<const ObjectView> view_;
  std::shared_ptr<const VisibleRefs> refs_;
  CommitSource commits_;
  ClosureCache& closures_;
  const FetchRequest& request_;
  const IdSet client_cut_;  // the client lacks the parents of these
  std::vector<ObjectId> wants_;
  std::vector<std::pair<ObjectId, std::string>> wanted_refs_;
  std::vector<ObjectId> want_commits_;
  std::vector<ObjectId> want_others_;
  IdSet common_;
  IdSet reach_;               // common_ and the parents of these
  bool ready_known_ = false;  // for the present commons
  bool ready_ = false;
};

}  // namespace vcs
