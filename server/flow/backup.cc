#include "server/flow/backup.h"

#include <filesystem>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "base/random.h"
#include "server/flow/proposals.h"
#include "storage/database_copy.h"
#include "vcs/repository_copy.h"

namespace server {

using base::Code;
using base::Error;
using base::FileCopier;
using base::Path;
using base::Result;
namespace fs = std::filesystem;

namespace {

// Entries of a directory that may not be there.
Result<std::vector<Path>> list(const Path& directory) {
  std::vector<Path> found;
  std::error_code error;
  for (fs::directory_iterator it(directory, error), end; !error && it != end; it.increment(error)) {
    found.push_back(it->path());
  }
  if (error && error != std::errc::no_such_file_or_directory) {
    return Error{Code::io, "list " + directory.string() + ": " + error.message()};
  }
  return found;
}

// "copies/monday/" and "copies/monday" are the same to whoever types them.
Path without_slash(const Path& path) {
  const Path absolute = fs::absolute(path).lexically_normal();
  return absolute.has_filename() ? absolute : absolute.parent_path();
}

class Backup {
 public:
  Backup(const BackupOptions& options, const Path& target)
      : options_(options),
        data_(without_slash(options.data)),
        copier_(data_, target, options.copy) {}

  Result<BackupReport> run() {
    TRY(note_proposals());
    say("database");
    TRY(storage::copy_sqlite(data_ / "glossator.db", copier_.target() / "glossator.db"));
    say("unfinished uploads");
    TRY(copy_upload_parts());
    TRY(for_each_repository([&](const Path& repository) { return copy_repository(repository); }));
    TRY(storage::update_blob_rights(data_ / "glossator.db", copier_.target() / "glossator.db"));
    TRY(copy_stored_bytes());
    say("flush");
    TRY(copier_.sync());
    report_.totals = copier_.totals();
    return report_;
  }

 private:
  void say(std::string_view part) const {
    if (options_.progress) options_.progress(part, copier_.totals());
  }
  Path relative(const Path& path) const { return path.lexically_relative(data_); }

  // They still grow; the database knows how much of each counts.
  Result<void> copy_upload_parts() {
    for (const Path& part : TRY(list(data_ / "tmp" / "uploads"))) {
      TRY(copier_.copy_changing(relative(part)));
    }
    return {};
  }

  Result<void> for_each_repository(const std::function<Result<void>(const Path&)>& visit) const {
    for (const Path& organisation : TRY(list(data_ / "repos"))) {
      for (const Path& repository : TRY(list(organisation))) TRY(visit(relative(repository)));
    }
    return {};
  }

  // A proposal is a row and a ref; the ref of one whose row the copy has not would be in the way of
  // the next that gets its number.
  Result<void> note_proposals() {
    return for_each_repository([&](const Path& repository) -> Result<void> {
      refs_before_[repository] = TRY(vcs::ref_names(data_ / repository));
      return {};
    });
  }

  Result<void> copy_repository(const Path& repository) {
    say(repository.string());
    const std::set<std::string>& known = refs_before_[repository];
    TRY(vcs::copy_repository(copier_, repository, [&](std::string_view name) {
      return !name.starts_with(kProposals) || known.contains(std::string(name));
    }));
    ++report_.repositories;
    return {};
  }

  Result<void> copy_stored_bytes() {
    for (const Path& organisation : TRY(list(data_ / "orgs"))) {
      for (const Path& fan : TRY(list(organisation / "files" / "md5"))) {
        say(relative(fan).string());
        for (const Path& blob : TRY(list(fan))) TRY(copier_.copy(relative(blob)));
      }
    }
    return {};
  }

  const BackupOptions& options_;
  const Path data_;
  FileCopier copier_;
  std::map<Path, std::set<std::string>> refs_before_;  // the refs that were there before
  BackupReport report_;
};

}  // namespace

Result<BackupReport> back_up(const BackupOptions& options) {
  const Path out = without_slash(options.out);
  if (fs::exists(out)) return Error{Code::conflict, out.string() + " exists already"};
  const Path unfinished = out.string() + ".unfinished-" + base::random_token(4);
  TRY(base::make_directories(unfinished));
  base::ScopeExit discard([&] { (void)base::remove_tree(unfinished); });
  const BackupReport report = TRY(Backup(options, unfinished).run());
  TRY(base::rename_durably(unfinished, out));
  discard.cancel();
  return report;
}

}  // namespace server
