#include "server/flow/resumable_upload.h"

#include "base/random.h"

namespace server {
namespace {

using base::Code;
using base::Error;
using base::Json;

constexpr uint64_t kCountingStep = uint64_t{8} << 20;  // what a crash may cost, at most

bool is_taken_in(const storage::Upload& upload) {
  return !upload.outcome.is_null();
}

// One whose time is over is gone, whether it has been swept up or not.
Result<storage::Upload> read_row(Services& services, const Actor& actor, std::string_view id) {
  auto row = TRY(services.database->read([&](storage::Transaction& tx) {
    return storage::UploadTable(tx).find(id, actor.user(), actor.project().id);
  }));
  if (row.expires_at <= base::now_milliseconds()) return Error{Code::not_found, "no such upload"};
  return row;
}

// The row goes last: a row without its file can be removed again, a file without a row not.
Result<void> forget(Services& services, const std::string& id) {
  TRY(services.upload_files->remove(id));
  return services.database->write(
      [&](storage::Transaction& tx) { return storage::UploadTable(tx).remove(id); });
}

bool is_set(const Json& json, std::string_view key) {
  const Json* flag = json.find(key);
  const bool* value = flag == nullptr ? nullptr : flag->as_boolean();
  return value != nullptr && *value;
}

Json to_json(const UploadItem& item) {
  Json out = Json::object({{"file_name", item.file_name}, {"is_new", item.is_new}});
  if (item.id) out.set("id", item.id->hex);
  if (item.refusal) {
    out.set("refusal",
            Json::object({{"code", item.refusal->code}, {"reason", item.refusal->reason}}));
  }
  return out;
}

UploadItem item_of(const Json& json) {
  UploadItem item;
  item.file_name = json.string_or("file_name", "");
  item.is_new = is_set(json, "is_new");
  if (const auto id = corpus::DocumentId::parse(json.string_or("id", "")); id.ok()) item.id = *id;
  if (const Json* refusal = json.find("refusal")) {
    item.refusal = Refusal{refusal->string_or("code", ""), refusal->string_or("reason", "")};
  }
  return item;
}

Json to_json(const UploadOutcome& outcome) {
  if (outcome.error) {
    const bool conflict = outcome.error->code == Code::conflict;
    return Json::object({{"conflict", conflict}, {"error", outcome.error->what}});
  }
  Json items = Json::array();
  for (const UploadItem& item : outcome.items) items.push(to_json(item));
  return Json::object({{"items", std::move(items)}});
}

Result<void> require_room(storage::UploadTable table, const storage::Upload& upload,
                          uint64_t most_bytes) {
  if (TRY(table.count_open(upload.owner)) >= kMostOpenUploads) {
    return Error{Code::conflict,
                 "you have too many unfinished uploads; go on with them or end some"};
  }
  const uint64_t promised = TRY(table.promised_bytes(upload.owner, kLargestUpload));
  const uint64_t wanted = upload.length.value_or(kLargestUpload);
  if (promised <= most_bytes && wanted <= most_bytes - promised) return {};
  return Error{Code::limit, "your unfinished uploads may have " + std::to_string(most_bytes) +
                                " bytes together and have " + std::to_string(promised) +
                                " already; go on with them or end some"};
}

}  // namespace

Result<storage::Upload> begin_upload(Services& services, const Actor& actor,
                                     const UploadPlan& plan) {
  TRY(corpus::parse_source_details(plan.details));  // wrong details are told before a byte is sent
  if (plan.length.value_or(0) > kLargestUpload) {
    return Error{Code::limit, "an upload has at most " + std::to_string(kLargestUpload) + " bytes"};
  }
  storage::Upload upload;
  upload.id = base::new_ulid();
  upload.owner = actor.user();
  upload.project = actor.project().id;
  upload.length = plan.length;
  upload.metadata = Json::object(
      {{"file_name", plan.file_name}, {"details", plan.details}, {"as_sent", plan.as_sent}});
  upload.created_at = base::now_milliseconds();
  upload.expires_at = upload.created_at + kUploadLifetime;
  TRY(services.database->write([&](storage::Transaction& tx) -> Result<void> {
    TRY(require_room(storage::UploadTable(tx), upload, services.config.most_promised_bytes));
    return storage::UploadTable(tx).create(upload);
  }));
  return upload;
}

Result<storage::Upload> find_upload(Services& services, const Actor& actor, std::string_view id) {
  storage::Upload row = TRY(read_row(services, actor, id));
  if (is_taken_in(row) || row.length != row.offset) return row;
  auto upload = TRY(ResumableUpload::open(services, actor, id));
  TRY(upload.take_in());
  return upload.state();
}

std::string words_of(const storage::Upload& upload) {
  return upload.metadata.string_or("as_sent", "");
}

std::optional<UploadOutcome> outcome_of(const storage::Upload& upload) {
  if (!is_taken_in(upload)) return {};
  UploadOutcome outcome;
  if (const Json* error = upload.outcome.find("error")) {
    outcome.error = Error{is_set(upload.outcome, "conflict") ? Code::conflict : Code::invalid,
                          *error->as_string()};
  }
  if (const auto* items = upload.outcome.find_array("items")) {
    for (const Json& item : *items) outcome.items.push_back(item_of(item));
  }
  return outcome;
}

Result<ResumableUpload> ResumableUpload::open(Services& services, const Actor& actor,
                                              std::string_view id, Counting counting) {
  TRY(read_row(services, actor, id));  // no file is made for an id that is nobody's
  storage::PartFile part = TRY(services.upload_files->open_part(id));
  auto row = read_row(services, actor, id);  // as it is now that nobody else moves it
  if (!row.ok() || is_taken_in(*row)) {
    TRY(services.upload_files->remove(id));  // made just now
    if (!row.ok()) return row.error();
  } else if (const auto cut = part.cut(row->offset); !cut.ok()) {
    if (cut.error().code == Code::not_found) TRY(forget(services, row->id));
    return cut.error();
  }
  return ResumableUpload(services, actor, std::move(*row), std::move(part), counting);
}

uint64_t ResumableUpload::room() const {
  if (is_taken_in(row_)) return 0;
  return row_.length.value_or(kLargestUpload) - part_.offset();
}

Result<void> ResumableUpload::set_length(uint64_t length) {
  if (length < row_.offset || length > kLargestUpload) {
    return Error{Code::invalid, "the upload cannot have this length"};
  }
  TRY(services_->database->write([&](storage::Transaction& tx) {
    return storage::UploadTable(tx).set_length(row_.id, length);
  }));
  row_.length = length;
  return {};
}

Result<void> ResumableUpload::append(std::string_view chunk) {
  if (chunk.size() > room()) return Error{Code::invalid, "more bytes than the upload takes"};
  TRY(part_.append(chunk));
  const bool is_due = part_.offset() - row_.offset >= kCountingStep;
  return is_due && counting_ == Counting::at_once ? keep() : Result<void>();
}

Result<void> ResumableUpload::keep() {
  if (part_.offset() == row_.offset || is_taken_in(row_)) return {};
  TRY(part_.sync());
  const base::Milliseconds expires_at = base::now_milliseconds() + kUploadLifetime;
  TRY(services_->database->write([&](storage::Transaction& tx) {
    return storage::UploadTable(tx).set_offset(row_.id, part_.offset(), expires_at);
  }));
  row_.offset = part_.offset();
  row_.expires_at = expires_at;
  return {};
}

Result<void> ResumableUpload::take_back() {
  return part_.cut(row_.offset);
}

Result<UploadOutcome> ResumableUpload::store() {
  const Json* details = row_.metadata.find("details");
  Upload upload(*services_, actor_, TRY(corpus::parse_source_details(*details)));
  const base::Path file = TRY(services_->upload_files->lend(row_.id));
  UploadOutcome outcome;
  auto taken = upload.take_file(row_.metadata.string_or("file_name", ""), file);
  if (taken.ok()) {
    auto items = upload.finish();
    if (items.ok()) {
      outcome.items = std::move(*items);
      return outcome;
    }
    taken = items.error();
  }
  const Code code = taken.error().code;
  if (code != Code::invalid && code != Code::conflict) return taken.error();
  outcome.error = taken.error();
  return outcome;
}

Result<void> ResumableUpload::take_in() {
  if (is_taken_in(row_)) return {};
  const Json outcome = to_json(TRY(store()));
  TRY(services_->database->write([&](storage::Transaction& tx) {
    return storage::UploadTable(tx).set_outcome(row_.id, outcome);
  }));
  row_.outcome = outcome;
  return services_->upload_files->remove(row_.id);
}

Result<void> ResumableUpload::remove() {
  return forget(*services_, row_.id);
}

Result<size_t> drop_expired_uploads(Services& services, base::Milliseconds now) {
  const auto expired = TRY(services.database->read(
      [&](storage::Transaction& tx) { return storage::UploadTable(tx).expired(now); }));
  size_t dropped = 0;
  for (const storage::Upload& upload : expired) {
    const auto lock = services.upload_files->open_part(upload.id);
    if (!lock.ok()) continue;  // being sent: its time is about to move on
    TRY(forget(services, upload.id));
    ++dropped;
  }
  return dropped;
}

}  // namespace server
