#include "vcs/detail/fetch_session.h"

#include <algorithm>

namespace vcs {

using base::Code;
using base::Error;
using base::Result;

namespace {

Error not_ours(const ObjectId& id) {
  return Error{Code::invalid, "upload-pack: not our ref " + id.hex()};
}

// Lists count as sets.
class KeyHasher {
 public:
  void add(uint64_t number) {
    std::string bytes;
    base::append_be64(bytes, number);
    hasher_.update(bytes);
  }
  void add(std::vector<ObjectId> ids) {
    std::sort(ids.begin(), ids.end());
    ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
    add(ids.size());
    for (const ObjectId& id : ids) hasher_.update(base::as_text(id.bytes));
  }
  base::Sha1 finish() { return hasher_.finish(); }

 private:
  base::Hasher<base::Sha1> hasher_;
};

}  // namespace

Result<void> FetchSession::check_wants() {
  for (const std::string& name : request_.want_refs) {
    const auto id = refs_->find(name);
    if (!id) return Error{Code::invalid, "unknown ref " + name};
    wanted_refs_.emplace_back(*id, name);
    wants_.push_back(*id);
  }
  std::vector<ObjectId> unadvertised;
  for (const ObjectId& want : wants_) {
    if (refs_->tips.contains(want)) continue;
    if (!view_->contains(want)) return not_ours(want);
    unadvertised.push_back(want);
  }
  TRY(refuse_unreachable(unadvertised));
  return sort_tips(*view_, wants_, want_commits_, want_others_);
}

// Commits are looked for in the history; only other objects need to know all that is visible.
Result<void> FetchSession::refuse_unreachable(const std::vector<ObjectId>& wants) {
  if (wants.empty()) return {};
  std::vector<ObjectId> tips, unused;
  TRY(sort_tips(*view_, refs_->tip_list(), tips, unused));
  SharedObjects visible;
  for (const ObjectId& want : wants) {
    const bool is_commit = TRY(view_->header(want)).kind == ObjectKind::commit;
    if (is_commit && TRY(is_reachable(commits_, tips, want))) continue;
    if (!visible) visible = TRY(closures_.find(view_, refs_->tip_list()));
    if (!visible->contains(want)) return not_ours(want);
  }
  return {};
}

bool FetchSession::take_have(const ObjectId& id) {
  if (common_.contains(id)) return true;
  if (!view_->contains(id)) return false;
  common_.insert(id);
  reach_.insert(id);
  // A want that meets a parent of what the client has meets the client's history as well.
  const auto links = commits_.get(id);
  if (links.ok() && !client_cut_.contains(id)) {
    reach_.insert((*links)->parents.begin(), (*links)->parents.end());
  }
  ready_known_ = false;
  return true;
}

Result<bool> FetchSession::is_ready() {
  if (!ready_known_ && !ready_) ready_ = TRY(all_reach_any(commits_, want_commits_, reach_));
  ready_known_ = true;
  return ready_;
}

Result<Boundary> FetchSession::find_boundary() {
  DeepenQuery query;
  query.wants = want_commits_;
  query.depth = request_.depth;
  query.relative = request_.deepen_relative;
  query.since = request_.deepen_since;
  for (const std::string& name : request_.deepen_not) {
    const auto id = refs_->resolve(name);
    if (!id) return Error{Code::invalid, "git upload-pack: deepen-not is not a ref: " + name};
    query.except.push_back(*id);
  }
  for (const ObjectId& id : request_.shallows) {
    const auto links = commits_.get(id);
    if (links.ok()) {
      query.client_cut.insert(id);
    } else if (links.error().code != Code::not_found) {
      return Error{Code::invalid, "invalid shallow object " + id.hex()};
    }
  }
  return vcs::find_boundary(commits_, query);
}

// Those that no other one has as its parent: they say the same, and clients that have the same
// name them more alike.
std::vector<ObjectId> FetchSession::newest_commons() const {
  IdSet newest = common_;
  for (const ObjectId& id : common_) {
    if (client_cut_.contains(id)) continue;
    const auto links = commits_.get(id);
    if (!links.ok()) continue;
    for (const ObjectId& parent : (*links)->parents) newest.erase(parent);
  }
  return {newest.begin(), newest.end()};
}

base::Sha1 FetchSession::key(const Boundary& boundary) const {
  KeyHasher key;
  key.add(wants_);
  key.add(newest_commons());
  key.add(boundary.more_wants);
  key.add({boundary.cut.begin(), boundary.cut.end()});
  key.add(boundary.unshallow);
  key.add({client_cut_.begin(), client_cut_.end()});
  key.add(request_.filter.blob_limit.value_or(UINT64_MAX));
  key.add(request_.filter.tree_depth.value_or(UINT32_MAX));
  key.add(request_.ofs_delta ? 1 : 0);
  key.add(request_.include_tag ? 1 : 0);
  if (request_.include_tag) key.add({ObjectId{refs_->tags.bytes}});
  return key.finish();
}

Result<SharedObjects> FetchSession::select(const Boundary& boundary, const Tick& tick) {
  const bool is_whole = common_.empty() && boundary.cut.empty() && boundary.unshallow.empty();
  const bool is_remembered = is_whole && request_.filter.ignores_paths();
  return is_remembered && !want_commits_.empty() ? select_all(tick) : select_new(boundary, tick);
}

// A clone: remembered from the last one, less what the filter leaves out.
Result<SharedObjects> FetchSession::select_all(const Tick& tick) {
  const SharedObjects all = TRY(closures_.find(view_, wants_, tick));
  if (request_.filter == ObjectFilter() && !request_.include_tag) return all;
  ObjectSet objects = request_.filter == ObjectFilter() ? *all : TRY(filtered(*all));
  TRY(add_tags(objects));
  return std::make_shared<const ObjectSet>(std::move(objects));
}

Result<ObjectSet> FetchSession::filtered(const ObjectSet& all) const {
  if (request_.filter == ObjectFilter{.blob_limit = 0, .tree_depth = {}}) {
    ObjectSet kept = TRY(all.without_blobs());
    for (const ObjectId& id : want_others_) TRY(kept.insert(id));
    return kept;
  }
  ObjectSet kept(view_);
  const auto keep = [&](const ObjectId& id, const ObjectHeader& header) -> Result<void> {
    if (!request_.filter.leaves_out(header)) TRY(kept.insert(id));
    return {};
  };
  for (size_t i = 0; i < view_->packs().size(); ++i) {
    const PackReader& pack = *view_->packs()[i];
    for (const uint32_t position : all.positions_in(i)) {
      const uint64_t offset = pack.lookup().offset_at(position);
      TRY(keep(pack.lookup().id_at(position), TRY(pack.header(offset))));
    }
  }
  for (const ObjectId& id : all.loose()) TRY(keep(id, TRY(view_->header(id))));
  for (const ObjectId& id : want_others_) TRY(kept.insert(id));
  return kept;
}

Result<SharedObjects> FetchSession::select_new(const Boundary& boundary, const Tick& tick) {
  std::vector<ObjectId> commons, unused;
  TRY(sort_tips(*view_, std::vector<ObjectId>(common_.begin(), common_.end()), commons, unused));
  std::vector<ObjectId> wants = want_commits_;
  wants.insert(wants.end(), boundary.more_wants.begin(), boundary.more_wants.end());
  CommitWalk walk(commits_);
  const auto selected = TRY(walk.select({.wants = wants,
                                         .commons = commons,
                                         .cut = &boundary.cut,
                                         .client_cut = &client_cut_,
                                         .tick = tick}));
  ObjectSet objects(view_);
  ObjectWalk object_walk(commits_, request_.filter, objects, tick);
  TRY(object_walk.add_commits(walk, selected));
  for (const ObjectId& id : want_others_) TRY(object_walk.add_named(id));
  TRY(add_tags(objects));
  return std::make_shared<const ObjectSet>(std::move(objects));
}

// A tag whose object is in the pack goes along if the client asked for that.
Result<void> FetchSession::add_tags(ObjectSet& objects) const {
  if (!request_.include_tag) return {};
  for (const Ref& ref : refs_->refs) {
    if (!ref.peeled || !ref.name.starts_with("refs/tags/")) continue;
    if (!objects.contains(*ref.peeled)) continue;
    std::vector<ObjectId> commits, chain;
    TRY(sort_tips(*view_, std::vector<ObjectId>{ref.target}, commits, chain));
    for (const ObjectId& id : chain) TRY(objects.insert(id));
  }
  return {};
}

}  // namespace vcs
