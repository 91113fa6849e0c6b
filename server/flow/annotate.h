// The third verb: people read and save the annotations of a page through the API. A save names the
// version that was edited; what others did meanwhile is merged by annotation id, and only a true
// clash comes back, with both sides.
//
//   const PageAnnotations page = TRY(read_annotations_of(*project, kMain, id, 1));
//   const SaveOutcome outcome = TRY(save_annotations(services, actor,
//       {.document = id, .page = 1, .base = page.version, .annotations = body}));
//
// The version of a page's annotations is git's name of the file's content: it changes when, and
// only when, these annotations change. Any version that the project ever had serves as a base.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/json.h"
#include "corpus/diagnostic.h"
#include "corpus/merge.h"
#include "server/flow/actor.h"
#include "server/flow/services.h"

namespace server {

struct PageAnnotations {
  vcs::ObjectId version;
  std::vector<corpus::Annotation> annotations;
};

// Page 0: the annotations of the document as a whole. not_found for a missing document or page.
// `branch`: main, or a reading (readings.h).
Result<PageAnnotations> read_annotations_of(const OpenProject& project, const std::string& branch,
                                            const corpus::DocumentId& id, corpus::PageNumber page);
// The same in an earlier state.
Result<PageAnnotations> read_annotations_in(const OpenProject& project, const vcs::Snapshot& state,
                                            const corpus::DocumentId& id, corpus::PageNumber page);

struct SaveRequest {
  corpus::DocumentId document;
  corpus::PageNumber page = 0;
  vcs::ObjectId base;      // the version that was edited
  base::Json annotations;  // an array, as parsed: problems name places in its text
  // Whose work it is, up to which of their strokes: both ULIDs, or both empty. What a session has
  // saved up to that stroke is not saved again: then the outcome is what that save made.
  std::string session = {};
  std::string stroke = {};
};

struct SaveOutcome {
  enum class Kind {
    saved,    // `current` is durable; `merged` if others' changes are in it
    invalid,  // `problems`
    clash,    // `conflicts`; `current` is what is there now; nothing was saved
  };
  Kind kind = Kind::saved;
  PageAnnotations current;
  std::string text;    // of a save: `current` as it is written, one annotation a line
  std::string commit;  // of the project after the save, hex
  bool merged = false;
  bool reopened = false;  // the document is in progress (again)
  corpus::Diagnostics problems{};
  std::vector<corpus::Conflict> conflicts;
};

// Verdicts on annotations that the actor, without review:write, set or changed are problems.
// Code::invalid if the base is no version of this project's annotations.
Result<SaveOutcome> save_annotations(Services& services, const Actor& actor,
                                     const SaveRequest& request);

}  // namespace server
