#include "server/flow/process.h"

#include <algorithm>
#include <atomic>
#include <thread>

#include "base/clock.h"
#include "base/log.h"
#include "corpus/document.h"
#include "corpus/event.h"
#include "server/flow/actor.h"
#include "server/flow/document_files.h"
#include "server/flow/import_when_ready.h"
#include "server/flow/index.h"
#include "server/flow/reading.h"
#include "server/flow/reread.h"
#include "storage/document_table.h"
#include "storage/read_page_table.h"
#include "storage/user_store.h"

namespace server {
namespace {

constexpr char kJobKind[] = "process";
constexpr base::Milliseconds kLeaseTime = 180'000;
constexpr base::Milliseconds kPollTime = 1'000;
constexpr uint32_t kUrgentPages = 8;  // what a person sees first; the rest takes its turn
constexpr int kLaneForPeople = 2;     // threads that take only what somebody waits for

Result<void> mark_failed(Services& services, const storage::Project& project,
                         const corpus::DocumentId& id, const ocr::Failure& failure) {
  return services.database->write([&](storage::Transaction& tx) -> Result<void> {
    TRY(storage::DocumentTable(tx).set_failure(project.id, id, failure.code, failure.reason,
                                               base::now_milliseconds()));
    TRY(services.events->append(tx, {.type = std::string(corpus::event_type::kDocumentFailed),
                                     .project = project.id,
                                     .subject = document_subject(project, id.hex),
                                     .data = base::Json::object({{"code", failure.code}})}));
    return {};
  });
}

Result<storage::Project> project_of(Services& services, const storage::Job& job) {
  return services.database->read(
      [&](storage::Transaction& tx) { return storage::UserStore(tx).find_project(job.project); });
}

// What the people of a project are told. The cause itself may name the server's own paths: it is in
// the log, beside the job's number.
ocr::Failure server_failed(const storage::JobId& job) {
  return {"server_failed", "the server could not read it, and its log says why (job " +
                               std::to_string(job.value) + "); it can be tried again"};
}

// The document itself stays what it was.
Result<void> tell_of_failed_rereading(Services& services, const storage::Project& project,
                                      const corpus::DocumentId& id, const base::Error& error) {
  const bool is_its_own = error.code == base::Code::invalid;
  return services.database->write([&](storage::Transaction& tx) -> Result<void> {
    TRY(services.events->append(
        tx, {.type = std::string(corpus::event_type::kJobFailed),
             .project = project.id,
             .subject = document_subject(project, id.hex),
             .data = base::Json::object(
                 {{"job", "reread"},
                  {"code", is_its_own ? error.what.substr(0, error.what.find(':'))
                                      : std::string("server_failed")}})}));
    return {};
  });
}

// Of a dead job. A document that came to its end by other means, or waits again since, stays as it
// is.
Result<void> fail_unless_ended(Services& services, const storage::Job& job) {
  const auto id = TRY(corpus::DocumentId::parse(job.payload.string_or("document", "")));
  const storage::Project project = TRY(project_of(services, job));
  const auto row = TRY(services.database->read(
      [&](storage::Transaction& tx) { return storage::DocumentTable(tx).find(project.id, id); }));
  using State = storage::DocumentState;
  const bool waits = row.state == State::queued || row.state == State::processing;
  if (!waits || row.changed_at > job.ended_at) return {};
  base::log_warning("reading a document was given up",
                    {{"job", job.id.value}, {"error.message", job.reason}});
  return mark_failed(services, project, id, server_failed(job.id));
}

std::string key_of(storage::ProjectId project, const corpus::DocumentId& id) {
  return std::to_string(project.value) + "/" + id.hex;
}

}  // namespace

Result<void> queue_document(storage::Transaction& tx, Services& services,
                            storage::ProjectId project, const corpus::DocumentId& id, Haste haste) {
  TRY(services.jobs->put(
      tx, {.kind = kJobKind,
           .payload = base::Json::object({{"project", project.value}, {"document", id.hex}}),
           .priority = static_cast<int>(haste),
           .project = project,
           .unique_key = key_of(project, id)}));
  return {};
}

Result<void> queue_document_again(storage::Transaction& tx, Services& services,
                                  storage::ProjectId project, const corpus::DocumentId& id,
                                  base::Json about, Haste haste) {
  base::Json payload = base::Json::object({{"project", project.value}, {"document", id.hex}});
  payload.set("again", std::move(about));
  TRY(services.jobs->put(tx, {.kind = kJobKind,
                              .payload = std::move(payload),
                              .priority = static_cast<int>(haste),
                              .project = project,
                              .unique_key = key_of(project, id) + "/again"}));
  return {};
}

Result<void> hurry_document(Services& services, storage::ProjectId project,
                            const corpus::DocumentId& id) {
  return services.jobs->hurry(key_of(project, id), static_cast<int>(Haste::person_waits));
}

Result<std::optional<ReadDocument>> process_document(Services& services,
                                                     const storage::Project& project,
                                                     const corpus::DocumentId& id, Haste haste,
                                                     const std::function<bool()>& cancelled,
                                                     const std::function<void()>& heartbeat) {
  const auto open = TRY(services.catalog->open(project));
  if (TRY(is_in_git(*open, id))) {
    TRY(catch_up(services, *open));
    TRY(index_document(services, *open, id));
    return std::optional<ReadDocument>();
  }
  const storage::DocumentRow row =
      TRY(services.database->write([&](storage::Transaction& tx) -> Result<storage::DocumentRow> {
        storage::DocumentTable table(tx);
        TRY(table.set_state(project.id, id, storage::DocumentState::processing,
                            base::now_milliseconds()));
        return table.find(project.id, id);
      }));
  ocr::ReadSettings settings = read_settings(services, project, id);
  if (haste == Haste::person_waits) settings.urgent_pages = kUrgentPages;
  Reading reading(services, project, row, settings);
  const ocr::DocumentReading read = TRY(reading.read(cancelled, heartbeat));
  if (const auto failure = reading.total_failure(read)) {
    TRY(mark_failed(services, project, id, *failure));
    return std::optional<ReadDocument>();
  }
  auto files = TRY(reading.finish(read, open->fan_out));
  return std::optional<ReadDocument>({open, std::move(reading.document()), std::move(files)});
}

Result<void> fail_abandoned(Services& services) {
  storage::JobQuery query{.state = storage::JobState::dead, .kind = kJobKind};
  while (true) {
    const auto dead = TRY(services.jobs->list(query));
    for (const storage::Job& job : dead) TRY(fail_unless_ended(services, job));
    if (dead.size() < query.limit) return {};
    query.after = dead.back().id;
  }
}

struct Processing::State {
  explicit State(Services& all)
      : services(all),
        intake(
            {.commit =
                 [&all](OpenProject& project, std::span<ReadDocument> documents) {
                   return bring_in_with_labels(all, project, documents);
                 },
             .others_wait =
                 [&all](storage::ProjectId project) { return waits_to_be_read(all, project); }}) {}

