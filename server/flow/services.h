// What the flows work with: the stores, the queue, the readers and the open projects. Made once at
// start-up (server/main.cc, server/cli/), handed to every flow by reference.
//
//   auto services = TRY(open_services({.data = "/var/lib/glossator"}));
//   TRY(start_processing(*services));
//
// Everything in it may be used from any thread. Destroy it after the HTTP server and the workers.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/file.h"
#include "base/result.h"
#include "ocr/pipeline.h"
#include "ocr/worker_pool.h"
#include "server/flow/catalog.h"
#include "server/flow/export_lengths.h"
#include "storage/blob_store.h"
#include "storage/database.h"
#include "storage/event_log.h"
#include "storage/job_queue.h"
#include "storage/upload_table.h"

namespace server {

using base::Result;

struct ServerConfig {
  base::Path data;                                      // the data directory
  std::string public_url;                               // "https://host", as users reach the server
  int workers = 0;                                      // pages read at once; 0: one for each core
  std::vector<std::string> languages = {"eng", "deu"};  // of OCR, unless the project says otherwise
  ocr::SandboxMode sandbox = ocr::SandboxMode::full;
  ocr::ReadLimits read_limits;
  int64_t grace_days = 14;  // how long git objects that nothing reaches are kept
  uint64_t most_promised_bytes = uint64_t{64} << 30;  // in one user's unfinished uploads
  uint64_t most_kept_pack_bytes = uint64_t{2} << 30;  // on disk, for git clients who ask the same
};

// Passwords that people supplied for encrypted documents: kept in memory until the document has
// been read, never on disk. Safe from any thread.
class DocumentPasswords {
 public:
  void keep(storage::ProjectId project, const corpus::DocumentId& id, std::string password);
  std::string find(storage::ProjectId project, const corpus::DocumentId& id) const;
  void forget(storage::ProjectId project, const corpus::DocumentId& id);

 private:
  using Key = std::pair<storage::ProjectId, corpus::DocumentId>;
  mutable std::mutex mutex_;
  std::map<Key, std::string> passwords_;
};

// The projects whose index could not be brought in step with git: what /readyz tells. Safe from any
// thread.
class IndexLag {
 public:
  void note(storage::ProjectId project, bool is_behind);
  size_t count() const;

 private:
  mutable std::mutex mutex_;
  std::set<storage::ProjectId> behind_;
};

struct Services {
  ServerConfig config;
  std::unique_ptr<storage::Database> database;
  std::unique_ptr<storage::BlobStore> blobs;
  std::unique_ptr<storage::JobQueue> jobs;
  std::unique_ptr<storage::EventLog> events;
  std::optional<storage::UploadFiles> upload_files;
  std::unique_ptr<Catalog> catalog;
  std::unique_ptr<ocr::WorkerPool> readers;
  DocumentPasswords passwords;
  IndexLag index_lag;
  ExportLengths export_lengths;
  std::mutex collecting;  // one collection of bytes at a time (server/flow/collect.h)
  base::UniqueFd lock;    // the data directory is ours, as long as it is open
};

// Which parts a program needs: a command that adds a user starts no readers.
enum class Readers { start, none };

// Opens or makes the data directory: database, byte store, repositories. Clears what a crash left
// unfinished. Code::busy while another server has the directory, Code::denied where the sandbox
// cannot be had and readers are wanted.
Result<std::unique_ptr<Services>> open_services(ServerConfig config, Readers readers);

}  // namespace server
