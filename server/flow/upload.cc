#include "server/flow/upload.h"

#include <fcntl.h>

#include <algorithm>
#include <span>

#include "base/clock.h"
#include "base/random.h"
#include "corpus/event.h"
#include "ocr/archive.h"
#include "ocr/identify.h"
#include "server/flow/document_files.h"
#include "server/flow/index.h"
#include "server/flow/intake.h"
#include "server/flow/process.h"
#include "server/flow/reread.h"
#include "storage/blob_table.h"
#include "storage/overview_table.h"

namespace server {
namespace {

constexpr size_t kFewFiles = 8;         // more in one upload are an import
constexpr size_t kFilesPerCommit = 64;  // stored together: few disk flushes, bounded memory

Result<std::string> head_of(const base::Path& file) {
  const base::MappedFile content = TRY(base::MappedFile::open(file));
  return std::string(base::as_text(content.bytes()).substr(0, ocr::kHeadSize));
}

Refusal nothing_in(const ocr::ArchiveReading& reading) {
  return {ocr::kEmpty, "the archive holds no file; folders, links and devices that it has: " +
                           std::to_string(reading.skipped)};
}

// A file whose bytes are hashed and on disk but not yet visible under their name.
struct StagedFile {
  size_t item = 0;  // which UploadItem it becomes
  std::unique_ptr<storage::BlobWriter> writer;
  base::ContentHashes hashes;
  std::string media_type;
  corpus::Source source;
};

}  // namespace

struct Upload::State {
  Services& services;
  Actor actor;
  corpus::SourceDetails details;
  bool waits;
  std::string password = {};
  bool from_archive = false;
  std::vector<UploadItem> items = {};
  std::vector<StagedFile> staged = {};

  // Of the file that is arriving. It becomes a document or an archive once its head has come.
  std::string file_name = {};
  std::string head = {};
  bool decided = false;
  std::unique_ptr<storage::BlobWriter> document = {};
  ocr::Identity identity = {};
  std::optional<base::TempDir> archive_directory = {};
  base::UniqueFd archive = {};

  const storage::Project& project() const { return actor.project(); }

  void begin(std::string_view name) {
    file_name = corpus::clean_file_name(name);
    head.clear();
    decided = false;
    document.reset();
    archive.reset();
    archive_directory.reset();
    identity = {};
  }

  Result<void> take(std::string_view name, const base::Path& file) {
    begin(name);
    base::UniqueFd input = TRY(base::open_file(file, O_RDONLY));
    head = TRY(head_of(file));
    decided = true;
    identity = ocr::identify(head);
    if (identity.format && ocr::is_archive(*identity.format)) {
      archive = std::move(input);
    } else if (identity.format) {
      document = TRY(services.blobs->adopt(project().organisation_slug, file,
                                           {.limit = services.config.read_limits.input_bytes}));
    }
    return end();
  }

  Result<void> decide() {
    decided = true;
    identity = ocr::identify(head);
    if (!identity.format) return {};
    if (ocr::is_archive(*identity.format)) {
      archive_directory = TRY(base::TempDir::create(services.config.data / "tmp", "archive-"));
      archive = TRY(base::open_file(archive_directory->path() / "archive", O_RDWR | O_CREAT));
    } else {
      document = TRY(services.blobs->begin(project().organisation_slug,
                                           {.limit = services.config.read_limits.input_bytes}));
    }
    return keep(head);
  }

  Result<void> keep(std::string_view chunk) {
    if (document) return document->write(chunk);
    if (archive) return base::write_all(archive.get(), chunk);
    return {};  // refused: the rest is read and dropped
  }

  Result<void> write(std::string_view chunk) {
    if (decided) return keep(chunk);
    const size_t wanted = std::min(chunk.size(), ocr::kHeadSize - head.size());
    head += chunk.substr(0, wanted);
    if (head.size() < ocr::kHeadSize) return {};
    TRY(decide());
    return keep(chunk.substr(wanted));
  }

  Result<void> end() {
    if (!decided) TRY(decide());
    if (!identity.format) {
      items.push_back({file_name, {}, false, Refusal{identity.code, identity.reason}});
      return {};
    }
    if (archive) return unpack();
    return stage();
  }

