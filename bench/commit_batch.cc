// How many saves a second one branch takes, by the number of threads that save at once.
//
//   commit_batch_bench DIRECTORY [SECONDS]     a repository is made below DIRECTORY and removed
//
// Every save changes one file of 4 KB among 4,096 in two levels of directories, and counts once it
// is durable: pack, index, directory and ref synced. The machine's own fsync median is printed
// beside it, since that is what bounds a single thread.
#include <fcntl.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <thread>
#include <vector>

#include "base/file.h"
#include "vcs/commit_queue.h"
#include "vcs/maintenance.h"

namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

double fsync_median_ms(const base::Path& directory) {
  std::vector<double> times;
  for (int i = 0; i < 21; ++i) {
    const base::UniqueFd file = MUST(base::open_file(directory / "sync", O_WRONLY | O_CREAT));
    MUST(base::write_all(file.get(), std::string(4096, 'x')));
    const auto start = Clock::now();
    MUST(base::sync_file(file.get()));
    times.push_back(seconds_since(start) * 1000);
  }
  std::nth_element(times.begin(), times.begin() + 10, times.end());
  return times[10];
}

std::string path_of(unsigned number) {
  char path[32];
  std::snprintf(path, sizeof(path), "documents/%x/%x/%x.jsonl", number & 15, number >> 4 & 15,
                number >> 8 & 15);
  return path;
}

std::string content_of(uint64_t number) {
  std::string out;
  while (out.size() < 4096) out += std::to_string(number *= 6364136223846793005u) + "\n";
  return out;
}

base::Result<vcs::CommitResult> save(vcs::CommitQueue& queue, std::vector<vcs::Edit> edits) {
  const vcs::Signature who{"Ada", "ada@example.com", 1'700'000'000, 0};
  return queue.commit({.branch = "refs/heads/main",
                       .author = who,
                       .committer = who,
                       .message = "save\n",
                       .make = [&](const vcs::Snapshot&) -> base::Result<std::vector<vcs::Edit>> {
                         return edits;
                       }});
}

struct Figure {
  uint64_t saves = 0;
  uint64_t batches = 0;
  double seconds = 0;
  double worst_ms = 0;
};

void save_until(const std::atomic<bool>& over, vcs::CommitQueue& queue, unsigned thread,
                std::atomic<uint64_t>& saves, std::atomic<double>& worst) {
  for (uint64_t i = 1; !over; ++i) {
    const auto number = static_cast<unsigned>(i * 97 + thread * 31);
    const auto start = Clock::now();
    MUST(save(queue, {{path_of(number), content_of(i * 1000 + thread + 1)}}));
    const double took = seconds_since(start) * 1000;
    if (took > worst) worst = took;
    ++saves;
  }
}

Figure measure(vcs::Repository& repository, int threads, double seconds) {
  std::atomic<uint64_t> saves = 0, batches = 0;
  std::atomic<double> worst = 0;
  std::atomic<bool> over = false;
  vcs::CommitQueue queue(repository, [&](vcs::DurableStep step) {
    if (step == vcs::DurableStep::ref_moved) ++batches;
  });
  std::vector<std::thread> workers;
  const auto start = Clock::now();
  for (int t = 0; t < threads; ++t) {
    workers.emplace_back(
        [&, t] { save_until(over, queue, static_cast<unsigned>(t), saves, worst); });
  }
  std::this_thread::sleep_for(std::chrono::duration<double>(seconds));
  over = true;
  for (std::thread& worker : workers) worker.join();
  return {saves, batches, seconds_since(start), worst};
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) {
    std::fprintf(stderr, "usage: commit_batch_bench DIRECTORY [SECONDS]\n");
    return 2;
  }
  const double seconds = argc > 2 ? std::atof(argv[2]) : 5;
  const base::TempDir directory = MUST(base::TempDir::create(argv[1]));
  const base::Path path = directory.path() / "bench.git";
  MUST(vcs::Repository::create(path));
  const auto repository = MUST(vcs::Repository::open(path));
  {
    vcs::CommitQueue queue(*repository);
    std::vector<vcs::Edit> all;
    for (unsigned i = 0; i < 4096; ++i) all.push_back({path_of(i), content_of(i + 1)});
    MUST(save(queue, std::move(all)));
  }
  std::printf("fsync median: %.2f ms\n", fsync_median_ms(directory.path()));
  std::printf("| threads | saves/s | saves per batch | worst save |\n|---|---|---|---|\n");
  for (const int threads : {1, 4, 16, 64}) {
    const Figure figure = measure(*repository, threads, seconds);
    std::printf("| %d | %.0f | %.1f | %.0f ms |\n", threads,
                static_cast<double>(figure.saves) / figure.seconds,
                static_cast<double>(figure.saves) / static_cast<double>(figure.batches),
                figure.worst_ms);
    MUST(vcs::roll_up(*repository));
  }
  return 0;
}
