// Proposals: what waits for somebody's yes, and saying it.
#include "base/clock.h"
#include "server/flow/proposals.h"
#include "server/http/authorize.h"
#include "server/http/body_fields.h"
#include "server/http/routes.h"

namespace server::http {
namespace {

using base::Json;
using base::Result;
using corpus::Permission;

Json proposal_json(const ProposalView& view) {
  const storage::Proposal& proposal = view.proposal;
  Json out = Json::object({{"number", proposal.number},
                           {"title", proposal.title},
                           {"author", Json::object({{"name", proposal.author_name},
                                                    {"address", proposal.author_address}})},
                           {"state", storage::name_of(proposal.state)},
                           {"ref", proposal_ref(proposal.number)},
                           {"head", view.head.hex()},
                           {"opened_at", base::to_rfc3339(proposal.opened_at)},
                           {"changed_at", base::to_rfc3339(proposal.changed_at)}});
  if (!proposal.reason.empty()) out.set("reason", proposal.reason);
  return out;
}

Json texts(const std::vector<std::string>& lines) {
  Json out = Json::array();
  for (const std::string& line : lines) out.push(line);
  return out;
}

Json with_files(const ProposalView& view) {
  Json documents = Json::array();
  for (const auto& [id, document] : view.documents) {
    documents.push(Json::object(
        {{"id", id.hex}, {"files", texts(document.files)}, {"in_main", document.in_main}}));
  }
  Json out = proposal_json(view);
  out.set("documents", std::move(documents));
  out.set("other_files", texts(view.other_files));
  return out;
}

Result<int64_t> number_of(const Context& context) {
  const std::string& text = context.parameter("number");
  int64_t number = 0;
  for (const char c : text) {
    if (c < '0' || c > '9' || text.size() > 15) {
      return base::Error{base::Code::not_found, "no such proposal"};
    }
    number = number * 10 + (c - '0');
  }
  return number;
}

Result<Reply> list(Services& services, Context& context) {
  const std::string wanted = context.query("state").value_or("open");
  const auto state = storage::parse_proposal_state(wanted);
  if (!state && wanted != "all") {
    return base::Error{base::Code::invalid, "state is open, accepted, closed or all"};
  }
  Json items = Json::array();
  for (const auto& view : TRY(list_proposals(services, actor_of(context), state))) {
    items.push(proposal_json(view));
  }
  return Reply::json(200, Json::object({{"items", std::move(items)}}));
}

Result<Reply> show(Services& services, Context& context) {
  const auto view = TRY(show_proposal(services, actor_of(context), TRY(number_of(context))));
  return Reply::json(200, with_files(view)).cache("private, no-cache");
}

// All of them if none is named.
Result<std::vector<corpus::DocumentId>> documents_in(const BodyFields& body) {
  std::vector<corpus::DocumentId> ids;
  const auto texts = TRY(body.optional_texts("documents"));
  if (!texts) return ids;
  for (const std::string& text : *texts) ids.push_back(TRY(corpus::DocumentId::parse(text)));
  if (ids.empty()) return body.error("documents", "names none");
  return ids;
}

Result<Reply> accept(Services& services, Context& context) {
  Acceptance acceptance;
  acceptance.number = TRY(number_of(context));
  acceptance.documents = TRY(documents_in(TRY(read_fields(context.request, {"documents"}))));
  const auto outcome = TRY(accept_proposal(services, actor_of(context), acceptance));
  if (!outcome.accepted) {
    return context.problem(
        Problem::make(409, "conflict", "the proposal cannot be accepted as it is")
            .with("problems", texts(outcome.lines)));
  }
  return Reply::json(200, Json::object({{"state", outcome.is_whole ? "accepted" : "open"},
                                        {"commit", outcome.commit.hex()},
                                        {"notes", texts(outcome.lines)}}));
}

Result<Reply> close(Services& services, Context& context) {
  const int64_t number = TRY(number_of(context));
  const BodyFields body = TRY(read_fields(context.request, {"reason"}));
  TRY(close_proposal(services, actor_of(context), number, TRY(body.prose("reason"))));
  return Reply::json(200, Json::object({{"state", "closed"}}));
}

}  // namespace

void add_proposal_routes(Router& router, Services& services) {
  const std::string proposals = std::string(kProjectPath) + "/proposals";
  Route listing{.method = Method::get,
                .path = proposals,
                .access = Access::needs(Permission::proposal_write)};
  listing.handler = handled([&](Context& c) { return list(services, c); });
  listing.id = "list_proposals";
  listing.summary = "Your proposals; with the right to decide, everybody's";
  listing.tag = "proposals";
  listing.query = {{"state",
                    "open (if not said), accepted, closed or all",
                    Parameter::Type::string,
                    false,
                    {},
                    {},
                    {}}};
  listing.responses = {json_response(200, "the proposals, newest first")};
  router.add(std::move(listing));
  router.add({.method = Method::get,
              .path = proposals + "/{number}",
              .access = Access::needs(Permission::proposal_write),
              .handler = handled([&](Context& c) { return show(services, c); }),
              .id = "show_proposal",
              .summary = "A proposal, its documents and whether main has them by now",
              .tag = "proposals",
              .responses = {json_response(200, "the proposal")}});
  router.add({.method = Method::post,
              .path = proposals + "/{number}/accept",
              .access = Access::needs(Permission::proposal_review),
              .handler = handled([&](Context& c) { return accept(services, c); }),
              .id = "accept_proposal",
              .summary = "Bring a proposal to main, whole or only these documents",
              .tag = "proposals",
              .body = json_body(
                  Json::object({{"type", "object"}}),
                  Json::object({{"documents", Json::array({"b0acab8be0e2aa804fb2561f822151ea"})}})),
              .responses = {json_response(200, "what main is now, and whether anything is left")}});
  router.add({.method = Method::post,
              .path = proposals + "/{number}/close",
              .access = Access::needs(Permission::proposal_write),
              .handler = handled([&](Context& c) { return close(services, c); }),
              .id = "close_proposal",
              .summary = "Give up one's own proposal, or turn one down",
              .tag = "proposals",
              .body = json_body(Json::object({{"type", "object"}}),
                                Json::object({{"reason", "done elsewhere"}})),
              .responses = {json_response(200, "it is closed")}});
}

}  // namespace server::http
