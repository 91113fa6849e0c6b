#include "server/client/pull.h"

#include <fcntl.h>
#include <sys/file.h>

#include <condition_variable>
#include <optional>
#include <thread>

#include "server/client/pull_plan.h"

namespace server::client {

using base::Code;
using base::Error;
using base::Path;

namespace {

constexpr std::chrono::milliseconds kProgressPause{200};

class Pulling {
 public:
  Pulling(const Remote& remote, const PullOptions& options)
      : remote_(remote),
        options_(options),
        client_(remote.connect()),
        work_(options.out / ".glossator"),
        incoming_(work_ / "manifest.jsonl"),
        manifest_(options.out / "manifest.jsonl") {}

  Result<PullReport> run() {
    TRY(check_project(options_.project));
    report_.release = TRY(find_release(remote_, client_, options_.project, options_.release));
    TRY(check_digest());
    TRY(base::make_directories(work_));
    const base::UniqueFd lock = TRY(lock_directory());
    const Path fresh = work_ / "manifest.new";
    TRY(fetch_manifest(report_.release, fresh));
    const PullSelection selection{options_.parts, options_.kinds, TRY(fetch_since())};
    const auto plan = TRY(PullPlan::open(fresh, selection));
    // From here on what an earlier pull brought is no longer a whole release.
    for (const Path& older : {manifest_, incoming_}) TRY(remove_left_over(older, fresh));
    TRY(base::rename_durably(fresh, incoming_));
    TRY(base::remove_file(manifest_));
    TRY(fetch_all(*plan));
    TRY(base::rename_durably(incoming_, manifest_));
    TRY(base::remove_tree(work_));
    report_.documents = counts_.documents;
    report_.fetched_files = counts_.fetched_files;
    report_.fetched_bytes = counts_.fetched_bytes;
    report_.kept_files = counts_.kept_files;
    return report_;
  }

 private:
  Result<void> check_digest() const {
    const std::string digest = report_.release.manifest_sha256.hex();
    if (options_.digest.empty() || options_.digest == digest) return {};
    return Error{Code::conflict, "the release's digest is " + digest + ", not what was asked for"};
  }

  Result<base::UniqueFd> lock_directory() const {
    base::UniqueFd lock = TRY(base::open_file(work_ / "lock", O_RDWR | O_CREAT));
    if (::flock(lock.get(), LOCK_EX | LOCK_NB) == 0) return lock;
    return Error{Code::busy, "another pull works in " + options_.out.string()};
  }

  Result<void> fetch_manifest(const RemoteRelease& release, const Path& path) {
    return persist([&]() -> Result<void> {
      const base::UniqueFd fd = TRY(base::open_file(path, O_WRONLY | O_CREAT | O_TRUNC));
      base::Hasher<base::Sha256> hasher;
      const auto answer =
          TRY(client_.send({.url = remote_.project(options_.project, release.path() + "/manifest")},
                           [&](std::string_view chunk) {
                             hasher.update(chunk);
                             return base::write_all(fd.get(), chunk);
                           }));
      if (!answer.ok()) return error_of(answer);
      if (hasher.finish() == release.manifest_sha256) return {};
      return Error{Code::internal, "the manifest that came is not the one that the release names"};
    });
  }

  // The manifest of the earlier version; an empty path if none is asked for.
  Result<Path> fetch_since() {
    if (options_.since.empty()) return Path();
    const auto earlier = TRY(find_release(remote_, client_, options_.project,
                                          report_.release.name + "@" + options_.since));
    const Path path = work_ / "since.jsonl";
    TRY(fetch_manifest(earlier, path));
    return path;
  }

  Result<void> remove_left_over(const Path& older, const Path& newer) {
    std::error_code error;
    if (!std::filesystem::exists(older, error)) return {};
    const auto removed =
        for_each_left_over(older, newer, [&](const std::string& path) -> Result<void> {
          if (std::filesystem::remove(options_.out / path, error)) ++report_.removed_files;
          // Directories that are empty now go too; others refuse.
          for (Path up = Path(path).parent_path();
               up.has_parent_path() && std::filesystem::remove(options_.out / up, error);) {
            up = up.parent_path();
          }
          return {};
        });
    // A file of that name that is no manifest is the user's own business, but not to be lost.
    if (!removed.ok()) {
      return removed.error().within(older.string() + " is no manifest of an earlier pull");
    }
    return {};
  }

  Result<void> fetch_all(PullPlan& plan) {
    std::vector<std::thread> threads;
    const int connections = std::max(1, options_.connections);
    running_ = connections;  // they count it down, the first perhaps before the last has begun
    for (int number = 0; number < connections; ++number) {
      threads.emplace_back([this, &plan, number] { work(plan, number); });
    }
    show_progress(plan.documents());
    for (std::thread& thread : threads) thread.join();
    return failure_ ? Result<void>(*failure_) : Result<void>();
  }

  void work(PullPlan& plan, int number) {
    ObjectFetch fetch(remote_, options_.project, {options_.out, work_}, number, counts_);
    const auto outcome = [&]() -> Result<void> {
      while (!has_failed()) {
        const auto batch = TRY(plan.next());
        if (!batch) break;
        TRY(fetch.bring(batch->files));
        counts_.documents += batch->documents;
      }
      return {};
    }();
    const std::lock_guard lock(mutex_);
    if (!outcome.ok() && !failure_) failure_ = outcome.error();
    --running_;
    changed_.notify_all();
  }

  bool has_failed() {
    const std::lock_guard lock(mutex_);
    return failure_.has_value();
  }

  // Until all threads have ended.
  void show_progress(uint64_t all_documents) {
    std::unique_lock lock(mutex_);
    while (!changed_.wait_for(lock, kProgressPause, [this] { return running_ == 0; })) {
      if (options_.progress) {
        options_.progress({counts_.documents, all_documents, counts_.fetched_bytes});
      }
    }
  }

  const Remote& remote_;
  const PullOptions& options_;
  base::HttpClient client_;
  const Path work_;
  const Path incoming_;  // the manifest of the pull that is under way
  const Path manifest_;
  PullReport report_;
  PullCounts counts_;

  std::mutex mutex_;
  std::condition_variable changed_;
  int running_ = 0;
  std::optional<Error> failure_;
};

}  // namespace

Result<PullReport> pull(const Remote& remote, const PullOptions& options) {
  return Pulling(remote, options).run();
}

}  // namespace server::client
