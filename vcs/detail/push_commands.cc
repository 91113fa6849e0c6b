#include "vcs/detail/push_commands.h"

#include <algorithm>
#include <map>
#include <set>

#include "vcs/ancestry.h"

namespace vcs {
namespace {

using base::Error;
using base::Result;

std::string lower(std::string_view name) {
  std::string out(name);
  for (char& c : out) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return out;
}

bool is_hidden(std::string_view ref, const ReceivePolicy& policy) {
  return std::any_of(policy.hidden_prefixes.begin(), policy.hidden_prefixes.end(),
                     [&](const std::string& prefix) { return ref.starts_with(prefix); });
}

void check_alone(PushedRef& pushed, const Refs& refs, const ReceivePolicy& policy) {
  RefCommand& command = pushed.command;
  if (!command.ref.starts_with("refs/") || !is_valid_ref_name(command.ref)) {
    return pushed.refuse("funny refname");
  }
  if (is_hidden(command.ref, policy)) return pushed.refuse("deny updating a hidden ref");
  if (command.deletes() && refs.head().target == command.ref) {
    return pushed.refuse("the default branch cannot be deleted");
  }
  if (command.deletes() && !policy.may_delete) return pushed.refuse("refs are not deleted by push");
  const ObjectId now = refs.find(command.ref).value_or(kNoObject);
  if (now == command.before) return;
  if (now == kNoObject && command.deletes()) return;  // gone already: what was wanted
  if (pushed.floats) {
    command.before = now;
    return;
  }
  pushed.refuse("the ref has moved; fetch first");
}

// Two commands on one ref, also where a file system folds case.
void check_doubles(std::span<PushedRef> pushed) {
  std::map<std::string, int> counts;
  for (const PushedRef& one : pushed) ++counts[lower(one.command.ref)];
  for (PushedRef& one : pushed) {
    if (counts[lower(one.command.ref)] > 1) one.refuse("named twice in one push");
  }
}

// A ref that differs from an existing one in case only cannot be fetched on every system.
void check_twins(std::span<PushedRef> pushed, const Refs& refs) {
  const bool creates = std::any_of(pushed.begin(), pushed.end(), [](const PushedRef& one) {
    return one.is_sound() && one.command.creates();
  });
  if (!creates) return;
  std::set<std::string> folded;
  for (const Ref& ref : refs.list()) folded.insert(lower(ref.name));
  for (PushedRef& one : pushed) {
    if (one.command.creates() && folded.contains(lower(one.command.ref))) {
      one.refuse("differs from an existing ref in case only");
    }
  }
}

Result<void> check_value(PushedRef& pushed, const ObjectReader& objects,
                         const ReceivePolicy& policy) {
  const RefCommand& command = pushed.command;
  const bool is_tag = command.ref.starts_with("refs/tags/");
  if (is_tag && !command.creates() && !policy.may_rewrite) {
    pushed.refuse("the tag exists already");
    return {};
  }
  if (is_tag) return {};
  if (TRY(objects.header(command.after)).kind != ObjectKind::commit) {
    pushed.refuse("only a commit can stand here");
    return {};
  }
  const ObjectId& base = pushed.joins ? pushed.stated : command.before;
  if (base == kNoObject || policy.may_rewrite) return {};
  if (!TRY(is_ancestor(objects, base, command.after))) pushed.refuse("non-fast-forward");
  return {};
}

RefUpdate update_of(const PushedRef& pushed) {
  const RefCommand& command = pushed.command;
  if (command.deletes()) return RefUpdate{pushed.target, command.before, std::nullopt};
  const bool is_redirected = pushed.target != command.ref;
  return RefUpdate{pushed.target, is_redirected ? pushed.target_before : command.before,
                   command.after};
}

std::string reason_of(const Error& error) {
  if (error.code == base::Code::conflict || error.code == base::Code::invalid) return error.what;
  return "failed to update ref";
}

}  // namespace

std::vector<PushedRef> pushed_refs(std::span<const RefCommand> commands,
                                   std::string_view joined_ref, bool is_atomic) {
  std::vector<PushedRef> out;
  for (const RefCommand& command : commands) {
    PushedRef pushed{.command = command, .target = command.ref, .stated = command.before};
    pushed.floats = command.ref == joined_ref && !command.deletes();
    pushed.joins = pushed.floats && !(is_atomic && commands.size() > 1);
    out.push_back(std::move(pushed));
  }
  return out;
}

void check_commands(std::span<PushedRef> pushed, const Refs& refs, const ReceivePolicy& policy) {
  for (PushedRef& one : pushed) check_alone(one, refs, policy);
  check_doubles(pushed);
  check_twins(pushed, refs);
}

Result<void> check_values(std::span<PushedRef> pushed, const ObjectReader& objects,
                          const ReceivePolicy& policy) {
  for (PushedRef& one : pushed) {
    if (one.is_sound() && !one.command.deletes()) TRY(check_value(one, objects, policy));
  }
  return {};
}

void apply_verdict(std::span<PushedRef> pushed, const Refs& refs, const Verdict& verdict) {
  for (PushedRef& one : pushed) {
    const auto refused = verdict.refused.find(one.command.ref);
    if (refused != verdict.refused.end()) {
      one.refuse(refused->second.empty() ? "refused" : refused->second);
    }
    const auto redirected = verdict.redirected.find(one.command.ref);
    if (redirected == verdict.redirected.end() || one.command.deletes()) continue;
    one.target = redirected->second.ref;
    one.target_before = redirected->second.before;
    const bool is_there = refs.find(one.target).value_or(kNoObject) == one.target_before;
    if (!is_valid_ref_name(one.target) || !is_there) one.refuse("cannot be redirected");
  }
}

void refuse_together(std::span<PushedRef> pushed) {
  const bool all_sound = std::all_of(pushed.begin(), pushed.end(),
                                     [](const PushedRef& one) { return one.is_sound(); });
  if (all_sound) return;
  for (PushedRef& one : pushed) one.refuse("atomic push failure");
}

// First all at once, which is one durable step; only if that fails, one after the other.
void move_refs(std::span<PushedRef> pushed, Refs& refs, bool is_atomic) {
  std::vector<PushedRef*> moving;
  std::vector<RefUpdate> updates;
  for (PushedRef& one : pushed) {
    const bool is_gone = one.command.deletes() && !refs.find(one.target);
    if (!one.is_sound() || one.joins || is_gone) continue;
    moving.push_back(&one);
    updates.push_back(update_of(one));
  }
  const auto together = updates.empty() ? Result<void>() : refs.update(updates);
  if (together.ok()) return;
  for (size_t i = 0; i < moving.size(); ++i) {
    const auto alone = is_atomic ? together : refs.update(updates[i]);
    if (alone.ok()) continue;
    // In an atomic push one ref's reason is told for all: say so, in git's words.
    const std::string prefix = is_atomic ? "atomic transaction failed: " : "";
    moving[i]->refuse(prefix + reason_of(alone.error()));
  }
}

}  // namespace vcs
