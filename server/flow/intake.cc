#include "server/flow/intake.h"

#include <condition_variable>
#include <map>
#include <thread>

#include "server/flow/actor.h"
#include "server/flow/document_files.h"
#include "server/flow/index.h"
#include "storage/document_table.h"
#include "storage/read_page_table.h"

namespace server {
namespace {

using Clock = std::chrono::steady_clock;

struct Batch {
  std::vector<ReadDocument> documents;
  std::vector<Intake::Ended> ends;
  size_t bytes = 0;
  Clock::time_point since;  // of the first document
};

size_t size_of(const ReadDocument& document) {
  size_t bytes = 0;
  for (const vcs::Edit& file : document.files) bytes += file.content ? file.content->size() : 0;
  return bytes;
}

}  // namespace

struct Intake::State {
  explicit State(Options given) : options(std::move(given)) {}

  const Options options;
  std::mutex mutex;
  std::condition_variable changed;
  std::map<storage::ProjectId, Batch> batches;  // guarded, like all below
  std::map<storage::ProjectId, size_t> being_read;
  bool stopping = false;
  std::thread thread;

  bool is_due(storage::ProjectId project, const Batch& batch, Clock::time_point now) const {
    if (stopping || batch.documents.size() >= options.most_documents ||
        batch.bytes >= options.most_bytes || now >= batch.since + options.patience) {
      return true;
    }
    return being_read.count(project) == 0 && !options.others_wait(project);
  }

  std::optional<Batch> take_due() {
    const auto now = Clock::now();
    for (auto it = batches.begin(); it != batches.end(); ++it) {
      if (!is_due(it->first, it->second, now)) continue;
      Batch batch = std::move(it->second);
      batches.erase(it);
      return batch;
    }
    return {};
  }

  void wait(std::unique_lock<std::mutex>& lock) {
    if (batches.empty()) return changed.wait(lock);
    auto next = Clock::time_point::max();
    for (const auto& [project, batch] : batches) next = std::min(next, batch.since);
    changed.wait_until(lock, next + options.patience);
  }

  void settle(Batch& batch) const {
    OpenProject& project = *batch.documents.front().project;
    const auto together = options.commit(project, batch.documents);
    for (size_t i = 0; i < batch.documents.size(); ++i) {
      const bool again = !together.ok() && batch.documents.size() > 1;
      batch.ends[i](again ? options.commit(project, std::span(batch.documents).subspan(i, 1))
                          : together);
    }
  }

  void run() {
    std::unique_lock lock(mutex);
    while (!stopping || !batches.empty()) {
      auto batch = take_due();
      if (!batch) {
        wait(lock);
        continue;
      }
      lock.unlock();
      settle(*batch);
      lock.lock();
    }
  }
};

Intake::Intake(Options options) : state_(std::make_unique<State>(std::move(options))) {
  state_->thread = std::thread([this] { state_->run(); });
}

Intake::~Intake() {
  stop();
}

void Intake::stop() {
  {
    const std::lock_guard lock(state_->mutex);
    state_->stopping = true;
  }
  state_->changed.notify_all();
  if (state_->thread.joinable()) state_->thread.join();
}

std::unique_ptr<Intake::Expectation> Intake::expect(storage::ProjectId project) {
  const std::lock_guard lock(state_->mutex);
  ++state_->being_read[project];
  return std::make_unique<Expectation>(*this, project);
}

void Intake::expect_less(storage::ProjectId project) {
  {
    const std::lock_guard lock(state_->mutex);
    const auto found = state_->being_read.find(project);
    if (--found->second == 0) state_->being_read.erase(found);
  }
  state_->changed.notify_all();
}

void Intake::add(ReadDocument document, Ended ended) {
  {
    const std::lock_guard lock(state_->mutex);
    Batch& batch = state_->batches[document.project->project.id];
    if (batch.documents.empty()) batch.since = Clock::now();
    batch.bytes += size_of(document);
    batch.documents.push_back(std::move(document));
    batch.ends.push_back(std::move(ended));
  }
  state_->changed.notify_all();
}

namespace {

Result<std::vector<corpus::Source>> sources_of(Services& services, const storage::Project& project,
                                               const corpus::DocumentId& id) {
  return services.database->read(
      [&](storage::Transaction& tx) -> Result<std::vector<corpus::Source>> {
        std::vector<corpus::Source> sources;
        for (auto& upload : TRY(storage::DocumentTable(tx).uploads(project.id, id))) {
          sources.push_back(std::move(upload.source));
        }
        return sources;
      });
}

std::string message_of(std::span<const ReadDocument> documents) {
  if (documents.size() == 1) return "Read document " + documents[0].document.id.hex + "\n";
  std::string message = "Read " + std::to_string(documents.size()) + " documents\n\n";
  for (const ReadDocument& read : documents) message += read.document.id.hex + "\n";
  return message;
}

Result<std::vector<vcs::Edit>> edits_of(Services& services, OpenProject& project,
                                        std::span<ReadDocument> documents) {
  std::vector<vcs::Edit> edits;
  for (ReadDocument& read : documents) {
    corpus::Document& document = read.document;
    document.sources = TRY(sources_of(services, project.project, document.id));
    std::string text = TRY(corpus::write_document(document));
    edits.insert(edits.end(), read.files.begin(), read.files.end());
    edits.push_back({corpus::document_path(corpus::document_dir(project.fan_out, document.id)),
                     std::move(text)});
  }
  return edits;
}

vcs::CommitRequest request_of(std::string message) {
  vcs::CommitRequest request;
  request.author = request.committer = server_signature();
  request.message = std::move(message);
  return request;
}

}  // namespace

Result<bool> is_in_git(const OpenProject& project, const corpus::DocumentId& id) {
  const vcs::Snapshot tip = TRY(project.tip());
  return TRY(tip.entry(corpus::document_dir(project.fan_out, id))).has_value();
}

Result<void> bring_in(Services& services, OpenProject& project, std::span<ReadDocument> documents) {
  vcs::CommitRequest request = request_of(message_of(documents));
  request.make = [&](const vcs::Snapshot&) { return edits_of(services, project, documents); };
  TRY(project.commits->commit(std::move(request)));
  TRY(catch_up(services, project));
  for (const ReadDocument& read : documents) {
    TRY(commit_sources(services, project, read.document.id));
  }
  return services.database->write([&](storage::Transaction& tx) -> Result<void> {
    storage::ReadPageTable table(tx);
    for (const ReadDocument& read : documents) {
      TRY(table.remove(project.project.id, read.document.id));
    }
    return {};
  });
}

Result<void> commit_sources(Services& services, OpenProject& project,
                            const corpus::DocumentId& id) {
  if (!TRY(is_in_git(project, id))) return {};
  vcs::CommitRequest request = request_of("Note another source of document " + id.hex + "\n");
  request.make = [&](const vcs::Snapshot& tip) -> Result<std::vector<vcs::Edit>> {
    const DocumentFiles files(tip, project.fan_out, id);
    corpus::Document document = TRY(files.document());
    document.sources = TRY(sources_of(services, project.project, id));
    std::string text = TRY(corpus::write_document(document));
    return std::vector<vcs::Edit>{{corpus::document_path(files.directory()), std::move(text)}};
  };
  TRY(project.commits->commit(std::move(request)));
  return catch_up(services, project);
}

}  // namespace server