  Result<void> stage() {
    StagedFile file;
    file.hashes = TRY(document->seal());
    file.writer = std::move(document);
    file.media_type = ocr::media_type_of(*identity.format);
    file.source = source_of(file_name);
    file.item = items.size();
    items.push_back({file_name, corpus::DocumentId::of(file.hashes.sha256), false, {}});
    staged.push_back(std::move(file));
    return staged.size() >= kFilesPerCommit ? store_staged() : Result<void>();
  }

  corpus::Source source_of(const std::string& name) const {
    corpus::Source source = details.of(name);
    source.file_name = name;
    source.received_at = base::now_milliseconds() / 1000 * 1000;
    return source;
  }

  Result<void> unpack() {
    const base::UniqueFd input = std::move(archive);
    const auto keep_directory = std::move(archive_directory);
    const std::string archive_name = file_name;
    from_archive = true;
    ocr::ArchiveEvents events;
    events.begin = [&](const ocr::ArchiveEntry& entry) -> Result<void> {
      begin(entry.name);
      return {};
    };
    events.bytes = [&](std::string_view chunk) { return write(chunk); };
    events.end = [&]() -> Result<void> {
      if (!decided) TRY(decide());
      if (!archive) return end();
      items.push_back({file_name,
                       {},
                       false,
                       Refusal{ocr::kUnsupported, "an archive inside an archive is not unpacked"}});
      archive.reset();
      archive_directory.reset();
      return {};
    };
    const ocr::ArchiveReading reading =
        TRY(ocr::read_archive(*services.readers, input.get(), {}, events));
    if (reading.failure) {
      items.push_back(
          {archive_name, {}, false, Refusal{reading.failure->code, reading.failure->reason}});
    } else if (reading.entries == 0) {
      items.push_back({archive_name, {}, false, nothing_in(reading)});
    }
    return {};
  }

  // Before the jobs can be seen: their readers look for it.
  void keep_password() {
    for (const StagedFile& file : staged) {
      services.passwords.keep(project().id, *items[file.item].id, password);
    }
  }

  Haste haste() const {
    if (from_archive || items.size() > kFewFiles) return Haste::bulk;
    return waits ? Haste::person_waits : Haste::single;
  }

  // Makes what is staged durable: bytes, then in one transaction their rows and jobs.
  Result<void> store_staged() {
    std::vector<std::unique_ptr<storage::BlobWriter>> writers;
    for (StagedFile& file : staged) writers.push_back(std::move(file.writer));
    if (writers.size() == 1) {
      TRY(writers.front()->publish());
    } else {
      TRY(services.blobs->publish_all(writers));
    }
    if (!password.empty()) keep_password();
    std::vector<size_t> known;
    TRY(services.database->write([&](storage::Transaction& tx) -> Result<void> {
      known.clear();
      for (size_t i = 0; i < staged.size(); ++i) {
        if (TRY(add_row(tx, staged[i])) == storage::Added::was_there) known.push_back(i);
      }
      return {};
    }));
    for (StagedFile& file : staged) items[file.item].is_new = true;
    for (const size_t i : known) {
      items[staged[i].item].is_new = false;
      services.passwords.forget(project().id, *items[staged[i].item].id);  // nobody will ask for it
      TRY(add_source(staged[i]));
    }
    staged.clear();
    return {};
  }

  Result<storage::Added> add_row(storage::Transaction& tx, const StagedFile& file) {
    const corpus::DocumentId id = *items[file.item].id;
    TRY(storage::BlobTable(tx).record(
        project(),
        {{file.hashes.md5, false}, file.hashes.sha256, file.hashes.size, file.media_type}));
    storage::DocumentRow row;
    row.project = project().id;
    row.id = id;
    row.state = storage::DocumentState::queued;
    row.file_name = file.source.file_name;
    row.source = {file.hashes.md5, file.hashes.sha256, file.hashes.size, file.media_type};
    row.uploader = actor.user();
    row.received_at = row.changed_at = base::now_milliseconds();
    storage::DocumentTable table(tx);
    const storage::Added added = TRY(table.add(row));
    const std::string subject = document_subject(project(), id.hex);
    TRY(audit(tx, actor, "document.upload", subject));
    if (added == storage::Added::was_there) return added;
    TRY(storage::OverviewTable(tx).note(project().id, actor.user(), storage::Deed::uploaded,
                                        row.received_at));
    TRY(table.add_upload({project().id, id, actor.user(), file.source}));
    TRY(table.set_sources(project().id, id, {file.source}, row.received_at));
    TRY(queue_document(tx, services, project().id, id, haste()));
    TRY(services.events->append(tx, {.type = std::string(corpus::event_type::kDocumentUploaded),
                                     .project = project().id,
                                     .subject = subject}));
    return added;
  }

