#include "server/flow/process.h"

#include <algorithm>
#include <atomic>
#include <thread>

#include "base/clock.h"
#include "base/log.h"
#include "corpus/document.h"
#include "corpus/event.h"
#include "dataset/dvc_pointer.h"
#include "dataset/dvc_tree.h"
#include "ocr/pipeline.h"
#include "server/flow/actor.h"
#include "server/flow/document_files.h"
#include "server/flow/index.h"
#include "storage/blob_table.h"
#include "storage/document_table.h"
#include "storage/user_store.h"

namespace server {
namespace {

constexpr char kJobKind[] = "process";
constexpr base::Milliseconds kLeaseTime = 180'000;
constexpr base::Milliseconds kPollTime = 1'000;
constexpr size_t kImagesPerFlush = 32;

// Everything that one reading of a document produces, page by page, until it is committed.
class Reading {
 public:
  Reading(Services& services, const storage::Project& project, const storage::DocumentRow& row)
      : services_(services), project_(project), row_(row) {}

  Result<void> add(ocr::PageReading reading) {
    corpus::Page page;
    page.width = reading.image.width;
    page.height = reading.image.height;
    page.dpi = reading.image.dpi;
    page.rotation = reading.image.rotation;
    page.text = reading.text;
    if (reading.image.is_source) {
      page.image = row_.source;
    } else if (!reading.image.bytes.empty()) {
      page.image = TRY(stage_image(reading.image));
    }
    if (reading.failure) {
      if (!first_failure_) first_failure_ = reading.failure;
      page.failure = reading.failure->code + ": " + reading.failure->reason;
    } else {
      words_.push_back({reading.number, corpus::print_words(reading.words)});
    }
    pages_.push_back(std::move(page));
    return images_.size() >= kImagesPerFlush ? flush_images() : Result<void>();
  }

  // The files of the new document, with all its bytes stored and visible to the project.
  Result<std::vector<vcs::Edit>> finish(const ocr::DocumentReading& reading,
                                        const ocr::ReadSettings& settings,
                                        const corpus::FanOut& fan_out) {
    TRY(flush_images());
    document_.id = row_.id;
    document_.source = row_.source;
    document_.pages = std::move(pages_);
    document_.next_word = reading.next_word;
    document_.pipeline = {ocr::pipeline_version(), ocr::describe(settings)};
    const std::string directory = corpus::document_dir(fan_out, row_.id);
    std::vector<vcs::Edit> edits;
    const std::string extension = corpus::extension_of(row_.source.media_type);
    edits.push_back({corpus::source_pointer_path(directory, extension), source_pointer(extension)});
    std::string images = TRY(store_image_directory());
    edits.push_back({corpus::images_pointer_path(directory), std::move(images)});
    for (auto& [number, text] : words_) {
      edits.push_back({corpus::words_path(directory, number), std::move(text)});
    }
    return edits;
  }

  const std::optional<ocr::Failure>& first_failure() const { return first_failure_; }

  // Without its sources: more may come until the commit is made.
  corpus::Document& document() { return document_; }

 private:
  Result<corpus::StoredFile> stage_image(const ocr::PageImage& image) {
    auto writer = TRY(services_.blobs->begin(project_.organisation_slug));
    TRY(writer->write(image.bytes));
    const base::ContentHashes hashes = TRY(writer->seal());
    images_.push_back(std::move(writer));
    records_.push_back({{hashes.md5, false}, hashes.sha256, hashes.size, image.media_type});
    return corpus::StoredFile{hashes.md5, hashes.sha256, hashes.size, image.media_type};
  }

  Result<void> flush_images() {
    if (images_.empty()) return {};
    TRY(services_.blobs->publish_all(images_));
    images_.clear();
    TRY(services_.database->write([&](storage::Transaction& tx) {
      return storage::BlobTable(tx).record_many(project_, records_);
    }));
    records_.clear();
    return {};
  }

  std::string source_pointer(const std::string& extension) const {
    dataset::DvcPointer pointer;
    pointer.outs.push_back(
        {row_.source.md5, row_.source.size, std::nullopt, "source." + extension});
    return dataset::print_dvc_pointer(pointer);
  }

  // images.dvc and the `.dir` object that it names.
  Result<std::string> store_image_directory() {
    dataset::DvcTree tree;
    uint64_t size = 0;
    std::vector<storage::BlobName> children;
    for (size_t i = 0; i < document_.pages.size(); ++i) {
      const corpus::StoredFile& image = document_.pages[i].image;
      if (image.size == 0) continue;
      tree.entries.push_back(
          {image.md5, corpus::page_image_name(static_cast<corpus::PageNumber>(i + 1),
                                              corpus::extension_of(image.media_type))});
      children.push_back({image.md5, false});
      size += image.size;
    }
    const uint64_t count = tree.entries.size();
    const std::string text = TRY(dataset::print_dvc_tree(std::move(tree)));
    const base::ContentHashes hashes =
        TRY(put_blob(*services_.blobs, project_.organisation_slug, text, {.directory = true}));
    TRY(services_.database->write([&](storage::Transaction& tx) {
      return storage::BlobTable(tx).record_directory(
          project_, {{hashes.md5, true}, hashes.sha256, hashes.size, "application/json"}, children);
    }));
    dataset::DvcPointer pointer;
    pointer.outs.push_back({hashes.md5, size, count, "images"});
    return dataset::print_dvc_pointer(pointer);
  }

