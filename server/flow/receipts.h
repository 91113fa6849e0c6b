// Which models used which release, and whether its data has changed since. Receipts are kept in
// git, as notes at refs/notes/receipts on the release's tag; nothing about them is in the database.
//
//   const corpus::Receipt written = TRY(write_receipt(services, actor, receipt));
//   for (const OutdatedUse& use : TRY(find_outdated(services, project))) ...
//
// Safe from any thread.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "corpus/receipt.h"
#include "server/flow/actor.h"
#include "server/flow/services.h"
#include "server/flow/withdraw.h"

namespace server {

// Durable when it returns. Id, time, digest and writer are filled in here. Code::invalid for a
// release or a part of it that does not exist; a withdrawn release may still have been used.
Result<corpus::Receipt> write_receipt(Services& services, const Actor& actor,
                                      corpus::Receipt receipt);

// In the order of their ids, so in that of their writing.
Result<std::vector<corpus::Receipt>> list_receipts(const OpenProject& project);

// What became of the documents that a run used.
struct DataChange {
  std::optional<Withdrawal> withdrawn;  // the release was
  // Against the newest version of the dataset, if there is a newer one: documents of the run that
  // are changed, in another part or no more in it.
  std::string newest;
  uint64_t changed = 0;
  uint64_t moved = 0;
  uint64_t removed = 0;
  // Against main: documents of the run with other labels, other words, or taken out.
  uint64_t relabelled = 0;
  uint64_t reread = 0;
  uint64_t taken_out = 0;
  std::vector<corpus::DocumentId> documents;  // of any of these, ascending; at most 100

  bool any() const {
    return withdrawn || changed + moved + removed + relabelled + reread + taken_out > 0;
  }
};

struct OutdatedUse {
  corpus::Receipt receipt;
  DataChange change;
};

// The receipts whose data has changed since, each against the parts that its run used. The cost
// follows what has changed and the size of the releases that were used.
Result<std::vector<OutdatedUse>> find_outdated(Services& services, const OpenProject& project);

}  // namespace server
