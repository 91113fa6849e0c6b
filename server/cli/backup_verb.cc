// backup: a copy of the data directory of a server that goes on running.
#include <unistd.h>

#include <cstdio>

#include "base/json.h"
#include "server/cli/verbs.h"
#include "server/flow/backup.h"

namespace server::cli {
namespace {

struct BackupWishes {
  std::string data;
  std::string out;
  std::string earlier;
  bool link = false;
  bool json = false;
};

double megabytes(uint64_t bytes) {
  return static_cast<double>(bytes) / 1e6;
}

// One line that is written over, where somebody watches.
void show_progress(std::string_view part, const base::CopyTotals& so_far) {
  std::fprintf(stderr, "\r\x1b[K%llu files, %.1f MB: %.*s",
               static_cast<unsigned long long>(so_far.files), megabytes(so_far.bytes),
               static_cast<int>(part.size()), part.data());
}

void print(const BackupReport& report, bool json) {
  const base::CopyTotals& totals = report.totals;
  if (json) {
    std::printf("%s\n", base::Json::object({{"repositories", report.repositories},
                                            {"files", totals.files},
                                            {"bytes", totals.bytes},
                                            {"bytes_written", totals.bytes_written}})
                            .print()
                            .c_str());
    return;
  }
  std::printf("%zu repositories, %llu files, %.1f MB, %.1f MB of them written\n",
              report.repositories, static_cast<unsigned long long>(totals.files),
              megabytes(totals.bytes), megabytes(totals.bytes_written));
}

int back_up_as(const BackupWishes& wishes) {
  const bool watched = ::isatty(STDERR_FILENO) == 1;
  BackupOptions options{.data = wishes.data, .out = wishes.out};
  options.copy = {.earlier = wishes.earlier, .link_source = wishes.link};
  if (watched) options.progress = show_progress;
  const auto report = back_up(options);
  if (watched) std::fprintf(stderr, "\r\x1b[K");
  if (!report.ok()) return fail(report.error());
  print(*report, wishes.json);
  return kDone;
}

}  // namespace

Verb backup_verb() {
  auto o = std::make_shared<BackupWishes>();
  return {"backup", "copy the data directory of a running or stopped server, consistently",
          [o](Options& options) {
            options.text("--data", o->data, "the data directory").required();
            options.text("--out", o->out, "the copy, a data directory itself; must not exist")
                .required();
            options.text("--earlier", o->earlier,
                         "an earlier copy: files that it has take no room again");
            options.flag("--link", o->link,
                         "name the server's own files where they never change, instead of copying "
                         "them: instant, but no second copy of the bytes");
            options.flag("--json", o->json, "print the result as JSON");
          },
          [o] { return back_up_as(*o); }};
}

}  // namespace server::cli
