// The list of documents: by text, label, state, people, metadata, date, confidence.
#include <algorithm>
#include <array>

#include "base/clock.h"
#include "base/text.h"
#include "corpus/schema.h"
#include "server/http/document_json.h"
#include "server/http/routes.h"
#include "storage/document_table.h"
#include "storage/user_store.h"

namespace server::http {
namespace {

using base::Json;
using base::Result;
using corpus::Permission;

constexpr std::array kSearches = {
    "q", "label", "review", "key", "assignee", "confidence", "label_confidence", "sampled", "sort"};

bool may_read_all(const Context& context) {
  return context.principal.access->allows(Permission::document_read);
}

Result<std::vector<std::pair<std::string, std::string>>> parse_keys(const Context& context) {
  std::vector<std::pair<std::string, std::string>> keys;
  for (const std::string_view text : context.request.query.all("key")) {
    const size_t equals = text.find('=');
    if (equals == std::string_view::npos) {
      return base::Error{base::Code::invalid, "key must look like claim=C-7"};
    }
    keys.emplace_back(text.substr(0, equals), text.substr(equals + 1));
  }
  return keys;
}

// Whether the answer tells of text, labels, review or others' metadata by what it finds.
bool searches(const Context& context) {
  return std::any_of(kSearches.begin(), kSearches.end(),
                     [&](const char* name) { return context.query(name).has_value(); });
}

// "900-1000", "900-" or "-899".
Result<storage::ConfidenceRange> confidence_in(const Context& context, std::string_view name) {
  storage::ConfidenceRange range;
  const auto text = context.query(name);
  if (!text) return range;
  const size_t dash = text->find('-');
  const std::string_view all = *text;
  const auto part = [&](std::string_view digits, int64_t fallback) {
    return digits.empty() ? std::optional(fallback) : base::parse_integer(digits);
  };
  const auto least = dash == std::string::npos ? std::nullopt : part(all.substr(0, dash), 0);
  const auto most = dash == std::string::npos ? std::nullopt : part(all.substr(dash + 1), 1'000);
  if (!least || !most || *least < 0 || *most > 1'000 || *least > *most) {
    return base::Error{base::Code::invalid,
                       std::string(name) + " must look like 900-1000, within 0 and 1000"};
  }
  return storage::ConfidenceRange{static_cast<int32_t>(*least), static_cast<int32_t>(*most)};
}

// A day as "2026-11-28", UTC, or a time as RFC 3339 has it.
Result<base::Milliseconds> moment_in(const Context& context, std::string_view name) {
  const auto text = context.query(name);
  if (!text) return base::Milliseconds{0};
  const bool is_day = corpus::is_date(*text);
  const auto moment = base::from_rfc3339(is_day ? *text + "T00:00:00Z" : *text);
  if (!moment.ok() || *moment <= 0) {
    return base::Error{base::Code::invalid, std::string(name) + " must look like 2026-11-28"};
  }
  return *moment;
}

// "me", "none", or somebody's address.
Result<void> add_assignee(Services& services, const Context& context,
                          storage::DocumentQuery& query) {
  const auto who = context.query("assignee");
  if (!who) return {};
  query.unassigned = *who == "none";
  if (query.unassigned) return {};
  query.assignee = context.principal.access->principal.user.id;
  if (*who == "me") return {};
  return services.database->read([&](storage::Transaction& tx) -> Result<void> {
    storage::UserStore users(tx);
    const auto user = users.find_user_by_address(*who);
    const bool here =
        user.ok() && !TRY(users.roles_of(user->id, context.principal.access->project.id)).empty();
    if (!here) return base::Error{base::Code::invalid, "assignee: nobody here has this address"};
    query.assignee = user->id;
    return {};
  });
}

void add_sort(const Context& context, storage::DocumentQuery& query) {
  std::string name = context.query("sort").value_or("-received");
  query.descending = name.starts_with('-');
  if (query.descending) name.erase(0, 1);
  if (name == "name") query.sort = storage::DocumentSort::name;
  if (name == "confidence") query.sort = storage::DocumentSort::confidence;
}

Result<Reply> list_documents(Services& services, Context& context) {
  const storage::Access& access = *context.principal.access;
  if (!may_read_all(context) && searches(context)) {
    return base::Error{base::Code::denied, "searching documents needs document:read"};
  }
  storage::DocumentQuery query;
  query.project = access.project.id;
  query.text = context.query("q").value_or("");
  query.label = context.query("label").value_or("");
  query.review_state = context.query("review").value_or("");
  query.keys = TRY(parse_keys(context));
  query.cursor = context.query("cursor").value_or("");
  query.limit = static_cast<size_t>(context.query_integer("limit", 50));
  if (const auto state = context.query("state")) {
    query.state = storage::parse_document_state(*state);
  }
  if (!may_read_all(context)) query.uploader = access.principal.user.id;
  query.failure_code = context.query("failure").value_or("");
  query.sampled = context.query_flag("sampled");
  query.received_from = TRY(moment_in(context, "received_from"));
  query.received_until = TRY(moment_in(context, "received_until"));
  query.confidence = TRY(confidence_in(context, "confidence"));
  query.label_confidence = TRY(confidence_in(context, "label_confidence"));
  TRY(add_assignee(services, context, query));
  add_sort(context, query);
  const auto page = TRY(services.database->read(
      [&](storage::Transaction& tx) { return storage::DocumentTable(tx).list(query); }));
  Json items = Json::array();
  for (const storage::DocumentRow& row : page.rows)
    items.push(TRY(document_json(services, access, row)));
  Json reply = Json::object({{"items", std::move(items)}});
  reply.set("next_cursor", page.next_cursor.empty() ? Json() : Json(page.next_cursor));
  return Reply::json(200, reply).cache("private, no-cache");
}

}  // namespace

void add_document_list_routes(Router& router, Services& services) {
  router.add(
      {.method = Method::get,
       .path = std::string(kProjectPath) + "/documents",
       .access = Access::needs(Permission::document_read_own),
       .handler = handled([&](Context& c) { return list_documents(services, c); }),
       .id = "list_documents",
       .summary = "Documents: by text, label, state, people, metadata, date, confidence",
       .description =
           "Order by `sort`; `next_cursor` goes on in the same order. Confidences are ranges "
           "such as 900-1000: of reading the words, and, `label_confidence`, of the label "
           "that a model was least sure of. `sampled`: one of ten submitted documents of "
           "each annotator, drawn for a second look.",
       .tag = "documents",
       .query = {text_parameter("q", "words of the page text"),
                 text_parameter("label", "a label among its annotations"),
                 {"state",
                  "",
                  Parameter::Type::string,
                  false,
                  {},
                  {},
                  {"uploaded", "queued", "processing", "ready", "partly_ready", "failed"}},
                 {"review",
                  "",
                  Parameter::Type::string,
                  false,
                  {},
                  {},
                  {"new", "in_progress", "submitted", "accepted", "rejected"}},
                 text_parameter("key", "metadata such as claim=C-7; may be repeated"),
                 text_parameter("assignee", "me, none, or somebody's address"),
                 text_parameter("failure", "the code of a failure"),
                 text_parameter("received_from", "a day, or a time"),
                 text_parameter("received_until", "a day, or a time; not part of it"),
                 text_parameter("confidence", "of the words: 0-800"),
                 text_parameter("label_confidence", "of a model's labels: 950-1000"),
                 {"sampled", "", Parameter::Type::flag, false, {}, {}, {}},
                 {"sort",
                  "a - before it: descending",
                  Parameter::Type::string,
                  false,
                  {},
                  {},
                  {"received", "-received", "name", "-name", "confidence", "-confidence"}},
                 text_parameter("cursor", "next_cursor of the page before"),
                 integer_parameter("limit", "", 1, 500)},
       .responses = {json_response(200, "a page of documents")}});
}

}  // namespace server::http
