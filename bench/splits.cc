// How long a stratified split takes, and the search for pages that are nearly the same as one more.
//
//   splits_bench [--quick] [--json] [--search]      --search: without the split
//
// split: documents with a claim each of one to six documents, two of forty labels and three
// classes, assigned from nothing, then again with a thousand more. search: pages of invented
// numbers and looks kept in a database on disk; then the search for one page more, as
// server/flow/near_pages does it, of pages that are told by their words and of pages without any.
// There is no peer: no annotation tool does either.
#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <functional>
#include <random>
#include <string>
#include <vector>

#include "base/file.h"
#include "base/json.h"
#include "dataset/near_duplicates.h"
#include "dataset/split.h"
#include "storage/document_table.h"
#include "storage/page_sketch_table.h"
#include "storage/user_store.h"

namespace {

using base::Result;

bool as_json = false;

double cpu_seconds() {
  rusage usage = {};
  getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

double megabytes() {
  rusage usage = {};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_maxrss) / 1024;
}

struct Time {
  double wall = 0;
  double cpu = 0;
};

Time time_of(const std::function<void()>& work) {
  const auto start = std::chrono::steady_clock::now();
  const double cpu = cpu_seconds();
  work();
  const std::chrono::duration<double> wall = std::chrono::steady_clock::now() - start;
  return {wall.count(), cpu_seconds() - cpu};
}

void tell(const std::string& work, double ours, const std::string& unit, double goal) {
  if (as_json) {
    std::puts(base::Json::object({{"bench", "splits"},
                                  {"work", work},
                                  {"ours", ours},
                                  {"unit", unit},
                                  {"goal", goal},
                                  {"met", ours <= goal}})
                  .print()
                  .c_str());
    return;
  }
  std::printf("%-58s %9.2f %-6s goal %g\n", work.c_str(), ours, unit.c_str(), goal);
}

class World {
 public:
  corpus::DocumentId id() {
    corpus::DocumentId out;
    for (int i = 0; i < 32; ++i) out.hex += "0123456789abcdef"[random_() % 16];
    return out;
  }

  std::vector<dataset::SplitMember> members(size_t count) {
    std::vector<dataset::SplitMember> all;
    while (all.size() < count) {
      const std::string claim = "claim=" + std::to_string(next_claim_++);
      for (size_t i = 1 + random_() % 6; i > 0 && all.size() < count; --i) {
        dataset::SplitMember member{id(), {claim}, {}};
        member.strata = {"label=" + std::to_string(random_() % 40),
                         "label=" + std::to_string(40 + random_() % 3),
                         random_() % 3 == 0 ? "pages=1" : "pages=2-5"};
        all.push_back(std::move(member));
      }
    }
    return all;
  }

  dataset::PageSketch page(bool with_words) {
    corpus::PageLook look;
    for (auto* bits : {&look.sheet, &look.content}) {
      for (uint8_t& byte : bits->bytes) byte = static_cast<uint8_t>(random_());
    }
    std::vector<corpus::Word> words;
    for (corpus::WordId word = 1; with_words && word <= 40; ++word) {
      words.push_back(
          {word, 0, 0, {0, 0, 9, 9}, 900, std::to_string(1000 + random_() % 1'000'000)});
    }
    return dataset::sketch_of(words, look);
  }

 private:
  std::mt19937 random_{7};
  size_t next_claim_ = 0;
};

void measure_split(size_t documents) {
  World world;
  const auto members = world.members(documents);
  corpus::Split split;
  split.salt = "s";
  split.rule.group_by = {"claim"};
  split.rule.stratify_by = "label";
  split.parts = {{"train", 80}, {"validation", 10}, {"test", 10}};
  dataset::SplitResult result;
  const Time first = time_of([&] { result = MUST(dataset::assign_split(split, members, {})); });
  const std::string what = "split of " + std::to_string(documents) + " documents, stratified";
  tell(what, first.wall, "s", 20);
  tell(what + ", processor", first.cpu, "s", 20);
  tell("memory at most, the list of documents included", megabytes(), "MB", 1024);
  auto more = members;
  for (auto& member : world.members(1000)) more.push_back(std::move(member));
  const Time again =
      time_of([&] { result = MUST(dataset::assign_split(split, more, result.placements)); });
  tell("the same again with 1,000 more, processor", again.cpu, "s", 20);
}

Result<void> keep(storage::Transaction& tx, storage::ProjectId project,
                  const corpus::DocumentId& id, const dataset::PageSketch& page) {
  storage::DocumentRow row;
  row.project = project;
  row.id = id;
  row.source = {base::md5_of(id.hex), base::sha256_of(id.hex), 1, "image/png"};
  TRY(storage::DocumentTable(tx).add(row));
  TRY(storage::PageSketchTable(tx).put(project, id, 1,
                                       {dataset::print_sketch(page), dataset::keys_of(page)}));
  return {};
}

// Milliseconds of the median and of the slowest of twenty.
void measure_search(size_t pages) {
  const base::TempDir directory = MUST(base::TempDir::create());
  const auto database = MUST(storage::open_sqlite(directory.path() / "bench.db"));
  const auto make_project = [](storage::Transaction& tx) -> Result<storage::Project> {
    storage::UserStore users(tx);
    const auto organisation = TRY(users.create_organisation("acme", "Acme", 1));
    return users.create_project({.organisation = organisation.id, .slug = "claims"}, 1);
  };
  const storage::Project project = MUST(database->write(make_project));
  World world;
  constexpr size_t kBatch = 1000;
  const Time filled = time_of([&] {
    for (size_t done = 0; done < pages; done += kBatch) {
      MUST(database->write([&](storage::Transaction& tx) -> Result<void> {
        for (size_t i = 0; i < kBatch; ++i) {
          TRY(keep(tx, project.id, world.id(), world.page(i % 4 != 0)));
        }
        return {};
      }));
    }
  });
  tell("keeping a page, of " + std::to_string(pages), filled.cpu * 1e3 / static_cast<double>(pages),
       "ms", 50);
  for (const bool with_words : {true, false}) {
    std::vector<double> times;
    for (int i = 0; i < 20; ++i) {
      const auto page = world.page(with_words);
      times.push_back(time_of([&] {
                        MUST(database->read([&](storage::Transaction& tx) -> Result<void> {
                          storage::PageSketchTable table(tx);
                          for (const auto& candidate : TRY(table.candidates(
                                   project.id, world.id(), dataset::probes_of(page)))) {
                            const auto other = TRY(dataset::parse_sketch(candidate.bytes));
                            if (dataset::nearness(page, other)) std::puts("a near page");
                          }
                          return {};
                        }));
                      }).wall *
                      1e3);
    }
    std::sort(times.begin(), times.end());
    const std::string what = std::string("search, a page ") + (with_words ? "with" : "without") +
                             " words among " + std::to_string(pages);
    tell(what + ", median", times[times.size() / 2], "ms", 50);
    tell(what + ", slowest", times.back(), "ms", 50);
  }
}

}  // namespace

int main(int argc, char** argv) {
  bool quick = false, search_only = false;
  for (int i = 1; i < argc; ++i) {
    quick |= std::string(argv[i]) == "--quick";
    search_only |= std::string(argv[i]) == "--search";
    as_json |= std::string(argv[i]) == "--json";
  }
  if (!search_only) measure_split(quick ? 100'000 : 1'000'000);
  measure_search(quick ? 10'000 : 100'000);
  return 0;
}
