// Blind readings: where a project's policy says so (`readings`: 2), two people label each document
// without seeing each other's work, and a third makes one of both (server/flow/adjudicate.h).
//
//   const std::string branch = TRY(labels_branch(services, actor, *project, id));
//   const auto page = TRY(read_annotations_of(*project, branch, id, 1));
//
// A reading is a branch, refs/readings/<document>/<slot>, that begins at main and that no git
// client sees. Annotators are led there by the same routes that lead everybody else to main:
// annotations, review, history and comments are their reading's until it is adjudicated. So whoever
// can label can read blind, in the browser and by any program, and nobody can look at the other's
// work by mistake.
//
// Blind is who is an annotator and nothing else in the project: whoever may review decides, and
// scientists work on main.
#pragma once

#include <string>

#include "server/flow/actor.h"
#include "server/flow/services.h"
#include "storage/reading_table.h"

namespace server {

inline constexpr char kReadings[] = "refs/readings/";

std::string reading_branch(const corpus::DocumentId& id, int64_t slot);

bool reads_blind(const Actor& actor);

// The branch with the labels that this person sees: main, or their own reading once they have
// begun.
Result<std::string> labels_branch(Services& services, const Actor& actor,
                                  const OpenProject& project, const corpus::DocumentId& id);
// Commits to the branch with the labels that this person changes, and begins their reading if there
// is none; `request.branch` is set here. conflict if enough others read the document. A change that
// is refused, or changes nothing, begins no reading: it would take the place of somebody who reads.
Result<vcs::CommitResult> commit_labels(Services& services, const Actor& actor,
                                        OpenProject& project, const corpus::DocumentId& id,
                                        vcs::CommitRequest request);

// A blind reader has submitted, or goes on.
Result<void> note_reading(storage::Transaction& tx, const Actor& actor,
                          const corpus::DocumentId& id, storage::ReadingState state);

}  // namespace server
