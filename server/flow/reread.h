// A document that is in git is read once more: by a newer pipeline, by other settings of the
// project, or because somebody wishes it. One commit: words under ids that no word ever had, page
// images where they changed, and everybody's labels carried over to them (corpus/reanchor.h). What
// could not be found again is orphaned and waits for a person; nothing is dropped.
//
//   TRY(queue_rereading(services, actor, id));                       // one, whatever read it
//   const RereadPlan plan = TRY(queue_rereadings(services, actor, query, Run::dry));
//   ...
//   const RereadReport report = TRY(report_rereading(services, project, id));
//
// Until the commit is made the document is what it was, and people go on labelling it: what they
// save meanwhile is carried over too, and what they save afterwards over words that are gone
// (server/flow/earlier_words.h). Pages that can't be read this time stay as they are. It is a job
// like the first reading (server/flow/process.h): a crash costs time only.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "corpus/reanchor.h"
#include "server/flow/actor.h"
#include "server/flow/services.h"
#include "storage/document_table.h"

namespace server {

// Reads the document again even if it was read by this pipeline and with these settings; with a
// password if it is encrypted. conflict: it is not in git, or people read it blind just now.
Result<void> queue_rereading(Services& services, const Actor& actor, const corpus::DocumentId& id,
                             const std::string& password = {});

enum class Run { dry, real };
struct RereadPlan {
  int64_t matching = 0;                  // documents of the query that were read in another way
  int64_t queued = 0;                    // of these; 0 in a dry run
  int64_t blind = 0;                     // left out: people read them blind just now
  std::vector<corpus::DocumentId> some;  // the first few of them
};
// Of the documents of the query, those that were read by another pipeline or other settings.
Result<RereadPlan> queue_rereadings(Services& services, const Actor& actor,
                                    storage::DocumentQuery query, Run run);

// What a job in the queue is about, beside its document.
struct RereadWish {
  bool always = false;           // else only if pipeline or settings differ
  corpus::WordId next_word = 0;  // always: as long as this is the document's; else it was done
};
std::optional<RereadWish> rereading_in(const base::Json& job);

// Does it. Nothing is done if there is no need, or no more. An error means that the machine failed,
// or Code::invalid that the document cannot be read now, or that people read it blind by now; it
// stays as it was.
Result<void> reread_document(Services& services, const storage::Project& project,
                             const corpus::DocumentId& id, const RereadWish& wish,
                             const std::function<bool()>& cancelled,
                             const std::function<void()>& heartbeat);

// How the labels stand after the last reading, by their anchors in git.
struct RereadReport {
  corpus::Pipeline pipeline;
  bool is_newest = false;  // it would be read in the same way today
  std::map<corpus::AnchorStatus, int64_t> counts;
  std::vector<corpus::AnchoredAnnotation> annotations;  // that somebody should look at, by page
};
Result<RereadReport> report_rereading(Services& services, const storage::Project& project,
                                      const corpus::DocumentId& id);

}  // namespace server
