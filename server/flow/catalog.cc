#include "server/flow/catalog.h"

#include "base/log.h"
#include "corpus/config.h"
#include "corpus/project_files.h"
#include "corpus/schema.h"
#include "server/flow/actor.h"
#include "vcs/ancestry.h"
#include "vcs/commit.h"
#include "vcs/maintenance.h"

namespace server {
namespace {

// Refs that no git client pushes, or sees unless it is shown them: blind readings, documents not
// yet kept, proposals, releases that were withdrawn.
const std::vector<std::string> kHiddenPrefixes = {"refs/readings/", "refs/incoming/",
                                                  "refs/proposals/", kWithdrawnPrefix};

Result<std::shared_ptr<vcs::Repository>> open_or_create(const base::Path& path) {
  TRY(base::make_directories(path.parent_path()));
  const auto created = vcs::Repository::create(path);
  if (!created.ok() && created.error().code != base::Code::conflict) return created.error();
  const vcs::RecoveryReport report = TRY(vcs::recover(path));
  for (const std::string& damage : report.damaged) {
    base::log_error("a pack is damaged", {{"error.message", damage}});
  }
  return vcs::Repository::open(path);
}

// Of large pushes, which may take minutes of a processor each; small ones need no turn.
constexpr vcs::WorkGate::Limits kPushes{
    .in_all = 4, .per_repository = 2, .per_client = 1, .patience = std::chrono::seconds(60)};

}  // namespace

Catalog::Catalog(base::Path repositories, std::string public_url,
                 std::shared_ptr<vcs::FetchCache> packs)
    : repositories_(std::move(repositories)),
      packs_(std::move(packs)),
      pushes_(std::make_shared<vcs::WorkGate>(kPushes, "checking as many large pushes")),
      public_url_(std::move(public_url)) {}

Result<vcs::ObjectId> OpenProject::tip_id(const std::string& branch) const {
  const auto tip = repository->refs().find(branch);
  if (!tip) return base::Error{base::Code::internal, "the repository has no " + branch};
  return *tip;
}

Result<vcs::Snapshot> OpenProject::tip(const std::string& branch) const {
  return vcs::Snapshot::at_commit(*repository, TRY(tip_id(branch)));
}

Result<vcs::Snapshot> OpenProject::past(const std::string& commit,
                                        const std::string& branch) const {
  const base::Error unknown{base::Code::not_found, "there is no such revision"};
  const auto id = vcs::ObjectId::from_hex(commit);
  if (!id.ok() || !vcs::read_commit(*repository, *id).ok()) return unknown;
  if (!TRY(vcs::is_ancestor(*repository, *id, TRY(tip_id(branch))))) return unknown;
  return vcs::Snapshot::at_commit(*repository, *id);
}

Result<std::shared_ptr<OpenProject>> Catalog::open(const storage::Project& project) {
  const std::lock_guard lock(mutex_);
  auto& slot = open_[project.id];
  if (!slot) slot = TRY(open_now(project));
  return slot;
}

vcs::ReceivePolicy Catalog::receive_policy() const {
  vcs::ReceivePolicy policy;
  policy.hidden_prefixes = kHiddenPrefixes;
  policy.gate = pushes_;
  return policy;
}

vcs::UploadPolicy Catalog::upload_policy() const {
  vcs::UploadPolicy policy;
  policy.hidden_prefixes = kHiddenPrefixes;
  policy.cache = packs_;
  return policy;
}

Result<std::shared_ptr<OpenProject>> Catalog::open_now(const storage::Project& project) {
  const base::Path base = repositories_ / project.organisation_slug / project.slug;
  auto open = std::make_shared<OpenProject>();
  open->project = project;
  open->parsed = parsed_;
  open->repository = TRY(open_or_create(base.string() + ".git"));
  open->commits = std::make_unique<vcs::CommitQueue>(*open->repository);
  open->upload_pack = std::make_unique<vcs::UploadPack>(open->repository, upload_policy());
  open->receive_pack = std::make_unique<vcs::ReceivePack>(open->repository, receive_policy());
  open->data = TRY(open_or_create(base.string() + ".data.git"));
  open->data_commits = std::make_unique<vcs::CommitQueue>(*open->data);
  open->data_upload_pack = std::make_unique<vcs::UploadPack>(open->data, upload_policy());
  if (!open->repository->refs().find(kMain)) TRY(write_first_commit(project, *open));
  const std::string config = TRY(TRY(open->tip()).read(corpus::kConfigPath));
  open->fan_out = TRY(corpus::parse_config(config)).fan_out;
  return open;
}

Result<void> Catalog::write_first_commit(const storage::Project& project, OpenProject& open) {
  corpus::ProjectConfig config;
  config.project_id = project.ulid;
  config.name = project.slug;
  config.policy = project.policy;
  const auto files = corpus::initial_files(
      config, corpus::default_schema(),
      {url_of(project, ".git"), url_of(project, ".dvc"), url_of(project, "")});
  vcs::CommitRequest request;
  request.author = request.committer = server_signature();
  request.message = "Begin the project " + project.slug + "\n";
  request.make = [&](const vcs::Snapshot&) -> Result<std::vector<vcs::Edit>> {
    std::vector<vcs::Edit> edits;
    for (const auto& [path, content] : files) edits.push_back({path, content});
    return edits;
  };
  TRY(open.commits->commit(std::move(request)));
  return {};
}

std::vector<std::shared_ptr<OpenProject>> Catalog::opened() const {
  const std::lock_guard lock(mutex_);
  std::vector<std::shared_ptr<OpenProject>> projects;
  for (const auto& [id, project] : open_) {
    if (project) projects.push_back(project);
  }
  return projects;
}

std::string Catalog::url_of(const storage::Project& project, std::string_view ending) const {
  return public_url_ + "/" + project.path() + std::string(ending);
}

std::string Catalog::clone_url(const storage::Project& project) const {
  const std::lock_guard lock(mutex_);
  return url_of(project, ".git");
}
std::string Catalog::dvc_url(const storage::Project& project) const {
  const std::lock_guard lock(mutex_);
  return url_of(project, ".dvc");
}
std::string Catalog::data_url(const storage::Project& project) const {
  const std::lock_guard lock(mutex_);
  return url_of(project, ".data.git");
}
std::string Catalog::web_url(const storage::Project& project) const {
  const std::lock_guard lock(mutex_);
  return url_of(project, "");
}

void Catalog::set_public_url(std::string url) {
  const std::lock_guard lock(mutex_);
  public_url_ = std::move(url);
}

}  // namespace server
