// The objects that a release brings into the byte store: its manifest, texts out of git and DVC's
// directory objects. The files of documents and pages are there already.
//
//   SnapshotObjects objects(services, project);
//   const base::ContentHashes manifest = TRY(objects.add_manifest(write));
//   store.open_tree = [&] { return objects.open_tree(); };
//   store.need_text = [&](const dataset::TextRef& text) { return objects.add_text(text); };
//   const dataset::Snapshot snapshot = TRY(dataset::make_snapshot(..., store));
//   TRY(objects.finish(snapshot));        // all durable, and readable for those who may pull it
//
// What was stored for a release that did not come about is used by the next try. One thread.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "dataset/dvc_tree.h"
#include "dataset/snapshot.h"
#include "server/flow/services.h"
#include "storage/blob_store.h"
#include "storage/blob_table.h"

namespace server {

// What a file of a snapshot points to: nothing unless it is a `.dvc` pointer.
Result<std::vector<storage::BlobName>> pointed_to(std::string_view path, std::string_view content);

class SnapshotObjects {
 public:
  SnapshotObjects(Services& services, OpenProject& project)
      : services_(services), project_(project) {}

  // What `write` gives to its sink.
  Result<base::ContentHashes> add_manifest(
      const std::function<Result<void>(const dataset::TextSink& sink)>& write);
  // A text of the repository; many are looked up and go to the disk together. What the project has
  // already is not even read.
  Result<void> add_text(const dataset::TextRef& text);
  // A `.dir` object: written while the snapshot is made, made durable with all others at the end,
  // shown once all that it names is there.
  Result<dataset::TreeWriter> open_tree();
  // Before the snapshot's commit, so that nobody meets a pointer to what may not be read yet.
  Result<void> finish(const dataset::Snapshot& snapshot);

 private:
  const storage::Project& project() const { return project_.project; }
  Result<void> flush_texts();
  Result<void> store_texts(const std::vector<dataset::TextRef>& texts);
  Result<void> show_texts();
  // Of this object until it is durable.
  Result<storage::BlobWriter*> begin(const storage::ExpectedContent& expected);
  Result<void> publish();
  Result<void> show_manifest();
  Result<void> show_directories();
  Result<void> show_to_trainers(const dataset::Snapshot& snapshot);

  Services& services_;
  OpenProject& project_;
  std::vector<dataset::TextRef> texts_;                        // asked for, not looked up
  std::vector<storage::BlobRecord> stored_;                    // durable, and not shown yet
  std::vector<std::unique_ptr<storage::BlobWriter>> writers_;  // of what is not durable yet
  std::optional<storage::BlobRecord> manifest_;
  std::vector<std::pair<storage::BlobRecord, std::vector<base::Md5>>> directories_;
};

}  // namespace server
