// An upload that survives breaks, restarts and power cuts: it has an address before it has bytes,
// the bytes come in pieces, and the client asks how far it is before it goes on. Once whole it is
// taken in as any upload is (server/flow/upload.h) and remembers what it became.
//
//   const storage::Upload made = TRY(begin_upload(services, actor, {.length = 9, ...}));
//   ...
//   auto upload = TRY(ResumableUpload::open(services, actor, made.id));    // busy: somebody sends
//   TRY(upload.append(chunk)); ...
//   TRY(upload.keep());                                   // durable: acknowledge state().offset
//   if (upload.is_whole()) TRY(upload.take_in());         // the outcome says which documents
//
// A crash after the last byte and before the outcome costs nothing: find_upload() takes it in then.
// Ids of other people's uploads, and of other projects', look missing. An upload is forgotten
// kUploadLifetime after its last byte, a document that came of it is not.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "server/flow/actor.h"
#include "server/flow/services.h"
#include "server/flow/upload.h"
#include "storage/upload_table.h"

namespace server {

inline constexpr base::Milliseconds kUploadLifetime = 7 * 24 * 3'600'000;
inline constexpr int64_t kMostOpenUploads = 1000;  // of one user

struct UploadPlan {
  std::optional<uint64_t> length = {};  // none: told later
  std::string file_name = {};
  base::Json details = base::Json::object();  // what corpus::parse_source_details takes
  std::string as_sent = {};                   // the client's own words, to give them back
};

// Code::conflict if the user has kMostOpenUploads already, Code::limit if it is longer than
// kLargestUpload, or together with the user's other unfinished ones than
// ServerConfig::most_promised_bytes: one whose length is told later promises kLargestUpload.
Result<storage::Upload> begin_upload(Services& services, const Actor& actor,
                                     const UploadPlan& plan);

// How far it is; what is whole is taken in first. Code::busy while another request does that.
Result<storage::Upload> find_upload(Services& services, const Actor& actor, std::string_view id);

// What the client said of an upload in UploadPlan::as_sent.
std::string words_of(const storage::Upload& upload);

// What became of an upload that was taken in.
struct UploadOutcome {
  std::vector<UploadItem> items = {};
  std::optional<base::Error> error = {};  // why nothing could be taken: other metadata for an id
};
std::optional<UploadOutcome> outcome_of(const storage::Upload& upload);

// The right to append to an upload: one holder at a time, for one thread.
class ResumableUpload {
 public:
  // When appended bytes count: all the time, so that a crash costs seconds, or not before keep(),
  // because a checksum is still to come.
  enum class Counting { at_once, when_kept };

  static Result<ResumableUpload> open(Services& services, const Actor& actor, std::string_view id,
                                      Counting counting = Counting::at_once);

  const storage::Upload& state() const { return row_; }
  bool is_whole() const { return row_.length == row_.offset; }
  // How many bytes it still takes.
  uint64_t room() const;

  // For an upload that was begun without. Code::conflict if it has another one.
  Result<void> set_length(uint64_t length);
  // Code::no_space: the disk is full. Code::invalid: more than it takes. What came before stays
  // good.
  Result<void> append(std::string_view chunk);
  // Everything appended is durable and counts.
  Result<void> keep();
  // Forgets what does not count yet.
  Result<void> take_back();
  // Of a whole one; once. Errors are the machine's: what is wrong with the file is in the outcome.
  Result<void> take_in();
  // The upload is gone; documents that came of it stay.
  Result<void> remove();

 private:
  ResumableUpload(Services& services, const Actor& actor, storage::Upload row,
                  storage::PartFile part, Counting counting)
      : services_(&services),
        actor_(actor),
        row_(std::move(row)),
        part_(std::move(part)),
        counting_(counting) {}
  Result<UploadOutcome> store();

  Services* services_;
  Actor actor_;
  storage::Upload row_;
  storage::PartFile part_;  // also the lock
  Counting counting_;
};

// Forgets uploads whose time is over; one that is being sent right now stays. How many went.
Result<size_t> drop_expired_uploads(Services& services, base::Milliseconds now);

}  // namespace server
