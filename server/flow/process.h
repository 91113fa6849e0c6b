// The second verb: a waiting document is read in the sandbox and enters git, together with others
// that are read at the same time. Runs as a job, so that a crash costs time only; doing it twice
// gives the same document.
//
//   Processing processing(services);      // starts the threads
//   ...
//   processing.stop();                    // gives unfinished jobs back
#pragma once

#include <functional>
#include <memory>
#include <optional>

#include "corpus/ids.h"
#include "server/flow/intake.h"
#include "server/flow/services.h"

namespace server {

// Whose turn it is: documents for which a person waits, then those that came alone, then those of
// bulk imports; and in each class projects take turns (storage/job_queue.h).
enum class Haste { bulk = 0, single = 10, person_waits = 20 };

// Puts the document's job in the queue, in the transaction of what made it necessary.
Result<void> queue_document(storage::Transaction& tx, Services& services,
                            storage::ProjectId project, const corpus::DocumentId& id, Haste haste);
// The same for a document that is in git and is to be read again; `about` is for reread.h to read.
Result<void> queue_document_again(storage::Transaction& tx, Services& services,
                                  storage::ProjectId project, const corpus::DocumentId& id,
                                  base::Json about, Haste haste);
// A person has come to see a document that waits to be read.
Result<void> hurry_document(Services& services, storage::ProjectId project,
                            const corpus::DocumentId& id);

// Reads one document. What it gives is to be brought into git (server/flow/intake.h); nothing if
// the document has come to its end already: it is in git, or failed with its reason. An error means
// that the machine failed and the job should be tried again.
Result<std::optional<ReadDocument>> process_document(Services& services,
                                                     const storage::Project& project,
                                                     const corpus::DocumentId& id, Haste haste,
                                                     const std::function<bool()>& cancelled,
                                                     const std::function<void()>& heartbeat);

// Documents whose last attempt ended without an answer (its lease ran out) become failed ones,
// which can be retried: nothing waits for ever. Part of housekeeping.
Result<void> fail_abandoned(Services& services);

// The threads that take jobs from the queue, one document each at a time. Some take only documents
// for which a person waits, so that these begin at once however many others are being read.
class Processing {
 public:
  explicit Processing(Services& services);
  ~Processing();
  // Returns when the threads have ended. Documents being read are given back to the queue, those
  // that are ready are committed.
  void stop();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace server
