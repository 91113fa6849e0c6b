// Labels that other tools made come onto documents that are here: an imported file is read, settled
// over our words, and saved page by page as any other edit. A dry run tells what would happen and
// changes nothing.
//
//   const ImportOutcome outcome = TRY(import_labels(services, actor, {format, file, true}));
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "dataset/import_format.h"
#include "server/flow/actor.h"
#include "server/flow/services.h"

namespace server {

struct ImportRequest {
  const dataset::ImportFormat* format = nullptr;
  std::string file;
  bool dry_run = true;
  // A model's: its annotations become proposals that people decide. What they have decided stays.
  std::optional<corpus::Origin> origin = {};
  // For a file that does not name its page.
  std::optional<corpus::DocumentId> document = {};
  corpus::PageNumber page = 0;
  std::set<corpus::DocumentId> only = {};  // pages of other documents are passed over; empty: none
  // Documents that came with the file: one of these is meant where it says a name that they and
  // others have.
  std::set<corpus::DocumentId> near = {};
  // In a dry run: names of documents that would come with the file.
  std::set<std::string> coming = {};
};

struct ImportOutcome {
  uint64_t pages = 0;          // that were found here
  uint64_t coming_pages = 0;   // whose documents would come with the file
  uint64_t unknown_pages = 0;  // that were not found
  uint64_t added = 0;          // annotations
  uint64_t changed = 0;        // those of an earlier import that say something else now
  uint64_t unchanged = 0;
  std::set<corpus::DocumentId> waiting;  // documents that are still being read
  uint64_t decided = 0;  // proposals that came before, and people have decided meanwhile
  std::map<std::string, uint64_t> refused;  // reason -> what of the file has no place here
  std::vector<std::string> problems;        // why a page could not be saved; at most 100
};

// Nothing is removed: what is here and not in the file stays.
Result<ImportOutcome> import_labels(Services& services, const Actor& actor,
                                    const ImportRequest& request);

}  // namespace server
