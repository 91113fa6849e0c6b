#include "vcs/detail/fetch_answer.h"

#include <chrono>
#include <string>

#include "vcs/detail/pack_order.h"

namespace vcs {

using base::Code;
using base::Error;
using base::Result;

namespace {

constexpr auto kSilence = std::chrono::seconds(5);  // then a sign of life is due
constexpr size_t kSmallBand = 999;

bool is_clients_fault(const Error& error) {
  return error.code == Code::invalid || error.code == Code::limit || error.code == Code::busy;
}

std::string ack(const ObjectId& id, std::string_view state = "") {
  std::string line = "ACK " + id.hex();
  if (!state.empty()) line.append(" ").append(state);
  return line + '\n';
}

void append_boundary(std::string& out, const Boundary& boundary) {
  for (const ObjectId& id : boundary.shallow) append_pkt(out, "shallow " + id.hex());
  for (const ObjectId& id : boundary.unshallow) append_pkt(out, "unshallow " + id.hex());
}

void append_wanted_refs(std::string& out, const FetchSession& session) {
  if (session.wanted_refs().empty()) return;
  append_pkt(out, "wanted-refs\n");
  for (const auto& [id, name] : session.wanted_refs())
    append_pkt(out, id.hex() + ' ' + name + '\n');
  append_delimiter(out);
}

// Calls at most once in kSilence.
Tick keep_alive_through(SidebandWriter& bands) {
  auto last = std::chrono::steady_clock::now();
  return [&bands, last]() mutable -> Result<void> {
    const auto now = std::chrono::steady_clock::now();
    if (now - last < kSilence) return {};
    last = now;
    return bands.keep_alive();
  };
}

// What is known when the pack is to be sent.
struct PackToSend {
  FetchSession& session;
  const FetchRequest& request;
  const Boundary& boundary;
  PackOrder& order;

  Result<std::shared_ptr<SharedPack>> fill(const Tick& tick) const {
    const auto select = [&] { return session.select(boundary, tick); };
    return order.fill(select, request.ofs_delta, tick);
  }
};

Result<void> send_pack(const PackToSend& what, SidebandWriter& bands) {
  const Tick tick = keep_alive_through(bands);
  const auto pack = TRY(what.fill(tick));
  if (!what.request.no_progress) {
    TRY(bands.progress("Counting objects: " + std::to_string(pack->count()) + ", done.\n"));
  }
  return pack->send([&bands](std::string_view bytes) { return bands.data(bytes); }, tick);
}

// From here on only a band can carry an error to the client.
Result<void> send_banded_pack(const PackToSend& what, const Sink& out, size_t payload) {
  SidebandWriter bands(out, payload);
  const auto sent = send_pack(what, bands);
  if (sent.ok()) return bands.finish();
  const bool is_busy = sent.error().code == Code::busy;
  TRY(bands.fatal("upload-pack: " + (is_busy ? sent.error().what : "the pack could not be made") +
                  '\n'));
  TRY(out("0000"));
  return is_busy ? Result<void>() : sent.error();
}

Result<void> send_pack_v0(const PackToSend& what, const Sink& out) {
  if (what.request.band != Band::none) {
    const size_t payload = what.request.band == Band::large ? kMaxBandPayload : kSmallBand - 4;
    return send_banded_pack(what, out, payload);
  }
  return TRY(what.fill(nullptr))->send(out, nullptr);
}

Result<PackOrder> place_order(const PackMaker& maker, const FetchSession& session,
                              const Boundary& boundary) {
  return PackOrder::place(maker.cache, {maker.repository, maker.client, session.key(boundary)});
}

// The ACKs of one round of v0. True if the pack follows at once.
class NegotiationV0 {
 public:
  NegotiationV0(FetchSession& session, const FetchRequest& request, std::string& out)
      : session_(session), request_(request), out_(out) {}

  Result<bool> run() {
    for (const ObjectId& have : request_.haves) {
      if (session_.take_have(have)) {
        acknowledge(have);
      } else {
        TRY(answer_unknown(have));
      }
    }
    return request_.done ? finish_done() : finish_round();
  }

 private:
  void acknowledge(const ObjectId& have) {
    last_common_ = have;
    if (request_.acks == AckMode::detailed) {
      append_pkt(out_, ack(have, "common"));
    } else if (request_.acks == AckMode::multi) {
      append_pkt(out_, ack(have, "continue"));
    } else if (!acknowledged_) {
      append_pkt(out_, ack(have));
    }
    acknowledged_ = true;
  }

  Result<void> answer_unknown(const ObjectId& have) {
    got_other_ = true;
    if (request_.acks == AckMode::single || !TRY(session_.is_ready())) return {};
    const bool detailed = request_.acks == AckMode::detailed;
    append_pkt(out_, ack(have, detailed ? "ready" : "continue"));
    sent_ready_ = sent_ready_ || detailed;
    return {};
  }