  // The same bytes came before: remember where they came from this time. An upload that says
  // nothing new (a retry) changes nothing.
  Result<void> add_source(const StagedFile& file) {
    const corpus::DocumentId id = *items[file.item].id;
    const bool is_new = TRY(services.database->write([&](storage::Transaction& tx) -> Result<bool> {
      storage::DocumentTable table(tx);
      corpus::Document document;
      document.id = id;
      for (const auto& upload : TRY(table.uploads(project().id, id))) {
        document.sources.push_back(upload.source);
      }
      const size_t before = document.sources.size();
      TRY(corpus::add_source(document, file.source));
      if (document.sources.size() == before) return false;
      TRY(table.add_upload({project().id, id, actor.user(), file.source}));
      TRY(table.set_sources(project().id, id, document.sources, base::now_milliseconds()));
      return true;
    }));
    if (!is_new) return {};
    return commit_sources(services, *TRY(services.catalog->open(project())), id);
  }
};

Upload::Upload(Services& services, const Actor& actor, corpus::SourceDetails details, bool waits)
    : state_(new State{services, actor, std::move(details), waits}) {}
Upload::~Upload() = default;

void Upload::unlock_with(std::string password) {
  state_->password = std::move(password);
}

Result<void> Upload::begin_file(std::string file_name) {
  state_->begin(file_name);
  return {};
}
Result<void> Upload::write(std::string_view chunk) {
  return state_->write(chunk);
}
Result<void> Upload::end_file() {
  return state_->end();
}
Result<void> Upload::take_file(std::string file_name, const base::Path& file) {
  return state_->take(file_name, file);
}
Result<std::vector<UploadItem>> Upload::finish() {
  if (!state_->staged.empty()) TRY(state_->store_staged());
  return std::move(state_->items);
}

Result<storage::DocumentRow> find_document(Services& services, const storage::Project& project,
                                           const corpus::DocumentId& id) {
  return services.database->read(
      [&](storage::Transaction& tx) { return storage::DocumentTable(tx).find(project.id, id); });
}

Result<storage::DocumentRow> wait_for_document(Services& services, const storage::Project& project,
                                               const corpus::DocumentId& id,
                                               base::Milliseconds timeout) {
  const base::Milliseconds deadline = base::now_milliseconds() + timeout;
  int64_t cursor = TRY(services.events->last());
  while (true) {
    const storage::DocumentRow row = TRY(find_document(services, project, id));
    using State = storage::DocumentState;
    const bool ended =
        row.state == State::ready || row.state == State::partly_ready || row.state == State::failed;
    const base::Milliseconds left = deadline - base::now_milliseconds();
    if (ended || left <= 0) return row;
    const auto batch = TRY(services.events->read_or_wait(
        {.projects = {project.id}, .type_prefix = "glossator.document.", .after = cursor}, left));
    if (batch.events.empty() && batch.cursor == cursor) return row;
    cursor = batch.cursor;
  }
}

Result<void> retry_document(Services& services, const Actor& actor, const corpus::DocumentId& id,
                            const std::string& password) {
  const storage::DocumentRow row = TRY(find_document(services, actor.project(), id));
  if (row.state != storage::DocumentState::failed) {
    return queue_rereading(services, actor, id, password);
  }
  if (!password.empty()) services.passwords.keep(actor.project().id, id, password);
  return services.database->write([&](storage::Transaction& tx) -> Result<void> {
    TRY(storage::DocumentTable(tx).set_state(actor.project().id, id, storage::DocumentState::queued,
                                             base::now_milliseconds()));
    TRY(queue_document(tx, services, actor.project().id, id, Haste::single));
    return audit(tx, actor, "document.retry", document_subject(actor.project(), id.hex));
  });
}

}  // namespace server
