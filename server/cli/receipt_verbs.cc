// receipt add, receipt list, receipt outdated: what a training job tells of what it used.
#include <cstdio>
#include <cstdlib>

#include "base/json.h"
#include "server/cli/remote_options.h"
#include "server/cli/verbs.h"

namespace server::cli {
namespace {

using base::Code;
using base::Error;
using base::Json;
using base::Result;

struct ReceiptWishes {
  RemoteWishes remote;
  std::string project;
  std::string release;
  std::vector<std::string> parts;
  std::string kind = "training";
  std::string model;
  std::string model_version;
  std::string run;
  std::vector<std::string> metrics;
  bool json = false;
};

Result<Json> metrics_of(const std::vector<std::string>& texts) {
  Json metrics = Json::object();
  for (const std::string& text : texts) {
    const size_t equals = text.find('=');
    char* end = nullptr;
    const double value = equals == text.npos ? 0 : std::strtod(text.c_str() + equals + 1, &end);
    if (end == nullptr || *end != '\0' || equals == 0 || equals + 1 == text.size()) {
      return Error{Code::invalid, "--metric looks like f1=0.93, not like " + text};
    }
    metrics.set(text.substr(0, equals), value);
  }
  return metrics;
}

Result<Json> receipt_of(const ReceiptWishes& wishes, const client::RemoteRelease& used) {
  Json release = Json::object({{"name", used.name}, {"version", used.version}});
  Json parts = Json::array();
  for (const std::string& part : wishes.parts) parts.push(part);
  if (!wishes.parts.empty()) release.set("parts", std::move(parts));
  Json model = Json::object({{"name", wishes.model}});
  if (!wishes.model_version.empty()) model.set("version", wishes.model_version);
  Json receipt = Json::object(
      {{"kind", wishes.kind}, {"release", std::move(release)}, {"model", std::move(model)}});
  if (!wishes.run.empty()) receipt.set("run", wishes.run);
  receipt.set("metrics", TRY(metrics_of(wishes.metrics)));
  return receipt;
}

std::string text_at(const Json& json, std::string_view object, std::string_view key) {
  const Json* inner = json.find(object);
  return inner ? inner->string_or(key, "") : std::string();
}

// "2026-11-28T12:00:00.000Z training claim-router 7 used claims 1.3.0"
void print_receipt(const Json& receipt) {
  std::string model = text_at(receipt, "model", "name");
  if (const auto version = text_at(receipt, "model", "version"); !version.empty()) {
    model += " " + version;
  }
  std::printf("%s %s %s used %s %s", receipt.string_or("at", "").c_str(),
              receipt.string_or("kind", "").c_str(), model.c_str(),
              text_at(receipt, "release", "name").c_str(),
              text_at(receipt, "release", "version").c_str());
  const Json* metrics = receipt.find("metrics");
  for (const Json::Member& metric :
       metrics && metrics->is_object() ? *metrics->as_object() : Json::Object()) {
    std::printf(" %s=%s", metric.key.c_str(), metric.value.print().c_str());
  }
  std::printf("\n");
}

void print_change(const Json& change) {
  if (const std::string reason = text_at(change, "withdrawn", "reason"); !reason.empty()) {
    std::printf("  the release was withdrawn: %s\n", reason.c_str());
  }
  const auto print_counts = [&](const char* where, std::string_view key) {
    const Json* counts = change.find(key);
    if (counts == nullptr) return;
    for (const Json::Member& count : *counts->as_object()) {
      const int64_t* number = count.value.as_integer();
      if (number == nullptr || *number == 0) continue;
      std::printf("  %s: %lld %s %s\n", where, static_cast<long long>(*number),
                  *number == 1 ? "document" : "documents", count.key.c_str());
    }
  };
  print_counts(("in " + text_at(change, "newest", "version")).c_str(), "newest");
  print_counts("in main", "main");
}

Result<Json> ask(const ReceiptWishes& wishes, std::string_view path) {
  const client::Remote remote = TRY(remote_of(wishes.remote));
  TRY(client::check_project(wishes.project));
  base::HttpClient connection = remote.connect();
  return client::ask_json(connection, {.url = remote.project(wishes.project, path)});
}

Result<void> add(const ReceiptWishes& wishes) {
  const client::Remote remote = TRY(remote_of(wishes.remote));
  TRY(client::check_project(wishes.project));
  base::HttpClient connection = remote.connect();
  const auto release =
      TRY(client::find_release(remote, connection, wishes.project, wishes.release));
  const Json body = TRY(receipt_of(wishes, release));
  const Json written =
      TRY(client::ask_json(connection, {.method = "POST",
                                        .url = remote.project(wishes.project, "/receipts"),
                                        .headers = {"Content-Type: application/json"},
                                        .body = body.print()}));
  if (wishes.json) {
    std::printf("%s\n", written.print().c_str());
  } else {
    print_receipt(written);
  }
  return {};
}

Result<void> list(const ReceiptWishes& wishes) {
  const Json answer = TRY(ask(wishes, "/receipts"));
  const Json::Array* items = answer.find_array("items");
  for (const Json& receipt : items ? *items : Json::Array()) {
    if (wishes.json) {
      std::printf("%s\n", receipt.print().c_str());
    } else {
      print_receipt(receipt);
    }
  }
  return {};
}

// True if there are any.
Result<bool> list_outdated(const ReceiptWishes& wishes) {
  const Json answer = TRY(ask(wishes, "/receipts/outdated"));
  const Json::Array* items = answer.find_array("items");
  for (const Json& use : items ? *items : Json::Array()) {
    const Json* receipt = use.find("receipt");
    const Json* change = use.find("change");
    if (receipt == nullptr || change == nullptr) continue;
    if (wishes.json) {
      std::printf("%s\n", use.print().c_str());
      continue;
    }
    print_receipt(*receipt);
    print_change(*change);
  }
  return items != nullptr && !items->empty();
}

}  // namespace

Verb receipt_add_verb() {
  auto o = std::make_shared<ReceiptWishes>();
  return {"receipt add", "say which run of which model used a release, and what came out",
          [o](Options& options) {
            options.text("project", o->project, "organisation/project").required();
            options.text("release", o->release, "like claims@1.3.0").required();
            declare_remote(options, o->remote);
            options.text("--model", o->model, "the model's name").required();
            options.text("--model-version", o->model_version, "its version");
            options.text("--kind", o->kind, "training or evaluation")
                .one_of({"training", "evaluation"});
            options.texts("--part", o->parts, "the part of the split used; may be repeated");
            options.text("--run", o->run, "where the run is described: an address, a commit");
            options.texts("--metric", o->metrics, "like f1=0.93; may be repeated");
            options.flag("--json", o->json, "print the receipt as JSON");
          },
          [o] {
            const auto added = add(*o);
            return added.ok() ? kDone : fail_remotely(added.error());
          }};
}

Verb receipt_list_verb() {
  auto o = std::make_shared<ReceiptWishes>();
  return {"receipt list", "the receipts of a project, oldest first",
          [o](Options& options) {
            options.text("project", o->project, "organisation/project").required();
            declare_remote(options, o->remote);
            options.flag("--json", o->json, "print JSON, a receipt a line");
          },
          [o] {
            const auto listed = list(*o);
            return listed.ok() ? kDone : fail_remotely(listed.error());
          }};
}

Verb receipt_outdated_verb() {
  auto o = std::make_shared<ReceiptWishes>();
  return {"receipt outdated",
          "the models and evaluations whose data has changed since; 1 if there are any",
          [o](Options& options) {
            options.text("project", o->project, "organisation/project").required();
            declare_remote(options, o->remote);
            options.flag("--json", o->json, "print JSON, a receipt a line");
          },
          [o] {
            const auto found = list_outdated(*o);
            if (!found.ok()) return fail_remotely(found.error());
            return *found ? kFailed : kDone;
          }};
}

}  // namespace server::cli
