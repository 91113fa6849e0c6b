// The seventh verb: a release leaves in a format that people train with. Streams from git and the
// manifest, one document in memory; the same release and options give the same bytes, from any byte
// on, so that a broken download goes on where it stopped.
//
//   const ReleaseExport leaving(services, project, release, request);
//   const auto loss = TRY(leaving.write(sink, {.first = 4096}));
#pragma once

#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "dataset/export_format.h"
#include "dataset/shards.h"
#include "server/flow/services.h"
#include "storage/release_table.h"

namespace server {

struct ExportRequest {
  const dataset::ExportFormat* format = nullptr;
  std::vector<std::string> parts = {};  // of the split; empty: all
  // A part, such as a fold, whose documents leave for validation and all others for training;
  // empty: documents leave in the parts that they are in. Not together with `parts`.
  std::string hold_out = {};
  bool proposals = false;
  bool images = true;                             // the bytes of pages, in archives
  std::optional<storage::ReleaseRow> since = {};  // only what is new or changed since then
  std::optional<dataset::Shard> shard = {};       // only its documents
};

// Code::invalid, naming those that exist, unless each is a part of the release's split.
Result<void> check_parts(Services& services, const storage::Project& project,
                         const storage::ReleaseRow& release, std::span<const std::string> parts);

// In which shards the release leaves; see dataset/shards.h.
Result<std::vector<dataset::Shard>> shards_of(Services& services, const storage::Project& project,
                                              const storage::ReleaseRow& release);

// One export of one release. Safe from any thread.
class ReleaseExport {
 public:
  ReleaseExport(Services& services, std::shared_ptr<OpenProject> project,
                storage::ReleaseRow release, ExportRequest request);

  Result<dataset::LossReport> write(const dataset::ExportSink& sink,
                                    const dataset::ExportWindow& window = {}) const;
  // Made by running the export without its bytes, once for each name.
  Result<uint64_t> length() const;
  // A digest that names these bytes, for caches and If-Range.
  std::string name() const;

 private:
  Result<dataset::NextDocument> open(const dataset::ExportOptions& options,
                                     dataset::ExportDepth depth) const;
  Result<void> read_stored(const corpus::StoredFile& file, uint64_t offset, uint64_t length,
                           const dataset::ExportSink& sink) const;

  Services& services_;
  std::shared_ptr<OpenProject> project_;
  storage::ReleaseRow release_;
  ExportRequest request_;
};

}  // namespace server
