// Which files a pull is about: those of a release's documents, chosen by part of the split and by
// kind, in the order of the manifest. Never the whole list at once: batches are made as they are
// asked for.
//
//   PullPlan plan = TRY(PullPlan::open(manifest, selection));
//   while (const auto batch = TRY(plan.next())) ...
//
// next() may be called from any thread; everything else belongs to one.
#pragma once

#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/digest.h"
#include "base/file.h"
#include "base/result.h"
#include "dataset/release.h"

namespace server::client {

using base::Result;

// One file of a release and where it goes, relative to the directory that is pulled into.
struct WantedFile {
  std::string path;  // "documents/0/0f3a.../images/0001.png"
  base::Md5 md5;
  base::Sha256 sha256;
  uint64_t size = 0;
};

struct PullBatch {
  std::vector<WantedFile> files;
  uint64_t documents = 0;  // that end with this batch
};

// What of a document: "source", "images", "words", "annotations".
inline constexpr std::string_view kPullKinds[] = {"source", "images", "words", "annotations"};

struct PullSelection {
  std::vector<std::string> parts = {};  // of the split; empty: all
  std::vector<std::string> kinds = {};  // of kPullKinds; empty: all
  base::Path since = {};  // an earlier manifest: what it has unchanged is left out; empty: none
};

// The bytes of a manifest on disk, from the first; and its records.
Result<dataset::ManifestReader::Chunks> manifest_chunks(const base::Path& path);
Result<dataset::ManifestReader> open_manifest_file(const base::Path& path);

// A file of which more than this is fetched alone, so that it can be resumed in its middle.
inline constexpr uint64_t kLargeFile = uint64_t{8} << 20;

class PullPlan {
 public:
  // Code::invalid for a part or a kind that does not exist.
  static Result<std::unique_ptr<PullPlan>> open(const base::Path& manifest,
                                                const PullSelection& selection);

  // The next files, large ones alone; nothing at the end.
  Result<std::optional<PullBatch>> next();
  const dataset::ManifestHeader& header() const { return manifest_.header(); }
  // How many documents there are to come, unless `since` leaves some out.
  uint64_t documents() const;

 private:
  PullPlan(dataset::ManifestReader manifest, const PullSelection& selection)
      : manifest_(std::move(manifest)), selection_(selection) {}
  bool wants(const dataset::ManifestRecord& record) const;
  bool wants_kind(std::string_view path) const;
  void add_texts_of_release();
  Result<bool> add_document();

  std::mutex mutex_;
  dataset::ManifestReader manifest_;
  const PullSelection selection_;
  std::optional<dataset::EarlierRecords> since_;
  std::vector<WantedFile> waiting_;  // planned, not handed out
  uint64_t waiting_documents_ = 0;
  bool has_ended_ = false;
};

// Calls `take` for the path of every file that the older manifest names and the newer does not:
// what an earlier pull brought and this release lacks. Neither is held in memory.
Result<void> for_each_left_over(const base::Path& older, const base::Path& newer,
                                const std::function<Result<void>(const std::string&)>& take);

}  // namespace server::client
