// Releases: made, listed, compared, verified, withdrawn.
#include "base/clock.h"
#include "dataset/release.h"
#include "dataset/release_diff.h"
#include "server/flow/contributions.h"
#include "server/flow/release.h"
#include "server/flow/released.h"
#include "server/flow/withdraw.h"
#include "server/http/authorize.h"
#include "server/http/body_fields.h"
#include "server/http/idempotent.h"
#include "server/http/release_lookup.h"
#include "server/http/routes.h"

namespace server::http {
namespace {

using base::Json;
using base::Result;
using corpus::Permission;

constexpr size_t kBlock = size_t{64} << 10;

Json release_json(const Services& services, const storage::Project& project,
                  const storage::ReleaseRow& release) {
  const std::string tag = "datasets/" + release.name + "/v" + release.version;
  Json json = Json::object(
      {{"name", release.name},
       {"version", release.version},
       {"tag", tag},
       {"commit", release.commit},
       {"data_commit", release.data_commit},
       {"manifest_sha256", release.manifest_sha256.hex()},
       {"documents", release.document_count},
       {"created_at", base::to_rfc3339(release.created_at)},
       {"dvc", "dvc get " + services.catalog->data_url(project) + " documents --rev " + tag}});
  if (release.expires_at > 0) json.set("expires_at", base::to_rfc3339(release.expires_at));
  return json;
}

Json withdrawal_json(const Withdrawal& withdrawal) {
  return Json::object({{"reason", withdrawal.reason},
                       {"at", base::to_rfc3339(withdrawal.at)},
                       {"expired", withdrawal.expired}});
}

Result<std::set<corpus::ReviewState>> states_in(const BodyFields& body) {
  std::set<corpus::ReviewState> states;
  const auto names = TRY(body.optional_texts("states"));
  if (!names) return states;
  for (const std::string& name : *names) {
    const auto state = corpus::parse_review_state(name);
    if (!state) return body.error("states", "names a state that does not exist");
    states.insert(*state);
  }
  return states;
}

Result<std::set<std::string>> labels_in(const BodyFields& body) {
  const auto names = TRY(body.optional_texts("labels"));
  return names ? std::set<std::string>(names->begin(), names->end()) : std::set<std::string>();
}

// As lists of documents take them: "claim=C-7".
Result<std::map<std::string, std::string>> keys_in(const BodyFields& body) {
  std::map<std::string, std::string> keys;
  const auto texts = TRY(body.optional_texts("keys"));
  if (!texts) return keys;
  for (const std::string& text : *texts) {
    const size_t equals = text.find('=');
    if (equals == text.npos || equals == 0) return body.error("keys", "must hold key=value");
    keys[text.substr(0, equals)] = text.substr(equals + 1);
  }
  return keys;
}

Result<std::optional<int64_t>> thousandths_in(const BodyFields& body, std::string_view key) {
  const auto value = TRY(body.optional_integer(key));
  if (value && (*value < 0 || *value > 1000)) {
    return body.error(key, "must be from 0 to 1000: thousandths");
  }
  return value;
}

Json totals_json(const dataset::ManifestTotals& totals) {
  return Json::object({{"documents", static_cast<int64_t>(totals.documents)},
                       {"pages", static_cast<int64_t>(totals.pages)},
                       {"bytes", static_cast<int64_t>(totals.bytes)},
                       {"labels", counts_json(totals.labels)},
                       {"parts", counts_json(totals.splits)}});
}

Json change_json(const dataset::ReleaseChange& change) {
  return Json::object({{"bump", dataset::name_of(change.bump)},
                       {"added", static_cast<int64_t>(change.added)},
                       {"removed", static_cast<int64_t>(change.removed)},
                       {"changed", static_cast<int64_t>(change.changed)},
                       {"moved", static_cast<int64_t>(change.moved)},
                       {"unchanged", static_cast<int64_t>(change.unchanged)}});
}

Json label_changes_json(const std::map<std::string, int64_t>& labels) {
  Json out = Json::object();
  for (const auto& [name, difference] : labels) out.set(name, difference);
  return out;
}

// How many annotations of each label the record has more or fewer.
std::map<std::string, int64_t> label_changes(const dataset::ManifestRecord* before,
                                             const dataset::ManifestRecord* after) {
  std::map<std::string, int64_t> labels;
  if (before) {
    for (const auto& [name, count] : before->labels) labels[name] -= static_cast<int64_t>(count);
  }
  if (after) {
    for (const auto& [name, count] : after->labels) labels[name] += static_cast<int64_t>(count);
  }
  std::erase_if(labels, [](const auto& label) { return label.second == 0; });
  return labels;
}

Json record_change_json(dataset::RecordChange kind, const dataset::ManifestRecord* before,
                        const dataset::ManifestRecord* after) {
  Json json = Json::object(
      {{"document", (after ? after : before)->id.hex}, {"change", dataset::name_of(kind)}});
  if (before && !before->split.empty()) json.set("from", before->split);
  if (after && !after->split.empty()) json.set("to", after->split);
  const auto labels = label_changes(before, after);
  if (!labels.empty()) json.set("labels", label_changes_json(labels));
  return json;
}

Result<ReleaseRequest> release_request(Context& context) {
  const BodyFields body =
      TRY(read_fields(context.request,
                      {"name", "split", "licence", "description", "commit", "states", "labels",
                       "keys", "received_from", "received_before", "min_agreement", "expires_at"}));
  ReleaseRequest request;
  request.name = TRY(body.text("name"));
  request.split = TRY(body.optional_text("split")).value_or("");
  request.licence = TRY(body.optional_text("licence")).value_or("");
  request.description = TRY(body.prose("description"));
  request.commit = TRY(body.optional_text("commit")).value_or("");
  request.states = TRY(states_in(body));
  request.labels = TRY(labels_in(body));
  request.keys = TRY(keys_in(body));
  request.received_from = TRY(body.optional_time("received_from"));
  request.received_before = TRY(body.optional_time("received_before"));
  request.expires_at = TRY(body.optional_time("expires_at"));
  request.min_agreement = TRY(thousandths_in(body, "min_agreement"));
  return request;
}

Result<Reply> create_release(Services& services, Context& context) {
  const ReleaseRequest request = TRY(release_request(context));
  const auto made = TRY(make_release(services, actor_of(context), request));
  Json reply = release_json(services, context.principal.access->project, made.row);
  reply.set("change", change_json(made.change));
  if (made.unreadable > 0) reply.set("unreadable", static_cast<int64_t>(made.unreadable));
  return Reply::json(201, reply);
}

Result<Reply> look_at_release(Services& services, Context& context) {
  const ReleaseRequest request = TRY(release_request(context));
  const auto preview = TRY(preview_release(services, actor_of(context), request));
  Json change = change_json(preview.change);
  change.set("labels", label_changes_json(preview.change.labels));
  Json reply = Json::object({{"name", request.name},
                             {"version", dataset::print_version(preview.version)},
                             {"totals", totals_json(preview.totals)},
                             {"change", std::move(change)},
                             {"changes", preview.changes},
                             {"unreadable", static_cast<int64_t>(preview.unreadable)}});
  if (preview.before) reply.set("since", dataset::print_version(*preview.before));
  return Reply::json(200, reply);
}

Result<Reply> list_releases(Services& services, Context& context) {
  const storage::Project& project = context.principal.access->project;
  const auto rows = TRY(services.database->read(
      [&](storage::Transaction& tx) { return storage::ReleaseTable(tx).list(project.id); }));
  Json items = Json::array();
  for (const storage::ReleaseRow& row : rows) {
    Json item = release_json(services, project, row);
    const auto gone = TRY(find_withdrawal(services, project, row));
    if (gone) item.set("withdrawn", withdrawal_json(*gone));
    items.push(std::move(item));
  }
  return Reply::json(200, Json::object({{"items", std::move(items)}}));
}

Result<Reply> show_release(Services& services, Context& context,
                           const storage::ReleaseRow& release) {
  const storage::Project& project = context.principal.access->project;
  const auto manifest =
      TRY(dataset::ManifestReader::open(TRY(open_manifest(services, project, release))));
  const dataset::ManifestHeader& header = manifest.header();
  Json reply = release_json(services, project, release);
  reply.set("totals", totals_json(header.totals));
  reply.set("licence", header.licence);
  reply.set("description", header.description);
  if (header.split) reply.set("split", header.split->name);
  return Reply::json(200, reply);
}

Result<Reply> show_manifest(Services& services, Context& context,
                            const storage::ReleaseRow& release) {
  const storage::Project project = context.principal.access->project;
  auto chunks = TRY(open_manifest(services, project, release));
  return Reply::stream(200, "application/jsonl",
                       [chunks](Writer& out) mutable -> Result<void> {
                         while (true) {
                           const std::string chunk = TRY(chunks());
                           if (chunk.empty()) return {};
                           TRY(out.write(chunk));
                         }
                       })
      .etag(release.manifest_sha256.hex())
      .immutable();
}

// Who labelled between the two, for those who may see that; null if it is too much to look at.
Result<Json> annotators_json(Services& services, Context& context, const storage::ReleaseRow& since,
                             const storage::ReleaseRow& release) {
  const auto project = TRY(project_of(services, context));
  const auto people = contributions_between(*project, TRY(vcs::ObjectId::from_hex(since.commit)),
                                            TRY(vcs::ObjectId::from_hex(release.commit)));
  if (!people.ok() && people.error().code == base::Code::limit) return Json();
  if (!people.ok()) return people.error();
  Json all = Json::object();
  for (const auto& [mail, work] : *people) {
    all.set(mail, Json::object({{"commits", static_cast<int64_t>(work.commits)},
                                {"added", static_cast<int64_t>(work.added)},
                                {"changed", static_cast<int64_t>(work.changed)},
                                {"removed", static_cast<int64_t>(work.removed)}}));
  }
  return all;
}

// The same for people: the sums, and the first documents.
Result<Reply> diff_page(const Context& context, const storage::ReleaseRow& since,
                        const storage::ReleaseRow& release, const dataset::NextRecord& before,
                        const dataset::NextRecord& after, const Json& annotators) {
  dataset::ReleaseDiff diff;
  diff.title = release.name + " " + since.version + " to " + release.version;
  diff.address = "/" + context.principal.access->project.path() + "/documents/";
  const auto take = [&](dataset::RecordChange kind, const dataset::ManifestRecord* a,
                        const dataset::ManifestRecord* b) -> Result<void> {
    if (diff.documents.size() == dataset::ReleaseDiff::kMostDocuments) return {};
    diff.documents.push_back(
        {(b ? b : a)->id, kind, a ? a->split : "", b ? b->split : "", label_changes(a, b)});
    return {};
  };
  diff.change = TRY(dataset::compare_releases(before, after, take));
  if (const auto* people = annotators.as_object()) {
    for (const auto& member : *people) {
      diff.annotators[member.key] = {member.value.integer_or("added", 0),
                                     member.value.integer_or("changed", 0),
                                     member.value.integer_or("removed", 0)};
    }
  }
  return Reply::text(200, dataset::print_diff_page(diff), "text/html; charset=utf-8")
      .with("Content-Security-Policy",
            "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'");
}

// A document a line after the opening, and the sums at the end, so that memory does not grow.
Result<Reply> release_diff(Services& services, Context& context,
                           const storage::ReleaseRow& release) {
  const auto since = TRY(earlier_release(services, context, context.query("since").value_or("")));
  const storage::Project project = context.principal.access->project;
  const auto before = TRY(records_of(services, project, since));
  const auto after = TRY(records_of(services, project, release));
  const bool sees_people = context.principal.access->allows(Permission::document_read);
  const Json annotators =
      sees_people ? TRY(annotators_json(services, context, since, release)) : Json();
  if (context.query("as").value_or("json") == "html") {
    return diff_page(context, since, release, before, after, annotators);
  }
  return Reply::stream(200, "application/json", [=](Writer& out) -> Result<void> {
    std::string text = "{\"documents\":[";
    bool first = true;
    const auto take = [&](dataset::RecordChange kind, const dataset::ManifestRecord* a,
                          const dataset::ManifestRecord* b) -> Result<void> {
      text += first ? "\n" : ",\n";
      first = false;
      record_change_json(kind, a, b).print_to(text);
      if (text.size() < kBlock) return {};
      TRY(out.write(text));
      text.clear();
      return {};
    };
    const auto change = TRY(dataset::compare_releases(before, after, take));
    text += "\n],\"labels\":" + label_changes_json(change.labels).print() +
            ",\"annotators\":" + annotators.print() + ",\"change\":" + change_json(change).print() +
            "}\n";
    return out.write(text);
  });
}

Result<Reply> verify(Services& services, Context& context, const storage::ReleaseRow& release) {
  const auto project = TRY(project_of(services, context));
  const auto result = TRY(verify_release_of(services, *project, release));
  Json findings = Json::array();
  for (const dataset::Finding& finding : result.findings) {
    findings.push(
        Json::object({{"name", finding.name}, {"place", finding.place}, {"what", finding.what}}));
  }
  return Reply::json(200, Json::object({{"clean", result.clean()},
                                        {"documents", static_cast<int64_t>(result.documents)},
                                        {"objects", static_cast<int64_t>(result.objects)},
                                        {"bytes", static_cast<int64_t>(result.bytes)},
                                        {"findings", std::move(findings)}}));
}

// The bytes and the tag stay as they are; whoever asks for the release is told why not.
Result<Reply> withdraw(Services& services, Context& context, const storage::ReleaseRow& release) {
  const BodyFields body = TRY(read_fields(context.request, {"reason"}));
  TRY(withdraw_release(services, actor_of(context), release, TRY(body.text("reason"))));
  return Reply::empty(204);
}

}  // namespace

void add_release_routes(Router& router, Services& services) {
  const std::string project = kProjectPath;
  const std::string release = project + "/releases/{name}/{version}";
  const RequestBody wanted = json_body(
      Json::object({{"type", "object"}, {"required", Json::array({"name"})}}),
      Json::object(
          {{"name", "claims"}, {"split", "default"}, {"states", Json::array({"accepted"})}}));
  router.add({.method = Method::post,
              .path = project + "/releases",
              .access = Access::needs(Permission::release_create),
              .handler = idempotent(
                  services, handled([&](Context& c) { return create_release(services, c); })),
              .id = "create_release",
              .summary = "Release a dataset; the version follows from what changed",
              .tag = "datasets",
              .body = wanted,
              .responses = {json_response(201, "the release")}});
  router.add({.method = Method::post,
              .path = project + "/releases/preview",
              .access = Access::needs(Permission::release_create),
              .handler = handled([&](Context& c) { return look_at_release(services, c); }),
              .id = "preview_release",
              .summary = "What a release would be: version, numbers, changes; nothing is made",
              .tag = "datasets",
              .body = wanted,
              .responses = {json_response(200, "the version, the numbers, and what changed")}});
  router.add({.method = Method::get,
              .path = project + "/releases",
              .access = Access::needs(Permission::release_read),
              .handler = handled([&](Context& c) { return list_releases(services, c); }),
              .id = "list_releases",
              .summary = "The releases, newest first; those that are gone say why in \"withdrawn\"",
              .tag = "datasets",
              .responses = {json_response(200, "the releases")}});
  router.add({.method = Method::get,
              .path = release,
              .access = Access::needs(Permission::release_read),
              .handler = of_release(services, show_release),
              .id = "show_release",
              .summary = "A release",
              .tag = "datasets",
              .responses = {json_response(200, "the release")}});
  router.add({.method = Method::get,
              .path = release + "/manifest",
              .access = Access::needs(Permission::release_read),
              .handler = of_release(services, show_manifest),
              .id = "show_manifest",
              .summary = "The manifest: every document, page and hash",
              .tag = "datasets",
              .responses = {{200, "JSON lines", "application/jsonl", {}, {}}}});
  router.add({.method = Method::get,
              .path = release + "/diff",
              .access = Access::needs(Permission::release_read),
              .handler = of_release(services, release_diff),
              .id = "show_release_diff",
              .summary = "What was added, removed, changed or moved since an earlier version",
              .tag = "datasets",
              .query = {{.name = "since",
                         .description = "the earlier version of the dataset",
                         .required = true},
                        {.name = "as",
                         .description = "html: a page for people",
                         .one_of = {"json", "html"}}},
              .responses = {json_response(200, "documents, labels, and the sums")}});
  router.add({.method = Method::get,
              .path = release + "/verify",
              .access = Access::needs(Permission::release_read),
              .handler = of_release(services, verify),
              .id = "verify_release",
              .summary = "Recompute everything that the release says",
              .tag = "datasets",
              .responses = {json_response(200, "the findings; none: it is whole")}});
  router.add(
      {.method = Method::delete_,
       .path = release,
       .access = Access::needs(Permission::release_create),
       .handler = of_release(services, withdraw),
       .id = "withdraw_release",
       .summary = "Withdraw a release: from now on it answers 410 with the reason",
       .tag = "datasets",
       .body = json_body(Json::object({{"type", "object"}, {"required", Json::array({"reason"})}}),
                         Json::object({{"reason", "a customer took back their consent"}})),
       .responses = {{204, "withdrawn", {}, {}, {}}}});
}

}  // namespace server::http
