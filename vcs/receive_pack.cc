#include "vcs/receive_pack.h"

#include <algorithm>
#include <exception>
#include <optional>

#include "vcs/detail/push_answer.h"
#include "vcs/detail/push_commands.h"
#include "vcs/detail/push_walk.h"
#include "vcs/detail/quarantine.h"
#include "vcs/detail/receive_request.h"
#include "vcs/detail/recent_history.h"
#include "vcs/detail/visible_refs.h"

namespace vcs {
namespace {

using base::Code;
using base::Error;
using base::Result;

std::string capabilities(const ReceivePolicy& policy) {
  std::string out =
      "report-status report-status-v2 delete-refs side-band-64k quiet atomic ofs-delta no-thin ";
  if (policy.offers_options) out += "push-options ";
  return out + "object-format=sha1 agent=" + policy.agent;
}

// A body that remembers whether it ended and why it failed: an error of the connection is not one
// of the client's request.
class Body {
 public:
  explicit Body(const Source& source) : source_(source) {}

  Source source() {
    return [this](char* buffer, size_t size) { return read(buffer, size); };
  }
  const std::optional<Error>& failure() const { return failure_; }

  // A client listens once it has sent everything, so a refusal waits for the end of the body.
  void drain(uint64_t limit) {
    std::string scratch(size_t{64} << 10, '\0');
    while (!has_ended_ && !failure_ && limit > 0) {
      const auto got = read(scratch.data(), scratch.size());
      if (got.ok()) limit -= std::min<uint64_t>(limit, *got);
    }
  }

 private:
  Result<size_t> read(char* buffer, size_t size) {
    if (has_ended_) return size_t{0};
    auto got = source_(buffer, size);
    if (!got.ok()) failure_ = got.error();
    has_ended_ = got.ok() && *got == 0;
    return got;
  }

  const Source& source_;
  bool has_ended_ = false;
  std::optional<Error> failure_;
};

// Whether it says what the client can do about it.
bool is_for_client(const Error& error) {
  return error.code == Code::invalid || error.code == Code::limit || error.code == Code::busy;
}

// How the report tells it: the server's own troubles may name files of its own.
std::string shown(const Error& error) {
  if (error.code == Code::no_space) return "no space left on the server";
  return is_for_client(error) ? to_string(error) : "the server could not store the push";
}

Verdict ask(const Validator& validate, const PushView& view, std::span<const PushedRef> pushed) {
  if (!validate) return {};
  try {
    return validate(view);
  } catch (...) {
    Verdict verdict;
    for (const PushedRef& one : pushed) verdict.refused[one.command.ref] = "the check failed";
    return verdict;
  }
}

}  // namespace

struct ReceivePack::State {
  State(std::shared_ptr<Repository> repository, ReceivePolicy policy, StepObserver observer)
      : repository(std::move(repository)),
        policy(std::move(policy)),
        observer(std::move(observer)) {}

  std::shared_ptr<Repository> repository;
  ReceivePolicy policy;
  StepObserver observer;
  RecentHistory history;  // of the branch that is joined
};

namespace {

// One push from its commands to its report.
class Push {
 public:
  Push(Repository& repository, const ReceivePolicy& policy, const StepObserver& observer,
       const PushHandlers& handlers, const ReceiveRequest& request, Body& body, PushAnswer& answer)
      : repository_(repository),
        policy_(policy),
        observer_(observer),
        handlers_(handlers),
        request_(request),
        body_(body),
        answer_(answer),
        pushed_(pushed_refs(request.commands, handlers.joined_ref, request.atomic)) {}

  // The error is one of the connection; what the client or the server did wrong is in the report.
  Result<void> run() {
    const auto held = repository_.hold_objects();
    const auto judged = take_and_judge();
    if (body_.failure()) return *body_.failure();
    const auto moved = judged.ok() ? move() : judged;
    if (!moved.ok()) give_up(moved.error());
    body_.drain(policy_.limits.max_pack_bytes);
    return answer_.finish(
        print_report(request_, moved.ok() ? "ok" : shown(moved.error()), pushed_));
  }