  Services& services;
  std::atomic<bool> stopping = false;
  std::vector<std::thread> threads;
  Intake intake;

  // And what models have said of the documents meanwhile.
  static Result<void> bring_in_with_labels(Services& services, OpenProject& project,
                                           std::span<ReadDocument> documents) {
    TRY(bring_in(services, project, documents));
    std::vector<corpus::DocumentId> ids;
    for (const ReadDocument& read : documents) ids.push_back(read.document.id);
    import_waiting_for(services, project, ids);
    return {};
  }

  static bool waits_to_be_read(Services& services, storage::ProjectId project) {
    storage::DocumentQuery query;
    query.project = project;
    query.state = storage::DocumentState::queued;
    query.limit = 1;
    const auto page = services.database->read(
        [&](storage::Transaction& tx) { return storage::DocumentTable(tx).list(query); });
    return page.ok() && !page->rows.empty();
  }

  void work(int least_priority) {
    const storage::Wanted wanted{{kJobKind}, least_priority};
    while (!stopping) {
      const auto job =
          services.jobs->lease_or_wait(storage::Worker::here(), wanted, kLeaseTime, kPollTime);
      if (!job.ok()) {
        base::log_error("cannot take a job", {{"error.message", job.error().what}});
        std::this_thread::sleep_for(std::chrono::milliseconds(kPollTime));
      } else if (*job) {
        run(**job);
      }
    }
  }

