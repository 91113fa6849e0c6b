// A repository of the suite, served as its own git configuration says. Opened for one request:
// between two, the scripts change it with git.
//
//   const auto repository = TRY(ServedRepository::open(directory));
//   repository->upload_pack().serve(...);
//   repository->push(source, sink);
//
// What git does by configuration and hooks, Glossator does by policy and validators; this class
// translates the one into the other. One thread each.
#pragma once

#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/file.h"
#include "base/result.h"
#include "vcs/receive_pack.h"
#include "vcs/upload_pack.h"

namespace conformance {

class ServedRepository {
 public:
  // `path` or `path`.git or `path`/.git, as git-http-backend finds it.
  static base::Result<std::shared_ptr<ServedRepository>> open(const base::Path& path);

  const vcs::UploadPack& upload_pack() const { return *upload_pack_; }
  const vcs::ReceivePack& receive_pack() const { return *receive_pack_; }
  // With the hooks update, pre-receive and post-receive.
  base::Result<void> push(const vcs::Source& body, const vcs::Sink& out) const;
  // As git-http-backend decides: a push needs to be allowed here, or a password.
  bool takes_pushes_of_strangers() const { return is_true("http.receivepack", false); }

 private:
  explicit ServedRepository(base::Path path) : path_(std::move(path)) {}
  base::Result<void> load();
  void read_configuration();
  bool is_true(const std::string& key, bool otherwise) const;
  std::vector<std::string> all(const std::string& key) const;
  vcs::UploadPolicy upload_policy() const;
  vcs::ReceivePolicy receive_policy() const;
  vcs::Verdict run_hooks_before(const vcs::PushView& push) const;
  struct HookRun {
    bool declined = false;
    std::vector<std::string> lines;  // what it printed
  };
  HookRun run_hook(const std::string& name, std::span<const std::string> options,
                   std::vector<std::string> arguments, std::string input) const;

  base::Path path_;
  std::multimap<std::string, std::string> configuration_;
  std::shared_ptr<vcs::Repository> repository_;
  std::unique_ptr<vcs::UploadPack> upload_pack_;
  std::unique_ptr<vcs::ReceivePack> receive_pack_;
};

}  // namespace conformance