 private:
  Result<void> take_and_judge() {
    check_commands(pushed_, repository_.refs(), policy_);
    if (request_.atomic) refuse_together(pushed_);
    if (sound_count() == 0) return {};
    quarantine_ = TRY(Quarantine::create(repository_));
    if (request_.has_pack()) {
      TRY(quarantine_->take(
          body_.source(), policy_.limits,
          [this](uint32_t objects, uint64_t bytes) { return wait_for_turn(objects, bytes); }));
    }
    answer_.keep_alive();
    return judge();
  }

  // A client sends as slowly as it likes without taking a turn from others.
  Result<void> wait_for_turn(uint32_t objects, uint64_t bytes) {
    answer_.keep_alive();
    const bool is_small =
        objects <= policy_.limits.small_objects && bytes <= policy_.limits.small_bytes;
    if (is_small || !policy_.gate) return {};
    pass_ = TRY(policy_.gate->enter(repository_.path().string(), handlers_.client));
    return {};
  }

  void give_up(const Error& error) {
    for (PushedRef& one : pushed_) one.refuse("unpacker error");
    if (!is_for_client(error) && handlers_.failed) handlers_.failed(error);
  }

  size_t sound_count() const {
    const auto count = std::count_if(pushed_.begin(), pushed_.end(),
                                     [](const PushedRef& one) { return one.is_sound(); });
    return static_cast<size_t>(count);
  }

  std::vector<ObjectId> sound_tips() const {
    std::vector<ObjectId> tips;
    for (const PushedRef& one : pushed_) {
      if (one.is_sound() && !one.command.deletes()) tips.push_back(one.command.after);
    }
    return tips;
  }

  // What the sound refs bring; walked again only after some were refused.
  Result<void> walk() {
    if (walked_count_ == sound_count()) return {};
    walked_count_ = sound_count();
    auto walked = walk_push(sound_tips(), *quarantine_, repository_, policy_.limits);
    if (!walked.ok() && !request_.shallow.empty()) {
      return walked.error().within("pushing from a shallow clone");
    }
    objects_ = TRY(std::move(walked));
    return {};
  }

  Result<void> judge() {
    const StackedReader objects(*quarantine_, repository_);
    TRY(walk());  // before anything is read that might be missing
    TRY(check_values(pushed_, objects, policy_));
    if (request_.atomic) refuse_together(pushed_);
    TRY(walk());
    ask_validator(objects);
    if (request_.atomic) refuse_together(pushed_);
    return {};
  }

  void ask_validator(const ObjectReader& objects) {
    std::vector<RefCommand> sound;
    for (const PushedRef& one : pushed_) {
      if (one.is_sound()) sound.push_back(one.command);
    }
    if (sound.empty()) return;
    const PushView view{sound, objects_.commits, request_.options, objects, objects_.objects};
    const Verdict verdict = ask(handlers_.validate, view, pushed_);
    apply_verdict(pushed_, repository_.refs(), verdict);
    say_all(verdict.lines);
  }

  // Objects first, then the refs that name them.
  Result<void> move() {
    if (sound_count() == 0) return {};
    TRY(walk());
    TRY(quarantine_->move_in(objects_.objects, repository_, observer_));
    report(observer_, DurableStep::objects_durable);
    for (PushedRef& one : pushed_) {
      if (one.is_sound() && one.joins) join(one);
    }
    move_refs(pushed_, repository_.refs(), request_.atomic);
    report(observer_, DurableStep::ref_moved);
    tell();
    return {};
  }

  void join(PushedRef& one) {
    const auto joined = asked_to_join(one.command);
    if (!joined.ok()) {
      one.refuse(shown(joined.error()));
      if (handlers_.failed) handlers_.failed(joined.error());
      return;
    }
    say_all(joined->lines);
    if (!joined->refusal.empty()) return one.refuse(joined->refusal);
    one.command.before = joined->before;
    one.joined = joined->after;
  }

