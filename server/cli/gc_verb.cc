// gc: git objects and stored bytes that nothing needs any more.
#include <algorithm>
#include <cstdio>

#include "base/clock.h"
#include "base/json.h"
#include "server/cli/verbs.h"
#include "server/flow/collect.h"
#include "server/flow/housekeeping.h"
#include "storage/user_store.h"

namespace server::cli {
namespace {

using base::Result;

constexpr int64_t kDay = 86'400;

struct GcOptions {
  std::string data;
  std::string project;
  int grace_days = 14;
  bool dry_run = false;
  bool json = false;
};

void print(const GcOptions& options, const std::string& repository,
           const vcs::ExpiryReport& report) {
  if (options.json) {
    std::printf("%s\n",
                base::Json::object({{"repository", repository},
                                    {"objects", static_cast<int64_t>(report.objects)},
                                    {"unreachable", static_cast<int64_t>(report.unreachable)},
                                    {"expired", static_cast<int64_t>(report.expired)},
                                    {"bytes", static_cast<int64_t>(report.expired_bytes)},
                                    {"dry_run", options.dry_run}})
                    .print()
                    .c_str());
    return;
  }
  std::printf("%s: %llu objects, %llu unreachable, %llu %s (%llu bytes)\n", repository.c_str(),
              static_cast<unsigned long long>(report.objects),
              static_cast<unsigned long long>(report.unreachable),
              static_cast<unsigned long long>(report.expired),
              options.dry_run ? "would go" : "removed",
              static_cast<unsigned long long>(report.expired_bytes));
}

void print_bytes(const GcOptions& options, const std::string& organisation,
                 const CollectReport& report) {
  if (options.json) {
    std::printf("%s\n", base::Json::object({{"bytes_of", organisation},
                                            {"objects", report.objects},
                                            {"unneeded", report.unneeded},
                                            {"removed", report.removed},
                                            {"bytes", report.removed_bytes},
                                            {"dry_run", options.dry_run}})
                            .print()
                            .c_str());
    return;
  }
  std::printf("bytes of %s: %llu objects, %llu unneeded, %llu %s (%llu bytes)\n",
              organisation.c_str(), static_cast<unsigned long long>(report.objects),
              static_cast<unsigned long long>(report.unneeded),
              static_cast<unsigned long long>(report.removed),
              options.dry_run ? "would go" : "removed",
              static_cast<unsigned long long>(report.removed_bytes));
}

// An organisation's projects share its bytes, so they are collected for all of them together.
Result<void> collect_bytes(Services& services, const GcOptions& options) {
  CollectOptions collecting;
  collecting.now = base::now_milliseconds();
  collecting.grace = std::max(options.grace_days, 0) * kDay * 1000;
  collecting.dry_run = options.dry_run;
  for (const auto& [organisation, report] : TRY(collect_all(services, collecting))) {
    print_bytes(options, organisation, report);
  }
  return {};
}

Result<void> run_gc(const GcOptions& options) {
  ServerConfig config;
  config.data = options.data;
  config.public_url = "http://127.0.0.1:8080";
  const auto services = TRY(open_services(std::move(config), Readers::none));
  vcs::ExpiryOptions expiry;
  expiry.grace_seconds = std::max(options.grace_days, 0) * kDay;
  expiry.now = base::now_milliseconds() / 1000;
  expiry.dry_run = options.dry_run;
  bool is_known = options.project.empty();
  for (const storage::Project& project : TRY(services->database->read(
           [](storage::Transaction& tx) { return storage::UserStore(tx).projects(); }))) {
    if (!options.project.empty() && project.path() != options.project) continue;
    is_known = true;
    const auto open = TRY(services->catalog->open(project));
    const ProjectExpiry expired = TRY(expire_objects(*open, expiry));
    print(options, project.path() + ".git", expired.annotations);
    print(options, project.path() + ".data.git", expired.releases);
  }
  if (options.project.empty()) TRY(collect_bytes(*services, options));
  if (is_known) return {};
  return base::Error{base::Code::not_found, "there is no project " + options.project};
}

}  // namespace

Verb gc_verb() {
  auto o = std::make_shared<GcOptions>();
  return {
      "gc",
      "remove git objects, and bytes that releases, pushes or crashes left behind, which nothing "
      "has "
      "needed for the time of grace (stop the server first; while it runs it does so once a day)",
      [o](Options& options) {
        options.text("project", o->project,
                     "only git objects of organisation/project; all, and bytes, if it is left out");
        options.text("--data", o->data, "the data directory").required();
        options.flag("--dry-run", o->dry_run, "only say what would go");
        options.number("--grace-days", o->grace_days,
                       "since an object was first seen to be unneeded; 14 if left out");
        options.flag("--json", o->json, "print JSON, an object a line");
      },
      [o] {
        const auto done = run_gc(*o);
        return done.ok() ? kDone : fail(done.error());
      }};
}

}  // namespace server::cli
