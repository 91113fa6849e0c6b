// Changing the schema of a project: what it would do to the annotations that there are, and doing
// it, as one commit on main.
//
//   SchemaChange change{.schema = json, .base = version, .dry_run = true};
//   const SchemaOutcome would = TRY(change_schema(services, actor, change));
//   if (would.findings.empty()) ...                       // nothing there becomes invalid
//
// A name that is given up for a new one (`renames`) is changed in all annotations in the same
// commit; reviews go on to hold, since nothing else was said of the document. Annotations that a
// change makes invalid stay as they are, and are complained of once somebody changes them: so a
// change that does this is only made when the caller says that it is meant. From any thread.
#pragma once

#include <string>
#include <vector>

#include "base/json.h"
#include "corpus/diagnostic.h"
#include "corpus/schema.h"
#include "corpus/schema_impact.h"
#include "server/flow/actor.h"
#include "server/flow/services.h"

namespace server {

// In one of the schema's four lists: "labels", "relations", "tables", "classes".
struct SchemaRename {
  std::string list;
  std::string from;
  std::string to;
};

struct SchemaChange {
  base::Json schema;
  vcs::ObjectId base;  // the version of schema.json that was edited
  std::vector<SchemaRename> renames = {};
  bool accept_findings = false;
  bool dry_run = false;
};

struct SchemaOutcome {
  enum class Kind {
    done,            // or would be, in a dry run
    invalid,         // `problems`
    clash,           // somebody else changed it: `version` is what there is
    needs_decision,  // `findings`
  };
  Kind kind = Kind::done;
  corpus::Diagnostics problems = corpus::Diagnostics("schema.json");
  std::vector<corpus::SchemaFinding> findings;
  size_t renamed_documents = 0;
  vcs::ObjectId version;  // of schema.json now
  corpus::Schema schema;  // as it is now, or would be
  std::string commit;     // empty in a dry run
};

// Renames touch at most so many documents at once: Code::limit beyond.
inline constexpr size_t kMostRenamedDocuments = 5'000;

Result<SchemaOutcome> change_schema(Services& services, const Actor& actor,
                                    const SchemaChange& change);

}  // namespace server
