// How a project stands: progress, what fails, what the scans are like, who does what.
#include <map>

#include "base/clock.h"
#include "server/http/authorize.h"
#include "server/http/routes.h"
#include "storage/label_table.h"
#include "storage/overview_table.h"

namespace server::http {
namespace {

using base::Json;
using base::Result;
using corpus::Permission;

using Counts = std::map<std::string, int64_t>;

Json counts_json(const Counts& counts) {
  Json out = Json::object();
  for (const auto& [name, count] : counts) out.set(name, count);
  return out;
}

Json documents_json(const std::vector<storage::Standing>& standings) {
  Counts states;
  Counts reviews;
  Counts failures;
  for (const storage::Standing& standing : standings) {
    states[std::string(storage::name_of(standing.state))] += standing.documents;
    if (!standing.review_state.empty()) reviews[standing.review_state] += standing.documents;
    if (!standing.failure_code.empty()) failures[standing.failure_code] += standing.documents;
  }
  return Json::object({{"states", counts_json(states)},
                       {"reviews", counts_json(reviews)},
                       {"failures", counts_json(failures)}});
}

Json pages_json(const std::vector<storage::PageStanding>& standings) {
  constexpr size_t kTwentieths = 20;
  Counts qualities;
  std::vector<int64_t> confidence(kTwentieths);
  int64_t wordless = 0;
  for (const storage::PageStanding& standing : standings) {
    if (!standing.quality.empty()) qualities[standing.quality] += standing.pages;
    if (standing.twentieth < 0) {
      wordless += standing.pages;
    } else {
      confidence[static_cast<size_t>(standing.twentieth)] += standing.pages;
    }
  }
  Json twentieths = Json::array();
  for (const int64_t pages : confidence) twentieths.push(pages);
  return Json::object({{"qualities", counts_json(qualities)},
                       {"confidence", std::move(twentieths)},
                       {"without_words", wordless}});
}

Json labels_json(const std::vector<corpus::LabelCount>& counts) {
  struct Sum {
    int64_t confirmed = 0;
    int64_t proposed = 0;
  };
  std::map<std::pair<std::string, std::string>, Sum> sums;
  for (const auto& [use, pages] : counts) {
    if (!use.attribute.empty()) continue;
    Sum& sum = sums[{std::string(corpus::name_of(use.type)), use.label}];
    (use.proposed ? sum.proposed : sum.confirmed) += use.annotations;
  }
  Json out = Json::array();
  for (const auto& [what, sum] : sums) {
    out.push(Json::object({{"type", what.first},
                           {"label", what.second},
                           {"annotations", sum.confirmed},
                           {"proposed", sum.proposed}}));
  }
  return out;
}

Json days_json(const std::vector<storage::Activity>& activity) {
  std::map<int64_t, Counts> days;
  for (const storage::Activity& a : activity) days[a.day][a.deed] += a.amount;
  Json out = Json::array();
  for (const auto& [day, deeds] : days) {
    const std::string date = base::to_rfc3339(day * storage::kMillisecondsOfDay).substr(0, 10);
    out.push(Json::object({{"day", date}, {"deeds", counts_json(deeds)}}));
  }
  return out;
}

// Who leads the work sees everybody's; everybody else their own.
Json people_json(const storage::Access& access, const std::vector<storage::Activity>& activity) {
  const bool sees_all =
      access.allows(Permission::project_manage) || access.allows(Permission::review_write);
  std::map<storage::UserId, std::pair<std::string, Counts>> people;
  for (const storage::Activity& a : activity) {
    if (!sees_all && a.user != access.principal.user.id) continue;
    auto& [name, deeds] = people[a.user];
    name = a.name;
    deeds[a.deed] += a.amount;
  }
  Json out = Json::array();
  for (const auto& [user, person] : people) {
    out.push(Json::object({{"name", person.first}, {"deeds", counts_json(person.second)}}));
  }
  return out;
}

Result<Reply> show_overview(Services& services, Context& context) {
  const storage::Access& access = *context.principal.access;
  const storage::ProjectId project = access.project.id;
  const int64_t days = context.query_integer("days", 30);
  const int64_t first = base::now_milliseconds() / storage::kMillisecondsOfDay - days + 1;
  Json reply = Json::object();
  TRY(services.database->read([&](storage::Transaction& tx) -> Result<void> {
    storage::OverviewTable overview(tx);
    const auto activity = TRY(overview.activity(project, first));
    reply.set("documents", documents_json(TRY(overview.documents(project))));
    reply.set("pages", pages_json(TRY(overview.pages(project))));
    reply.set("labels", labels_json(TRY(storage::LabelTable(tx).counts(project))));
    reply.set("days", days_json(activity));
    reply.set("people", people_json(access, activity));
    return {};
  }));
  return Reply::json(200, reply).cache("private, no-cache");
}

}  // namespace

void add_overview_routes(Router& router, Services& services) {
  router.add(
      {.method = Method::get,
       .path = std::string(kProjectPath) + "/overview",
       .access = Access::needs(Permission::document_read),
       .handler = handled([&](Context& c) { return show_overview(services, c); }),
       .id = "show_overview",
       .summary = "How the project stands: progress, failures, quality, who did what",
       .description =
           "Counts that are kept as things happen, so that the answer costs the same however "
           "many documents there are. `confidence` has the pages by the mean confidence of "
           "their words, in twentieths. Managers and reviewers see what everybody did, "
           "everybody else what they did themselves. Days are UTC.",
       .tag = "projects",
       .query = {{"days", "how many days back", Parameter::Type::integer, false, 1, 366, {}}},
       .responses = {json_response(200, "the numbers")}});
}

}  // namespace server::http