  Services& services_;
  const storage::Project& project_;
  const storage::DocumentRow& row_;
  corpus::Document document_;
  std::vector<corpus::Page> pages_;
  std::vector<std::pair<corpus::PageNumber, std::string>> words_;
  std::vector<std::unique_ptr<storage::BlobWriter>> images_;
  std::vector<storage::BlobRecord> records_;
  std::optional<ocr::Failure> first_failure_;
};

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

ocr::ReadSettings settings_for(const Services& services, const storage::Project& project,
                               const corpus::DocumentId& id) {
  ocr::ReadSettings settings;
  settings.languages = services.config.languages;
  if (const auto* languages = project.settings.find_array("languages")) {
    settings.languages.clear();
    for (const base::Json& language : *languages) {
      if (const std::string* name = language.as_string()) settings.languages.push_back(*name);
    }
  }
  settings.limits = services.config.read_limits;
  settings.password = services.passwords.find(project.id, id);
  return settings;
}

}  // namespace

Result<void> queue_document(storage::Transaction& tx, Services& services,
                            storage::ProjectId project, const corpus::DocumentId& id) {
  TRY(services.jobs->put(
      tx, {.kind = kJobKind,
           .payload = base::Json::object({{"project", project.value}, {"document", id.hex}}),
           .project = project,
           .unique_key = std::to_string(project.value) + "/" + id.hex}));
  return {};
}

Result<std::optional<ReadDocument>> process_document(Services& services,
                                                     const storage::Project& project,
                                                     const corpus::DocumentId& id,
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
  const auto input = TRY(services.blobs->open(project.organisation_slug, {row.source.md5, false}));

  Reading reading(services, project, row);
  Result<void> kept;
  const ocr::ReadSettings settings = settings_for(services, project, id);
  ocr::ReadEvents events;
  events.on_page = [&](ocr::PageReading page) {
    if (kept.ok()) kept = reading.add(std::move(page));
  };
  events.progress = [&](uint32_t done, uint32_t total) {
    heartbeat();
    (void)services.database->write([&](storage::Transaction& tx) {
      return storage::DocumentTable(tx).set_progress(project.id, id, static_cast<int32_t>(done),
                                                     static_cast<int32_t>(total),
                                                     base::now_milliseconds());
    });
  };
  events.cancelled = [&] { return cancelled() || !kept.ok(); };
  const auto read = ocr::read_document(*services.readers, input->descriptor(), settings, events);
  TRY(std::move(kept));
  if (!read.ok()) return read.error();
  const bool all_failed = read->pages > 0 && read->failed_pages == read->pages;
  if (read->refusal || all_failed) {
    TRY(mark_failed(services, project, id,
                    read->refusal ? *read->refusal : *reading.first_failure()));
    return std::optional<ReadDocument>();
  }
  services.passwords.forget(project.id, id);
  auto files = TRY(reading.finish(*read, settings, open->fan_out));
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
                   return bring_in(all, project, documents);
                 },
             .others_wait =
                 [&all](storage::ProjectId project) { return waits_to_be_read(all, project); }}) {}

  Services& services;
  std::atomic<bool> stopping = false;
  std::vector<std::thread> threads;
  Intake intake;

  static bool waits_to_be_read(Services& services, storage::ProjectId project) {
    storage::DocumentQuery query;
    query.project = project;
    query.state = storage::DocumentState::queued;
    query.limit = 1;
    const auto page = services.database->read(
        [&](storage::Transaction& tx) { return storage::DocumentTable(tx).list(query); });
    return page.ok() && !page->rows.empty();
  }

  void work() {
    const std::vector<std::string> kinds = {kJobKind};
    while (!stopping) {
      const auto job =
          services.jobs->lease_or_wait(storage::Worker::here(), kinds, kLeaseTime, kPollTime);
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
    return process_document(
        services, project, id, [&] { return stopping.load(); },
        [&] {
          if (base::now_milliseconds() - beaten < kLeaseTime / 6) return;
          beaten = base::now_milliseconds();
          (void)services.jobs->heartbeat(job.lease(), kLeaseTime);
        });
  }

  // The machine failed. After the last attempt the document says so, and can still be retried.
  Result<void> give_up_or_retry(const storage::Job& job, const base::Error& error) {
    base::log_warning(
        "reading a document failed",
        {{"job", job.id.value}, {"attempt", job.attempts}, {"error.message", error.what}});
    const auto state = TRY(services.jobs->fail(job.lease(), error.what, storage::Retry::later));
    if (state != storage::JobState::dead) return {};
    const auto id = TRY(corpus::DocumentId::parse(job.payload.string_or("document", "")));
    const storage::Project project = TRY(project_of(services, job));
    return mark_failed(services, project, id, server_failed(job.id));
  }
};

Processing::Processing(Services& services) : state_(new State(services)) {
  for (int i = 0; i < services.config.workers; ++i) {
    state_->threads.emplace_back([this] { state_->work(); });
  }
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
