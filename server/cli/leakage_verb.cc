// leakage: what one part of a split tells another, for people and for pipelines.
#include <algorithm>
#include <cstdio>

#include "base/json.h"
#include "corpus/layout.h"
#include "server/cli/remote_options.h"
#include "server/cli/verbs.h"
#include "server/client/pulled_leakage.h"

namespace server::cli {
namespace {

using base::Code;
using base::Error;
using base::Json;
using base::Result;

// A pipeline must be able to tell a leak from a check that could not be made: everything but a
// finished check is this, also where trying again may help.
constexpr int kNotChecked = 2;
constexpr size_t kMostShown = 20;

struct LeakageWishes {
  RemoteWishes remote;
  std::string project;
  std::string release;
  std::string split;
  std::string pulled;
  int at_most = 0;
  bool json = false;
};

struct Checked {
  std::string what;  // "claims 1.3.0"
  Json report;       // as the API gives it
  std::string note;  // what could not be compared
};

Result<Checked> check_pulled(const LeakageWishes& wishes) {
  const auto found = TRY(client::leakage_of_pulled(wishes.pulled));
  Checked checked{found.name + " " + found.version,
                  dataset::to_json(found.report, dataset::LeakageDepth::pairs), ""};
  if (found.pages_without_words > 0) {
    checked.note = std::to_string(found.pages_without_words) +
                   " pages have no words here: they were compared by their bytes alone";
  }
  return checked;
}

// Nothing in a split's name needs an escape in an address.
Result<void> check_split(const std::string& name) {
  if (corpus::classify(corpus::split_path(name)).kind == corpus::PathKind::split) return {};
  return Error{Code::invalid, "a split's name has letters, digits, '-' and '_'"};
}

Result<Checked> check_remotely(const LeakageWishes& wishes) {
  if (wishes.project.empty() || wishes.release.empty() == wishes.split.empty()) {
    return Error{Code::invalid, "say a project, and a release or --split; or --pulled"};
  }
  if (wishes.remote.url.empty()) return Error{Code::invalid, "--url says where the server is"};
  TRY(client::check_project(wishes.project));
  const client::Remote remote = TRY(remote_of(wishes.remote));
  base::HttpClient connection = remote.connect();
  Checked checked{"the split " + wishes.split, {}, ""};
  std::string path = "/splits/" + wishes.split;
  if (wishes.split.empty()) {
    const auto release =
        TRY(client::find_release(remote, connection, wishes.project, wishes.release));
    checked.what = release.name + " " + release.version;
    path = release.path();
  } else {
    TRY(check_split(wishes.split));
  }
  TRY(client::persist([&]() -> Result<void> {
    checked.report = TRY(
        client::ask_json(connection, {.url = remote.project(wishes.project, path + "/leakage")}));
    return {};
  }));
  return checked;
}

Result<Checked> check(const LeakageWishes& wishes) {
  if (wishes.pulled.empty()) return check_remotely(wishes);
  if (wishes.project.empty() && wishes.split.empty()) return check_pulled(wishes);
  return Error{Code::invalid, "--pulled looks at a directory alone: name no project and no split"};
}

// "near_page 91 %: train 0f3a... page 1, test 7be1... page 2"
void print_pair(const Json& pair) {
  std::string kind = pair.string_or("kind", "");
  if (const int64_t* likeness = pair.find_integer("likeness")) {
    kind += " " + std::to_string(*likeness / 10) + " %";
  }
  const auto side = [&](const std::string& name) {
    std::string text = pair.string_or("part_" + name, "") + " " + pair.string_or(name, "");
    const int64_t* page = pair.find_integer("page_" + name);
    return page ? text + " page " + std::to_string(*page) : text;
  };
  std::printf("  %s: %s, %s\n", kind.c_str(), side("a").c_str(), side("b").c_str());
}

void print(const Checked& checked) {
  std::printf("%s: %lld of %lld documents leak\n", checked.what.c_str(),
              static_cast<long long>(checked.report.integer_or("leaking", 0)),
              static_cast<long long>(checked.report.integer_or("documents", 0)));
  const Json::Array* pairs = checked.report.find_array("pairs");
  const size_t shown = pairs ? std::min(pairs->size(), kMostShown) : 0;
  for (size_t i = 0; i < shown; ++i) print_pair((*pairs)[i]);
  const auto all = static_cast<size_t>(checked.report.integer_or("pair_count", 0));
  if (all > shown) std::printf("  and %zu more pairs: --json lists them\n", all - shown);
  if (!checked.note.empty()) std::printf("%s\n", checked.note.c_str());
}

int run_check(const LeakageWishes& wishes) {
  const auto checked = check(wishes);
  const int64_t* leaking = checked.ok() ? checked->report.find_integer("leaking") : nullptr;
  if (!checked.ok()) {
    fail(checked.error());
    return kNotChecked;
  }
  if (leaking == nullptr) {
    fail({Code::internal, "the server's answer has no number of leaks"});
    return kNotChecked;
  }
  if (wishes.json) {
    std::printf("%s\n", checked->report.print().c_str());
  } else {
    print(*checked);
  }
  return *leaking > wishes.at_most ? kFailed : kDone;
}

}  // namespace

Verb leakage_verb() {
  auto o = std::make_shared<LeakageWishes>();
  return {"leakage",
          "find documents of two parts of a split that are the same, nearly the same, or of one "
          "group; 0: none, 1: there are, 2: it could not be checked",
          [o](Options& options) {
            options.text("project", o->project, "organisation/project");
            options.text("release", o->release,
                         "like claims@1.3.0; claims alone is its newest. Or:");
            options.text("--split", o->split, "a split of the project, as it stands now. Or:");
            options.text("--pulled", o->pulled, "a directory with a pulled release: no server");
            declare_optional_remote(options, o->remote);
            options.number("--at-most", o->at_most, "so many documents may leak");
            options.flag("--json", o->json, "print the report as JSON, with all pairs");
          },
          [o] { return run_check(*o); }};
}

}  // namespace server::cli
