// The fourth verb: a document's labels are submitted, accepted or rejected, along the state machine
// of corpus/review.h.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "corpus/review.h"
#include "server/flow/actor.h"
#include "server/flow/services.h"

namespace server {

struct ReviewMove {
  corpus::DocumentId document;
  corpus::ReviewState to = corpus::ReviewState::submitted;
  std::string reason;
};

// What is now in git. denied or conflict as corpus::may_move says.
Result<corpus::Review> move_review(Services& services, const Actor& actor, const ReviewMove& move);

// Many at once, as one commit, or as one each for readings: those that may not move say why not.
struct ReviewOutcome {
  corpus::DocumentId document;
  std::optional<base::Error> refusal;
};
Result<std::vector<ReviewOutcome>> move_reviews(Services& services, const Actor& actor,
                                                const std::vector<corpus::DocumentId>& documents,
                                                corpus::ReviewState to, const std::string& reason);

// Documents whose labels came to main between these commits, after they were submitted or accepted,
// are in progress again.
Result<void> reopen_changed(OpenProject& project, const vcs::ObjectId& before,
                            const vcs::ObjectId& after);

// `branch`: main, or a reading (readings.h).
Result<corpus::Review> read_review(const OpenProject& project, const std::string& branch,
                                   const corpus::DocumentId& id);

}  // namespace server
