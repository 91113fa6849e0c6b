// What happened to a document: who changed which annotation when, told in annotations, not lines.
//
// Versions that cannot be read are told of, and the story goes on: a push that brings such is
// refused today, but a history keeps what came before.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "corpus/annotation.h"
#include "server/flow/services.h"
#include "vcs/commit.h"

namespace server {

// One annotation that a revision added, removed or changed.
struct AnnotationEvent {
  enum class Kind { added, removed, changed };
  Kind kind = Kind::added;
  corpus::PageNumber page = 0;      // 0: of the document as a whole
  corpus::Annotation before;        // of removed and changed
  corpus::Annotation after;         // of added and changed
  std::vector<std::string> fields;  // of changed
};
const char* name_of(AnnotationEvent::Kind kind);

// What differs between two versions of a document.
struct DocumentChanges {
  std::vector<AnnotationEvent> annotations;
  std::optional<std::string> review;  // the state that it moved to
  // Files, by their path below the document's directory, of which one of the versions cannot be
  // read: what changed in them is not known.
  std::vector<std::string> unreadable;
};

struct Revision {
  std::string commit;  // hex
  vcs::Signature author;
  std::string pusher;  // the authenticated user who brought it, if known and another one
  std::string message;
  DocumentChanges changes;
};

struct DocumentHistory {
  std::vector<Revision> revisions;  // newest first
  std::string next;                 // where the next page goes on; empty: the end
};

// `branch`, here and below: main, or a reading (readings.h).
Result<DocumentHistory> history_of_document(Services& services, const OpenProject& project,
                                            const std::string& branch, const corpus::DocumentId& id,
                                            size_t limit, const std::string& after);

// What changed in a document between two commits (hex) of the branch's past; not_found for others.
Result<DocumentChanges> diff_document(const OpenProject& project, const std::string& branch,
                                      const corpus::DocumentId& id, const std::string& from,
                                      const std::string& to);

// Who gave an annotation its present form; a version that cannot be read counts as without it.
// not_found if the document has no such annotation.
Result<Revision> blame_annotation(Services& services, const OpenProject& project,
                                  const std::string& branch, const corpus::DocumentId& id,
                                  const corpus::AnnotationId& annotation);

}  // namespace server