  Result<Joined> asked_to_join(const RefCommand& command) {
    try {
      return handlers_.join(command);
    } catch (...) {
      return Error{Code::internal, "joining a push failed"};
    }
  }

  void tell() {
    std::vector<AcceptedUpdate> accepted;
    for (const PushedRef& one : pushed_) {
      if (!one.is_sound()) continue;
      AcceptedUpdate update{one.command, one.target};
      update.command.after = one.joined.value_or(update.command.after);
      if (update.command.after != update.command.before) accepted.push_back(std::move(update));
    }
    if (accepted.empty() || !handlers_.accepted) return;
    try {
      say_all(handlers_.accepted(accepted));
    } catch (...) {
      // The refs have moved: nothing that comes after makes the push undone.
    }
  }

  // A client that does not listen any more has still pushed: only the report's failure counts.
  void say_all(std::span<const std::string> lines) {
    for (const std::string& line : lines) (void)answer_.say(line).ok();
  }

  Repository& repository_;
  const ReceivePolicy& policy_;
  const StepObserver& observer_;
  const PushHandlers& handlers_;
  const ReceiveRequest& request_;
  Body& body_;
  PushAnswer& answer_;
  std::vector<PushedRef> pushed_;
  WorkGate::Pass pass_;
  std::unique_ptr<Quarantine> quarantine_;
  PushedObjects objects_;
  size_t walked_count_ = 0;  // of sound refs when objects_ was made
};

Result<Snapshot> snapshot_of(const ObjectReader& objects, const ObjectId& id) {
  if (id == kNoObject) return Snapshot::empty(objects);
  const ObjectId peeled = TRY(peel(objects, id));
  const ObjectKind kind = TRY(objects.header(peeled)).kind;
  if (kind == ObjectKind::commit) return Snapshot::at_commit(objects, peeled);
  if (kind == ObjectKind::tree) return Snapshot(objects, peeled);
  return Snapshot::empty(objects);
}

}  // namespace

Result<Snapshot> PushView::before(const RefCommand& command) const {
  return snapshot_of(objects, command.before);
}

Result<Snapshot> PushView::after(const RefCommand& command) const {
  return snapshot_of(objects, command.after);
}

ReceivePack::ReceivePack(std::shared_ptr<Repository> repository, ReceivePolicy policy,
                         StepObserver observer)
    : state_(
          std::make_unique<State>(std::move(repository), std::move(policy), std::move(observer))) {}

ReceivePack::~ReceivePack() = default;

std::string ReceivePack::advertise(std::string_view joined_ref) const {
  std::string out;
  append_pkt(out, "# service=git-receive-pack\n");
  append_flush(out);
  UploadPolicy visible;
  visible.hidden_prefixes = state_->policy.hidden_prefixes;
  const Repository& repository = *state_->repository;
  VisibleRefs refs = VisibleRefs::of(repository.refs(), visible);
  std::vector<ObjectId> haves;
  for (Ref& ref : refs.refs) {
    if (ref.name != joined_ref) continue;
    haves = state_->history.sample(repository, ref.target);
    ref.target = kNoObject;
  }
  return out + print_advertisement(refs, capabilities(state_->policy), false,
                                   repository.shallow_commits(), haves);
}

Result<void> ReceivePack::serve(const Source& source, const PushHandlers& handlers,
                                const Sink& out) const {
  Body body(source);
  PktStream packets(body.source());
  ReceiveRequest request;
  const auto parsed = read_receive_request(packets, state_->policy.limits, request);
  if (body.failure()) return *body.failure();
  if (!parsed.ok()) {
    body.drain(state_->policy.limits.max_pack_bytes);
    return answer_malformed(out, request, to_string(parsed.error()));
  }
  if (request.commands.empty()) return {};
  PushAnswer answer(out, request);
  return Push(*state_->repository, state_->policy, state_->observer, handlers, request, body,
              answer)
      .run();
}

}  // namespace vcs
