// project create, rebuild, verify: on the data directory.
#include <cstdio>

#include "base/clock.h"
#include "base/text.h"
#include "server/cli/verbs.h"
#include "server/cli/verify_pulled.h"
#include "server/flow/index.h"
#include "server/flow/released.h"
#include "storage/release_table.h"
#include "storage/user_store.h"

namespace server::cli {
namespace {

using base::Result;

struct ProjectOptions {
  std::string data;
  std::string path;
  std::string name;
  bool json = false;
};

Result<std::unique_ptr<Services>> open_data(const std::string& data) {
  ServerConfig config;
  config.data = data;
  config.public_url = "http://127.0.0.1:8080";
  return open_services(std::move(config), Readers::none);
}

Result<std::pair<std::string, std::string>> split_path(const std::string& path) {
  const auto parts = base::split(path, '/');
  if (parts.size() != 2) {
    return base::Error{base::Code::invalid, "name the project as organisation/project"};
  }
  return std::pair(TRY(corpus::parse_slug(parts[0])), TRY(corpus::parse_slug(parts[1])));
}

// A new one belongs to whoever owns the server, who sees it in the page.
Result<storage::Organisation> find_or_create(storage::UserStore& users, const std::string& slug) {
  auto known = users.find_organisation(slug);
  if (known.ok() || known.error().code != base::Code::not_found) return known;
  const auto made = TRY(users.create_organisation(slug, slug, base::now_milliseconds()));
  for (const storage::User& owner : TRY(users.server_owners())) {
    TRY(users.set_role(made.id, owner.id, corpus::Role::owner));
  }
  return made;
}

// Only the row: the server makes the repository, with its own URLs in it, on first use.
Result<void> create_project(const ProjectOptions& options) {
  const auto [organisation, slug] = TRY(split_path(options.path));
  TRY(base::make_directories(options.data));
  const auto database = TRY(storage::open_sqlite(base::Path(options.data) / "glossator.db"));
  return database->write(
      [&, &organisation = organisation, &slug = slug](storage::Transaction& tx) -> Result<void> {
        storage::UserStore users(tx);
        storage::NewProject project;
        project.organisation = TRY(find_or_create(users, organisation)).id;
        project.slug = slug;
        project.name = options.name.empty() ? slug : options.name;
        TRY(users.create_project(project, base::now_milliseconds()));
        return {};
      });
}

Result<std::vector<storage::Project>> projects_of(Services& services) {
  return services.database->read(
      [](storage::Transaction& tx) { return storage::UserStore(tx).projects(); });
}

Result<void> rebuild_project(Services& services, const storage::Project& project) {
  const auto open = TRY(services.catalog->open(project));
  TRY(rebuild_index(services, *open));
  return rebuild_releases(services, *open);
}

// One project that cannot be rebuilt keeps no other back; gives how many those were.
Result<size_t> rebuild(const std::string& data) {
  const auto services = TRY(open_data(data));
  size_t failures = 0;
  for (const storage::Project& project : TRY(projects_of(*services))) {
    std::fprintf(stderr, "rebuilding %s\n", project.path().c_str());
    const auto rebuilt = rebuild_project(*services, project);
    if (rebuilt.ok()) continue;
    ++failures;
    std::fprintf(stderr, "cannot rebuild %s: %s\n", project.path().c_str(),
                 base::to_string(rebuilt.error()).c_str());
  }
  return failures;
}

// Verifies every release of a project, or of all; gives the number of findings.
Result<size_t> verify(const ProjectOptions& options) {
  const auto services = TRY(open_data(options.data));
  size_t findings = 0;
  for (const storage::Project& project : TRY(projects_of(*services))) {
    if (!options.path.empty() && project.path() != options.path) continue;
    const auto open = TRY(services->catalog->open(project));
    const auto releases = TRY(services->database->read(
        [&](storage::Transaction& tx) { return storage::ReleaseTable(tx).list(project.id); }));
    for (const storage::ReleaseRow& release : releases) {
      const auto result = TRY(verify_release_of(*services, *open, release));
      findings += result.findings.size();
      if (options.json) {
        base::Json json = to_json(result);
        std::printf("%s\n", json.set("project", project.path()).print().c_str());
        continue;
      }
      std::printf("%s %s %s: %s, %llu documents, %llu objects\n", project.path().c_str(),
                  release.name.c_str(), release.version.c_str(),
                  result.clean() ? "clean" : "DAMAGED",
                  static_cast<unsigned long long>(result.documents),
                  static_cast<unsigned long long>(result.objects));
      for (const dataset::Finding& finding : result.findings) {
        std::printf("  %s %s: %s\n", finding.name.c_str(), finding.place.c_str(),
                    finding.what.c_str());
      }
    }
  }
  return findings;
}

}  // namespace

Verb project_create_verb() {
  auto o = std::make_shared<ProjectOptions>();
  return {"project create", "make a project (and its organisation)",
          [o](Options& options) {
            options.text("project", o->path, "organisation/project").required();
            options.text("--data", o->data, "the data directory").required();
            options.text("--name", o->name, "a title for people");
          },
          [o] {
            const auto made = create_project(*o);
            if (!made.ok()) return fail(made.error());
            std::printf("made the project %s\n", o->path.c_str());
            return kDone;
          }};
}

Verb rebuild_verb() {
  auto o = std::make_shared<ProjectOptions>();
  return {
      "rebuild", "make the database's index again from git (stop the server first)",
      [o](Options& options) { options.text("--data", o->data, "the data directory").required(); },
      [o] {
        const auto rebuilt = rebuild(o->data);
        if (!rebuilt.ok()) return fail(rebuilt.error());
        return *rebuilt == 0 ? kDone : kFailed;
      }};
}

Verb verify_verb() {
  struct Wishes {
    ProjectOptions project;
    PulledWishes pulled;
  };
  auto o = std::make_shared<Wishes>();
  return {"verify",
          "recompute releases from git and the stored bytes, or one that was pulled from its files",
          [o](Options& options) {
            options.text("project", o->project.path, "organisation/project; all if it is left out");
            options.text("--data", o->project.data, "the data directory. Or:");
            options.text("--pulled", o->pulled.directory,
                         "a directory with a pulled release: no server");
            declare_pulled(options, o->pulled);
          },
          [o] {
            if (o->project.data.empty() == o->pulled.directory.empty()) {
              fail({base::Code::invalid, "say either --data or --pulled"});
              return kWrongUse;
            }
            if (!o->pulled.directory.empty()) return run_verify_pulled(o->pulled);
            o->project.json = o->pulled.json;
            const auto findings = verify(o->project);
            if (!findings.ok()) return fail(findings.error());
            return *findings == 0 ? kDone : kFailed;
          }};
}

}  // namespace server::cli
