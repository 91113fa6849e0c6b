// Takes a `git push`: git's receive-pack over stateless HTTP (gitprotocol-pack, gitprotocol-http).
//
//   ReceivePack receive_pack(repository, policy);               // one per repository, kept
//   body = receive_pack.advertise();                            // GET info/refs
//   TRY(receive_pack.serve(source, {validate, accepted}, sink));  // POST git-receive-pack
//
// The pack streams into a quarantine outside the object store; there it is indexed within bounds,
// every object's shape is checked (vcs/object_check.h), everything new must be connected. Then the
// caller's validator sees the push as if it were in. Only what accepted refs reach moves into the
// repository, durably, before the refs move, all under compare-and-swap. What the client did wrong
// is answered on the wire (`unpack <reason>`, `ng <ref> <reason>`, text in band 2) and serve()
// succeeds; it fails only when source or sink do. A refused push leaves nothing behind.
// Safe from many threads.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "vcs/commit.h"
#include "vcs/durable_step.h"
#include "vcs/object_check.h"
#include "vcs/pkt_line.h"
#include "vcs/repository.h"
#include "vcs/snapshot.h"
#include "vcs/work_gate.h"

namespace vcs {

struct ReceiveLimits {
  size_t max_commands = 10'000;
  size_t max_shallow_lines = 10'000;
  size_t max_push_options = 32;
  size_t max_option_bytes = 1'024;
  uint64_t max_pack_bytes = uint64_t{2} << 30;
  uint32_t max_objects = 2'000'000;
  uint64_t max_inflated_bytes = uint64_t{16} << 30;  // of all objects together
  uint64_t max_live_bytes = uint64_t{256} << 20;     // in memory while deltas are applied
  uint32_t max_delta_depth = 512;
  uint32_t max_new_commits = 100'000;
  size_t max_path_bytes = 1'024;
  size_t max_path_depth = 32;
  // A pack of no more is checked at once; a larger one passes ReceivePolicy::gate.
  uint32_t small_objects = 5'000;
  uint64_t small_bytes = uint64_t{32} << 20;  // inflated
  ObjectRules objects;                        // the sizes also bound what a delta may produce
};

struct ReceivePolicy {
  std::vector<std::string> hidden_prefixes;  // neither shown nor pushable: "refs/readings/"
  bool may_delete = false;
  bool may_rewrite = false;    // take updates that are no fast-forward
  bool offers_options = true;  // `git push -o`: a client refuses to send any where it is false
  std::string agent = "glossator";
  // How many large pushes are checked at once, by all repositories that share it; null: all.
  std::shared_ptr<const WorkGate> gate = {};
  ReceiveLimits limits;
};

struct RefCommand {
  std::string ref;
  ObjectId before;  // kNoObject: the ref is created
  ObjectId after;   // kNoObject: the ref is deleted

  bool creates() const { return before == kNoObject; }
  bool deletes() const { return after == kNoObject; }
  bool operator==(const RefCommand&) const = default;
};

struct NewCommit {
  ObjectId id;
  Commit commit;
  bool operator==(const NewCommit&) const = default;
};

// A push as the validator sees it: as if it were already in. Valid during the call only.
struct PushView {
  std::span<const RefCommand> commands;  // those that are sound so far
  std::span<const NewCommit> commits;    // parents before children; none that a ref reached before
  std::span<const std::string> options;  // `git push -o ...`
  const ObjectReader& objects;           // the quarantine in front of the repository
  const std::set<ObjectId>& brought;     // every object that is new to the repository

  // The files before and after a command; an empty tree where there is none. Tags are followed.
  base::Result<Snapshot> before(const RefCommand& command) const;
  base::Result<Snapshot> after(const RefCommand& command) const;
};

// The ref to move in the stead of one that was pushed.
struct Redirection {
  std::string ref;
  ObjectId before = {};  // where it must be; kNoObject: it is created
  bool operator==(const Redirection&) const = default;
};

// What the caller thinks of a push. A ref that is not named is taken as it is.
struct Verdict {
  std::map<std::string, std::string> refused;     // ref -> a short reason: "ng <ref> <reason>"
  std::map<std::string, Redirection> redirected;  // pushed ref -> what moves instead
  std::vector<std::string> lines;                 // shown to the pusher as "remote: ..."
};
using Validator = std::function<Verdict(const PushView&)>;

// What became of a branch in its turn for a push: see PushHandlers::join.
struct Joined {
  ObjectId before;  // where the branch was
  ObjectId after;   // where it is now; holds what was pushed. `before` if it held it already
  std::string refusal = {};             // if it cannot be joined: a short reason
  std::vector<std::string> lines = {};  // shown to the pusher
};

// A ref that has moved.
struct AcceptedUpdate {
  RefCommand command;  // from where to where it moved
  std::string ref;     // what moved: the command's ref or where it was redirected
  bool operator==(const AcceptedUpdate&) const = default;
};

// Told after the refs are durable and before the client hears of it. Lines go to band 2.
using AfterAccept = std::function<std::vector<std::string>(std::span<const AcceptedUpdate>)>;

// Told why the server itself could not take a push; the client heard only that it failed.
using AfterFailure = std::function<void(const base::Error&)>;

struct PushHandlers {
  Validator validate;
  AfterAccept accepted;
  AfterFailure failed = {};
  std::string client = {};  // who pushes, by whatever name: for the gate

  // A branch on which others work all the time, so that a push to it need not be based on its
  // newest commit: validator and join see the command with the branch's own value as `before`, and
  // `after` may be anything. `join` puts the push on the branch, durably, once its objects are in.
  // A push that says on which commit it is based must descend from that one. An atomic push of
  // several refs is never joined: it moves all of them by compare-and-swap. An error is one of
  // ours.
  std::string joined_ref = {};
  std::function<base::Result<Joined>(const RefCommand&)> join = {};
};

class ReceivePack {
 public:
  ReceivePack(std::shared_ptr<Repository> repository, ReceivePolicy policy,
              StepObserver observer = {});
  ~ReceivePack();

  // The body of GET info/refs?service=git-receive-pack (protocol v0, also when v2 was asked for).
  // A branch that is joined is shown without a value: git compares a value with the client's
  // history and would refuse there what is behind, before it is sent. So that the client still
  // knows what need not be sent, some of the branch's past is shown as ".have" lines.
  std::string advertise(std::string_view joined_ref = {}) const;
  // Answers one POST; `body` is de-chunked. A body of one flush packet is a probe: empty answer.
  base::Result<void> serve(const Source& body, const PushHandlers& handlers, const Sink& out) const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace vcs
