// A release that nobody should train on any more says so: who asks for it is told why. It is never
// changed and never given away again under its version.
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

struct Withdrawal {
  std::string reason;
  base::Milliseconds at = 0;
};

// Code::conflict if it was withdrawn already, Code::invalid without a reason.
Result<void> withdraw_release(Services& services, const Actor& actor,
                              const storage::ReleaseRow& release, const std::string& reason);
Result<std::optional<Withdrawal>> find_withdrawal(Services& services,
                                                  const storage::Project& project,
                                                  const storage::ReleaseRow& release);

}  // namespace server
