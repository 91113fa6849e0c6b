#include "server/flow/services.h"

#include <fcntl.h>
#include <sys/file.h>

#include <algorithm>
#include <thread>

#include "storage/idempotency.h"

namespace server {

void IndexLag::note(storage::ProjectId project, bool is_behind) {
  const std::lock_guard lock(mutex_);
  if (is_behind) {
    behind_.insert(project);
  } else {
    behind_.erase(project);
  }
}

size_t IndexLag::count() const {
  const std::lock_guard lock(mutex_);
  return behind_.size();
}

void DocumentPasswords::keep(storage::ProjectId project, const corpus::DocumentId& id,
                             std::string password) {
  const std::lock_guard lock(mutex_);
  passwords_[{project, id}] = std::move(password);
}

std::string DocumentPasswords::find(storage::ProjectId project,
                                    const corpus::DocumentId& id) const {
  const std::lock_guard lock(mutex_);
  const auto found = passwords_.find({project, id});
  return found == passwords_.end() ? "" : found->second;
}

void DocumentPasswords::forget(storage::ProjectId project, const corpus::DocumentId& id) {
  const std::lock_guard lock(mutex_);
  passwords_.erase({project, id});
}

namespace {

// One process at a time works on a data directory; the lock goes with the process, however it ends.
Result<base::UniqueFd> lock_directory(const base::Path& data) {
  base::UniqueFd fd = TRY(base::open_file(data / "lock", O_RDWR | O_CREAT));
  if (::flock(fd.get(), LOCK_EX | LOCK_NB) != 0) {
    return base::Error{base::Code::busy, "another server uses " + data.string()};
  }
  return fd;
}

}  // namespace

Result<std::unique_ptr<Services>> open_services(ServerConfig config, Readers readers) {
  auto services = std::make_unique<Services>();
  if (config.workers <= 0) {
    config.workers = static_cast<int>(std::max(1u, std::thread::hardware_concurrency()));
  }
  services->config = config;
  for (const char* directory : {"orgs", "repos", "tmp"}) {
    TRY(base::make_directories(config.data / directory));
  }
  services->lock = TRY(lock_directory(config.data));
  services->database = TRY(storage::open_sqlite(config.data / "glossator.db"));
  services->blobs = TRY(storage::open_local_blob_store(config.data / "orgs"));
  services->jobs = storage::make_job_queue(*services->database);
  services->events = std::make_unique<storage::EventLog>(*services->database);
  services->upload_files = TRY(storage::UploadFiles::open(config.data / "tmp" / "uploads"));
  vcs::FetchLimits packs;
  if (config.most_kept_pack_bytes > 0) packs.directory = config.data / "tmp";
  packs.disk_bytes = config.most_kept_pack_bytes;
  services->catalog = std::make_unique<Catalog>(config.data / "repos", config.public_url,
                                                std::make_shared<vcs::FetchCache>(packs));
  if (readers == Readers::none) return services;
  TRY(services->jobs->recover(storage::Worker::here()));
  TRY(services->database->write(
      [](storage::Transaction& tx) { return storage::Idempotency(tx).abandon_running(); }));
  ocr::WorkerPoolOptions pool;
  pool.workers = config.workers;
  pool.spare = 1;
  pool.mode = config.sandbox;
  services->readers = TRY(ocr::WorkerPool::create(std::move(pool)));
  return services;
}

}  // namespace server
