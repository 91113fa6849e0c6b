// A release that nobody should train on any more says so: who asks for it is told why. It is never
// changed and never given away again under its version. Its tag goes out of sight of git and dvc,
// main of <project>.data.git shows the newest release that stands and WITHDRAWN.md, and the DVC
// remote answers 410 to what only withdrawn releases have. A release that was made with a date on
// which it expires goes the same way by itself: for the API at that moment, for git and dvc when
// housekeeping comes by, within minutes.
//
//   TRY(withdraw_release(services, actor, release, "a customer took back their consent"));
//   const auto withdrawn = TRY(find_withdrawal(services, project, release));   // nothing: it
//   stands
#pragma once

#include <optional>
#include <string>

#include "base/clock.h"
#include "server/flow/actor.h"
#include "server/flow/services.h"
#include "storage/release_table.h"

namespace server {

// In <project>.data.git: which releases were withdrawn, and why.
inline constexpr char kWithdrawnNotes[] = "WITHDRAWN.md";

struct Withdrawal {
  std::string reason;
  base::Milliseconds at = 0;
  bool expired = false;  // nobody withdrew it: its time was up
};

// Code::conflict if it was withdrawn already, Code::invalid without a reason.
Result<void> withdraw_release(Services& services, const Actor& actor,
                              const storage::ReleaseRow& release, const std::string& reason);
// Nothing: it stands.
Result<std::optional<Withdrawal>> find_withdrawal(Services& services,
                                                  const storage::Project& project,
                                                  const storage::ReleaseRow& release);
// Takes those whose time is up out of the sight of git and dvc.
Result<void> expire_releases(Services& services, OpenProject& project);

}  // namespace server
