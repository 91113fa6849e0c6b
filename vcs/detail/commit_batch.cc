#include "vcs/detail/commit_batch.h"

#include <exception>

#include "vcs/object_check.h"
#include "vcs/pack_writer.h"
#include "vcs/tree_edit.h"

namespace vcs {
namespace {

using base::Code;
using base::Error;
using base::Result;
using Results = std::vector<Result<CommitResult>>;

// How often a push may overtake a batch before its waiters are told to try again.
constexpr int kMaxAttempts = 8;

// The commits of one batch on top of each other, in memory.
class Chain {
 public:
  Chain(const ObjectReader& objects, const ObjectId& tip) : objects_(objects), tip_(tip) {}

  const ObjectId& tip() const { return tip_; }
  const ObjectOverlay& objects() const { return objects_; }

  Result<CommitResult> append(const CommitRequest& request) {
    // Objects of its own, so that a request that fails leaves none behind. Over the chain's, not
    // a copy of them, as `own(objects_)` would be.
    const ObjectReader& earlier = objects_;
    ObjectOverlay own(earlier);
    CommitResult result = TRY(request.advance ? advance(own, request) : edit(own, request));
    if (result.is_new) objects_.add_all(std::move(own));
    tip_ = result.commit;
    return result;
  }

 private:
  Result<CommitResult> advance(ObjectOverlay& own, const CommitRequest& request) const {
    const ObjectId to = TRY(called([&] { return request.advance(own, tip_); }));
    TRY(read_commit(own, to));
    return CommitResult{to, to != tip_, {}};
  }

  Result<CommitResult> edit(ObjectOverlay& own, const CommitRequest& request) const {
    const ObjectId tree = TRY(tree_of_tip());
    const Snapshot snapshot = tree == kNoObject ? Snapshot::empty(own) : Snapshot(own, tree);
    const auto edits = TRY(called([&] { return request.make(snapshot); }));
    EditedTree edited = TRY(apply_edits(own, tree, edits));
    CommitResult result{tip_, false, std::move(edited.blobs)};
    if (changes(request, tree, edited.root, edits)) {
      result.commit = TRY(add_commit(own, request, edited.root));
      result.is_new = true;
    }
    return result;
  }

  Result<ObjectId> tree_of_tip() const {
    if (tip_ == kNoObject) return kNoObject;
    return TRY(read_commit(objects_, tip_)).tree;
  }

  // A function of a waiter must not take the others down with it.
  static auto called(const auto& function) -> decltype(function()) {
    try {
      return function();
    } catch (const std::exception& failure) {
      return Error{Code::internal, std::string("making a commit: ") + failure.what()};
    } catch (...) {
      return Error{Code::internal, "making a commit failed"};
    }
  }

  static bool changes(const CommitRequest& request, const ObjectId& before, const ObjectId& after,
                      std::span<const Edit> edits) {
    if (!request.other_parents.empty()) return true;
    if (before == kNoObject) return !edits.empty();
    return before != after;
  }

  Result<ObjectId> add_commit(ObjectOverlay& own, const CommitRequest& request,
                              const ObjectId& tree) const {
    Commit commit{tree, {}, request.author, request.committer, request.message};
    if (tip_ != kNoObject) commit.parents.push_back(tip_);
    for (const ObjectId& parent : request.other_parents) {
      TRY(read_commit(own, parent));
      if (parent != tip_) commit.parents.push_back(parent);
    }
    const std::string text = print_commit(commit);
    TRY(check_commit(text));
    return own.add(ObjectKind::commit, text);
  }

  ObjectOverlay objects_;
  ObjectId tip_;
};

Results evaluate(Chain& chain, std::span<const CommitRequest* const> requests) {
  Results results;
  for (const CommitRequest* request : requests) results.push_back(chain.append(*request));
  return results;
}

// Whoever was to get a commit gets the error in its stead.
void fail(Results& results, const Error& error) {
  for (auto& result : results) {
    if (result.ok()) result = error;
  }
}

}  // namespace

Result<void> BatchWriter::store(const std::string& branch, const ObjectId& before,
                                const ObjectId& after, const ObjectOverlay& objects) {
  PackWriter pack;
  for (const NewObject& made : objects.added()) pack.add(made);
  TRY(pack.write(repository_, observer_));
  report(observer_, DurableStep::objects_durable);
  TRY(repository_.refs().update(RefUpdate{branch, before, after}));
  report(observer_, DurableStep::ref_moved);
  return {};
}

Results BatchWriter::write(std::span<const CommitRequest* const> requests) {
  const auto held = repository_.hold_objects();
  const std::string& branch = requests.front()->branch;
  for (int attempt = 1;; ++attempt) {
    const ObjectId tip = repository_.refs().find(branch).value_or(kNoObject);
    Chain chain(repository_, tip);
    Results results = evaluate(chain, requests);
    if (chain.tip() == tip) return results;
    const auto stored = store(branch, tip, chain.tip(), chain.objects());
    if (stored.ok()) return results;
    const bool is_overtaken = stored.error().code == Code::conflict &&
                              repository_.refs().find(branch).value_or(kNoObject) != tip;
    if (is_overtaken && attempt < kMaxAttempts) continue;
    fail(results,
         is_overtaken ? Error{Code::busy, "the branch keeps moving; try again"} : stored.error());
    return results;
  }
}

}  // namespace vcs
