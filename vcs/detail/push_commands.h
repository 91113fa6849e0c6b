// The commands of a push on their way to a verdict: what is wrong with a ref by itself.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "vcs/receive_pack.h"
#include "vcs/refs.h"

namespace vcs {

struct PushedRef {
  RefCommand command = {};
  std::string target = {};      // the ref that will move: the command's, or where it was redirected
  ObjectId target_before = {};  // of a target that is not the command's ref
  std::string refusal = {};     // why it will not move; empty: sound so far
  ObjectId stated = {};  // where the client believes the ref to be; kNoObject: it does not exist
  bool floats = false;   // it is shown without a value, so that `stated` may be an older one
  bool joins = false;    // it may be based on an older commit (PushHandlers::join)
  std::optional<ObjectId> joined = {};  // where the branch went in the end

  bool is_sound() const { return refusal.empty(); }
  void refuse(std::string reason) {
    if (refusal.empty()) refusal = std::move(reason);
  }
};

// `joined_ref` as in PushHandlers; empty: none.
std::vector<PushedRef> pushed_refs(std::span<const RefCommand> commands,
                                   std::string_view joined_ref, bool is_atomic);

// Before the pack is read: names, doubles, hidden refs, deletions, the old values.
void check_commands(std::span<PushedRef> pushed, const Refs& refs, const ReceivePolicy& policy);

// Once the objects can be read: what kinds may stand where, and that nothing is rewritten.
base::Result<void> check_values(std::span<PushedRef> pushed, const ObjectReader& objects,
                                const ReceivePolicy& policy);

void apply_verdict(std::span<PushedRef> pushed, const Refs& refs, const Verdict& verdict);

// In an atomic push one refusal refuses all.
void refuse_together(std::span<PushedRef> pushed);

// Moves the sound refs that do not join by compare-and-swap; one that cannot move is refused.
void move_refs(std::span<PushedRef> pushed, Refs& refs, bool is_atomic);

}  // namespace vcs