  // The job ends here, or, if it gives a document, when that is in git.
  void run(const storage::Job& job) {
    const auto expectation = intake.expect(job.project);
    auto read = process(job);
    if (read.ok() && *read) {
      return intake.add(std::move(**read),
                        [this, job](const Result<void>& outcome) { close(job, outcome); });
    }
    close(job, read.ok() ? Result<void>() : read.error());
  }

  void close(const storage::Job& job, const Result<void>& outcome) {
    Result<void> closed;
    if (outcome.ok()) {
      closed = services.jobs->finish(job.lease());
    } else if (stopping) {
      closed = services.jobs->release(job.lease());
    } else {
      closed = give_up_or_retry(job, outcome.error());
    }
    if (!closed.ok()) {
      base::log_warning("a job's end was not recorded", {{"error.message", closed.error().what}});
    }
  }

  Result<std::optional<ReadDocument>> process(const storage::Job& job) {
    const auto id = TRY(corpus::DocumentId::parse(job.payload.string_or("document", "")));
    const storage::Project project = TRY(project_of(services, job));
    base::Milliseconds beaten = base::now_milliseconds();
    const auto cancelled = [&] { return stopping.load(); };
    const auto heartbeat = [&] {
      if (base::now_milliseconds() - beaten < kLeaseTime / 6) return;
      beaten = base::now_milliseconds();
      (void)services.jobs->heartbeat(job.lease(), kLeaseTime);
    };
    if (const auto wish = rereading_in(job.payload)) {
      TRY(reread_document(services, project, id, *wish, cancelled, heartbeat));
      return std::optional<ReadDocument>();
    }
    return process_document(services, project, id, static_cast<Haste>(job.priority), cancelled,
                            heartbeat);
  }

  // The machine failed. After the last attempt the document says so, and can still be retried.
  Result<void> give_up_or_retry(const storage::Job& job, const base::Error& error) {
    base::log_warning(
        "reading a document failed",
        {{"job", job.id.value}, {"attempt", job.attempts}, {"error.message", error.what}});
    const bool is_again = rereading_in(job.payload).has_value();
    const bool is_hopeless = is_again && error.code == base::Code::invalid;
    const auto state = TRY(services.jobs->fail(
        job.lease(), error.what, is_hopeless ? storage::Retry::never : storage::Retry::later));
    if (state != storage::JobState::dead) return {};
    const auto id = TRY(corpus::DocumentId::parse(job.payload.string_or("document", "")));
    const storage::Project project = TRY(project_of(services, job));
    if (is_again) return tell_of_failed_rereading(services, project, id, error);
    return mark_failed(services, project, id, server_failed(job.id));
  }
};

Processing::Processing(Services& services) : state_(new State(services)) {
  const auto add_threads = [this](int count, Haste least) {
    for (int i = 0; i < count; ++i) {
      state_->threads.emplace_back([this, least] { state_->work(static_cast<int>(least)); });
    }
  };
  add_threads(services.config.workers, Haste::bulk);
  add_threads(kLaneForPeople, Haste::person_waits);
}

Processing::~Processing() {
  stop();
}

void Processing::stop() {
  state_->stopping = true;
  for (std::thread& thread : state_->threads) {
    if (thread.joinable()) thread.join();
  }
  state_->intake.stop();
}

}  // namespace server
