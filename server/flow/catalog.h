// The projects whose repositories are open. Each is opened once per process, on first use, and a
// missing repository is made: so a crash between the database row and the first commit heals.
//
//   const auto project = TRY(services.catalog->open(actor.project()));
//   const vcs::Snapshot tip = TRY(project->tip());
//
// Everything here may be used from any thread.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "base/file.h"
#include "base/result.h"
#include "corpus/layout.h"
#include "server/flow/parsed_files.h"
#include "storage/account.h"
#include "vcs/commit_queue.h"
#include "vcs/receive_pack.h"
#include "vcs/repository.h"
#include "vcs/snapshot.h"
#include "vcs/upload_pack.h"

namespace server {

using base::Result;

inline constexpr char kMain[] = "refs/heads/main";
// Where the tags of withdrawn releases lie: what they name is kept, and no client sees them.
inline constexpr char kWithdrawnPrefix[] = "refs/withdrawn/";

// A project's two repositories and what serves them.
struct OpenProject {
  storage::Project project;  // as it was when opened: for ids and paths, not for policy
  corpus::FanOut fan_out;

  std::shared_ptr<vcs::Repository> repository;  // annotations: <project>.git
  std::unique_ptr<vcs::CommitQueue> commits;
  std::unique_ptr<vcs::UploadPack> upload_pack;
  std::unique_ptr<vcs::ReceivePack> receive_pack;

  std::shared_ptr<vcs::Repository> data;  // releases: <project>.data.git, written by the server
  std::unique_ptr<vcs::CommitQueue> data_commits;
  std::unique_ptr<vcs::UploadPack> data_upload_pack;

  std::shared_ptr<ParsedFiles> parsed = std::make_shared<ParsedFiles>();

  std::mutex release_mutex;  // one release at a time

  // The newest commit of a branch; of main there always is one.
  Result<vcs::ObjectId> tip_id(const std::string& branch = kMain) const;
  Result<vcs::Snapshot> tip(const std::string& branch = kMain) const;
  // A state (a commit, hex) of a branch's past. not_found for any other commit.
  Result<vcs::Snapshot> past(const std::string& commit, const std::string& branch) const;
};

class Catalog {
 public:
  // `repositories` is DATA/repos; `public_url` goes into a new project's README and .dvc/config.
  // What git clients fetch is made in `packs`, for all projects.
  Catalog(base::Path repositories, std::string public_url, std::shared_ptr<vcs::FetchCache> packs);

  Result<std::shared_ptr<OpenProject>> open(const storage::Project& project);

  // Those that are open now.
  std::vector<std::shared_ptr<OpenProject>> opened() const;

  // The URLs of a project as its users reach it.
  std::string clone_url(const storage::Project& project) const;
  std::string dvc_url(const storage::Project& project) const;
  std::string data_url(const storage::Project& project) const;
  std::string web_url(const storage::Project& project) const;
  // The address is known once the server listens, if the operator named none.
  void set_public_url(std::string url);

 private:
  Result<std::shared_ptr<OpenProject>> open_now(const storage::Project& project);
  Result<void> write_first_commit(const storage::Project& project, OpenProject& open);
  std::string url_of(const storage::Project& project, std::string_view ending) const;
  vcs::UploadPolicy upload_policy() const;
  vcs::ReceivePolicy receive_policy() const;

  base::Path repositories_;
  std::shared_ptr<vcs::FetchCache> packs_;
  std::shared_ptr<const vcs::WorkGate> pushes_;  // for all projects, too
  mutable std::mutex mutex_;
  std::string public_url_;
  std::shared_ptr<ParsedFiles> parsed_ = std::make_shared<ParsedFiles>();  // of all projects
  std::map<storage::ProjectId, std::shared_ptr<OpenProject>> open_;
};

}  // namespace server