  bool finish_done() {
    if (!acknowledged_) {
      append_pkt(out_, "NAK\n");
    } else if (request_.acks != AckMode::single) {
      append_pkt(out_, ack(last_common_));
    }
    return true;
  }

  Result<bool> finish_round() {
    if (request_.acks == AckMode::detailed && acknowledged_ && !got_other_ &&
        TRY(session_.is_ready())) {
      sent_ready_ = true;
      append_pkt(out_, ack(last_common_, "ready"));
    }
    if (!acknowledged_ || request_.acks != AckMode::single) append_pkt(out_, "NAK\n");
    if (!request_.no_done || !sent_ready_) return false;
    append_pkt(out_, ack(last_common_));
    return true;
  }

  FetchSession& session_;
  const FetchRequest& request_;
  std::string& out_;
  ObjectId last_common_;
  bool acknowledged_ = false;
  bool got_other_ = false;
  bool sent_ready_ = false;
};

struct Prelude {
  std::string text;  // all that comes before the pack
  Boundary boundary;
  bool pack_follows = false;
};

Result<Prelude> prepare_v0(FetchSession& session, const FetchRequest& request) {
  Prelude prelude;
  TRY(session.check_wants());
  prelude.boundary = TRY(session.find_boundary());
  if (request.changes_depth()) {
    append_boundary(prelude.text, prelude.boundary);
    append_flush(prelude.text);
  }
  // Shallow clients over HTTP first ask for the boundary alone.
  if (!request.has_negotiation) return prelude;
  prelude.pack_follows = TRY(NegotiationV0(session, request, prelude.text).run());
  return prelude;
}

// The acknowledgments section. True if the next section follows.
Result<bool> acknowledge_v2(FetchSession& session, const FetchRequest& request, std::string& out) {
  append_pkt(out, "acknowledgments\n");
  std::string acks;
  for (const ObjectId& have : request.haves) {
    if (session.take_have(have)) append_pkt(acks, ack(have));
  }
  if (acks.empty()) append_pkt(out, "NAK\n");
  out += acks;
  if (!request.wait_for_done && TRY(session.is_ready())) {
    append_pkt(out, "ready\n");
    append_delimiter(out);
    return true;
  }
  append_flush(out);
  return false;
}

void take_haves(FetchSession& session, const FetchRequest& request) {
  for (const ObjectId& have : request.haves) (void)session.take_have(have);
}

Result<Prelude> prepare_v2(FetchSession& session, const FetchRequest& request) {
  Prelude prelude;
  TRY(session.check_wants());
  prelude.pack_follows = true;
  if (request.done) {
    take_haves(session, request);
  } else if (!request.haves.empty()) {
    prelude.pack_follows = TRY(acknowledge_v2(session, request, prelude.text));
  }
  if (!prelude.pack_follows) return prelude;
  prelude.boundary = TRY(session.find_boundary());
  if (request.changes_depth() || !request.shallows.empty() || !prelude.boundary.shallow.empty()) {
    append_pkt(prelude.text, "shallow-info\n");
    append_boundary(prelude.text, prelude.boundary);
    append_delimiter(prelude.text);
  }
  append_wanted_refs(prelude.text, session);
  append_pkt(prelude.text, "packfile\n");
  return prelude;
}

}  // namespace

Result<void> report_error(const Error& error, const Sink& out) {
  std::string packet;
  const bool tell = is_clients_fault(error);
  append_pkt(packet, "ERR " + (tell ? error.what : "upload-pack: internal error").substr(0, 1000));
  TRY(out(packet));
  if (tell) return {};
  return error;
}

Result<void> answer_fetch_v0(FetchSession& session, const FetchRequest& request,
                             const PackMaker& maker, const Sink& out) {
  if (request.wants.empty()) return {};
  const auto prelude = prepare_v0(session, request);
  if (!prelude.ok()) return report_error(prelude.error(), out);
  if (!prelude->pack_follows) return prelude->text.empty() ? Result<void>() : out(prelude->text);
  auto order = place_order(maker, session, prelude->boundary);
  if (!order.ok()) return report_error(order.error(), out);
  if (!prelude->text.empty()) TRY(out(prelude->text));
  return send_pack_v0({session, request, prelude->boundary, *order}, out);
}

Result<void> answer_fetch_v2(FetchSession& session, const FetchRequest& request,
                             const PackMaker& maker, const Sink& out) {
  if (!request.wants_anything() && !request.wait_for_done) return {};
  const auto prelude = prepare_v2(session, request);
  if (!prelude.ok()) return report_error(prelude.error(), out);
  if (!prelude->pack_follows) return out(prelude->text);
  auto order = place_order(maker, session, prelude->boundary);
  if (!order.ok()) return report_error(order.error(), out);
  TRY(out(prelude->text));
  return send_banded_pack({session, request, prelude->boundary, *order}, out, kMaxBandPayload);
}

}  // namespace vcs
