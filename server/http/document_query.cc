#include "server/http/document_query.h"

#include <algorithm>
#include <array>

#include "base/clock.h"
#include "base/text.h"
#include "corpus/schema.h"
#include "server/flow/reading.h"
#include "server/http/routes.h"
#include "storage/user_store.h"

namespace server::http {
namespace {

using base::Result;

constexpr std::array kSearches = {
    "q",       "label",  "review",         "key", "assignee", "confidence", "label_confidence",
    "sampled", "anchor", "read_otherwise", "sort"};

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

}  // namespace

std::vector<Parameter> document_filters() {
  return {text_parameter("q", "words of the page text"),
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
          {"anchor",
           "of a label after another reading",
           Parameter::Type::string,
           false,
           {},
           {},
           {"moved", "orphaned"}},
          {"read_otherwise",
           "by another pipeline or with other settings than today's",
           Parameter::Type::flag,
           false,
           {},
           {},
           {}}};
}

// Whether the answer tells of text, labels, review or others' metadata by what it finds.
bool searches(const Context& context) {
  return std::any_of(kSearches.begin(), kSearches.end(),
                     [&](const char* name) { return context.query(name).has_value(); });
}

Result<storage::DocumentQuery> document_query(Services& services, const Context& context) {
  storage::DocumentQuery query;
  query.project = context.principal.access->project.id;
  query.text = context.query("q").value_or("");
  query.label = context.query("label").value_or("");
  query.review_state = context.query("review").value_or("");
  query.keys = TRY(parse_keys(context));
  if (const auto state = context.query("state")) {
    query.state = storage::parse_document_state(*state);
  }
  query.failure_code = context.query("failure").value_or("");
  query.sampled = context.query_flag("sampled");
  query.received_from = TRY(moment_in(context, "received_from"));
  query.received_until = TRY(moment_in(context, "received_until"));
  query.confidence = TRY(confidence_in(context, "confidence"));
  query.label_confidence = TRY(confidence_in(context, "label_confidence"));
  TRY(add_assignee(services, context, query));
  if (const auto anchor = context.query("anchor")) {
    query.anchor = corpus::parse_anchor_status(*anchor);
  }
  if (context.query_flag("read_otherwise")) {
    const auto settings = read_settings(services, context.principal.access->project, {});
    query.other_pipeline = corpus::spelled(pipeline_of(settings));
  }
  add_sort(context, query);
  return query;
}

}  // namespace server::http
