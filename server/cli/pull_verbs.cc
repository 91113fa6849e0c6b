// pull, export: a release leaves the server, for a machine that trains.
#include <unistd.h>

#include <cstdio>

#include "base/clock.h"
#include "base/json.h"
#include "server/cli/remote_options.h"
#include "server/cli/verbs.h"
#include "server/client/export_download.h"
#include "server/client/pull.h"

namespace server::cli {
namespace {

using base::Json;
using base::Result;

constexpr int kBarWidth = 24;

struct PullWishes {
  RemoteWishes remote;
  client::PullOptions pull;
  std::string out;
  bool json = false;
};

// "[#######-----------------] 7,012 of 24,100 documents, 512.0 MB, 93.1 MB/s"
std::string bar(const client::PullProgress& progress, base::Milliseconds elapsed) {
  const uint64_t all = std::max<uint64_t>(progress.all_documents, 1);
  const int filled = static_cast<int>(kBarWidth * std::min(progress.documents, all) / all);
  std::string text = "[" + std::string(filled, '#') + std::string(kBarWidth - filled, '-') + "] ";
  text += std::to_string(progress.documents) + " of " + std::to_string(progress.all_documents) +
          " documents, " + size_text(progress.fetched_bytes);
  if (elapsed > 0) {
    text += ", " + size_text(progress.fetched_bytes * 1000 / static_cast<uint64_t>(elapsed)) + "/s";
  }
  return text;
}

void print(const client::PullReport& report, const std::string& out, bool json) {
  const client::RemoteRelease& release = report.release;
  if (json) {
    std::printf("%s\n", Json::object({{"name", release.name},
                                      {"version", release.version},
                                      {"manifest_sha256", release.manifest_sha256.hex()},
                                      {"documents", report.documents},
                                      {"fetched_files", report.fetched_files},
                                      {"fetched_bytes", report.fetched_bytes},
                                      {"kept_files", report.kept_files},
                                      {"removed_files", report.removed_files}})
                            .print()
                            .c_str());
    return;
  }
  std::printf("%s %s is in %s: %llu documents; %llu files (%s) came, %llu were there, %llu went\n",
              release.name.c_str(), release.version.c_str(), out.c_str(),
              static_cast<unsigned long long>(report.documents),
              static_cast<unsigned long long>(report.fetched_files),
              size_text(report.fetched_bytes).c_str(),
              static_cast<unsigned long long>(report.kept_files),
              static_cast<unsigned long long>(report.removed_files));
}

Result<void> pull_as(PullWishes& wishes) {
  const client::Remote remote = TRY(remote_of(wishes.remote));
  const base::Milliseconds begin = base::now_milliseconds();
  wishes.pull.out = wishes.out;
  wishes.pull.progress = [&](const client::PullProgress& progress) {
    show_line(bar(progress, base::now_milliseconds() - begin));
  };
  const auto report = client::pull(remote, wishes.pull);
  clear_line();
  if (!report.ok()) return report.error();
  print(*report, wishes.out, wishes.json);
  return {};
}

struct ExportWishes {
  RemoteWishes remote;
  client::ExportWish wish;
  std::string out;
  bool no_images = false;
  bool loss = false;
  bool json = false;
};

Result<uint64_t> leave(const client::Remote& remote, const ExportWishes& wishes) {
  if (wishes.out == "-") {
    return client::stream_export(remote, wishes.wish, [](std::string_view chunk) {
      return base::write_all(STDOUT_FILENO, chunk);
    });
  }
  auto size = client::download_export(remote, wishes.wish, wishes.out,
                                      [](uint64_t bytes) { show_line(size_text(bytes)); });
  clear_line();
  return size;
}

// On stderr where the export itself goes to stdout.
Result<void> export_as(ExportWishes& wishes) {
  const client::Remote remote = TRY(remote_of(wishes.remote));
  wishes.wish.images = !wishes.no_images;
  const uint64_t size = TRY(leave(remote, wishes));
  std::FILE* where = wishes.out == "-" ? stderr : stdout;
  const Json loss = wishes.loss ? TRY(client::export_loss(remote, wishes.wish)) : Json();
  if (wishes.json) {
    Json report = Json::object({{"file", wishes.out}, {"bytes", size}});
    if (wishes.loss) report.set("loss", loss);
    std::fprintf(where, "%s\n", report.print().c_str());
    return {};
  }
  std::fprintf(where, "%s: %llu bytes\n", wishes.out.c_str(),
               static_cast<unsigned long long>(size));
  if (wishes.loss) std::fprintf(where, "%s\n", loss.print().c_str());
  return {};
}

}  // namespace

Verb pull_verb() {
  auto o = std::make_shared<PullWishes>();
  return {
      "pull", "bring a release's documents, labels and manifest here; goes on where it was stopped",
      [o](Options& options) {
        options.text("project", o->pull.project, "organisation/project").required();
        options.text("release", o->pull.release, "like claims@1.3.0; claims alone is its newest")
            .required();
        options.text("--out", o->out, "the directory that it comes to").required();
        declare_remote(options, o->remote);
        options.texts("--part", o->pull.parts,
                      "only this part of the split, such as train; may be repeated");
        options
            .texts("--only", o->pull.kinds,
                   "only these files of the documents: source, images, words, annotations; may "
                   "be repeated")
            .one_of({"source", "images", "words", "annotations"});
        options.text("--since", o->pull.since,
                     "a version: only documents that are new or changed since");
        options.text("--digest", o->pull.digest,
                     "the SHA-256 of the manifest: refuse any other release");
        options.number("--connections", o->pull.connections, "downloads at once");
        options.flag("--json", o->json, "print the result as JSON");
      },
      [o] {
        const auto done = pull_as(*o);
        return done.ok() ? kDone : fail_remotely(done.error());
      }};
}

Verb export_verb() {
  auto o = std::make_shared<ExportWishes>();
  return {"export", "bring a release here in a format to train with; goes on where it was stopped",
          [o](Options& options) {
            options.text("project", o->wish.project, "organisation/project").required();
            options
                .text("release", o->wish.release, "like claims@1.3.0; claims alone is its newest")
                .required();
            options.text("--format", o->wish.format, "coco, jsonl, bio, yolo, webdataset, ...")
                .required();
            options.text("--out", o->out, "the file; - is standard output").required();
            declare_remote(options, o->remote);
            options.texts("--part", o->wish.parts,
                          "only this part of the split, such as train; may be repeated");
            options.text("--hold-out", o->wish.hold_out,
                         "a part, such as fold-3: it leaves as validation, all others as train");
            options.text("--since", o->wish.since,
                         "a version: only documents that are new or changed since");
            options.flag("--proposals", o->wish.proposals,
                         "also what a model proposed and nobody has accepted");
            options.flag("--no-images", o->no_images, "archives without page images");
            options.flag("--loss", o->loss, "say what the format cannot hold, with counts");
            options.flag("--json", o->json, "print the result as JSON");
          },
          [o] {
            const auto done = export_as(*o);
            return done.ok() ? kDone : fail_remotely(done.error());
          }};
}

}  // namespace server::cli
