// The first verb: strangers' bytes come in, get their identity and wait to be read. One document
// per file, or many from one archive.
//
//   Upload upload(services, actor, details);
//   TRY(upload.begin_file("invoice.pdf"));
//   TRY(upload.write(chunk)); ...
//   TRY(upload.end_file());
//   const std::vector<UploadItem> items = TRY(upload.finish());    // stored, rows made, jobs
//   queued
//
// Nothing is acknowledged before bytes, row and job are durable. Sending the same file again is
// harmless: the same bytes are the same document, and a further upload adds a source. Files that
// can't be read at all (empty, an HTML page, ...) are refused one by one and leave nothing.
// An Upload belongs to one thread.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "corpus/document.h"
#include "server/flow/actor.h"
#include "server/flow/services.h"
#include "storage/document_table.h"

namespace server {

// A file that was refused, and why: a stable code and a sentence.
struct Refusal {
  std::string code;
  std::string reason;
};

// The most bytes of one upload, archives included.
inline constexpr uint64_t kLargestUpload = uint64_t{20} << 30;

struct UploadItem {
  std::string file_name;
  std::optional<corpus::DocumentId> id;  // none: refused
  bool is_new = false;                   // the project did not have these bytes before
  std::optional<Refusal> refusal;
};

class Upload {
 public:
  // `details`: what the sender says of the files. `waits`: the sender does, for the reading.
  Upload(Services& services, const Actor& actor, corpus::SourceDetails details, bool waits = false);
  ~Upload();

  // Opens the files that are encrypted; before the first file. Kept in memory alone, until they
  // have been read.
  void unlock_with(std::string password);

  Result<void> begin_file(std::string file_name);
  Result<void> write(std::string_view chunk);
  Result<void> end_file();
  // The three in one, for a file that is on disk already. It is moved away if it can be.
  Result<void> take_file(std::string file_name, const base::Path& file);
  // Stores what has come. The items are in the order of the files.
  Result<std::vector<UploadItem>> finish();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// The state of documents as the uploader sees it, for the reply and for ?wait=.
Result<storage::DocumentRow> find_document(Services& services, const storage::Project& project,
                                           const corpus::DocumentId& id);
// Waits until the document is ready or failed, or until the time is over.
Result<storage::DocumentRow> wait_for_document(Services& services, const storage::Project& project,
                                               const corpus::DocumentId& id,
                                               base::Milliseconds timeout);

// Reads a document again, with a password if it is encrypted: one that failed, or one that is in
// git (server/flow/reread.h).
Result<void> retry_document(Services& services, const Actor& actor, const corpus::DocumentId& id,
                            const std::string& password);

}  // namespace server
