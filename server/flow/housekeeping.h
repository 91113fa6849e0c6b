// What keeps a long-lived server small, in the background: packs are rolled up, git's commit-graph
// is renewed, objects that nothing reaches expire, documents whose reading was abandoned are told
// as failed, and uploads and rows that nobody will ask for again are forgotten. Nothing here is
// needed for correctness; everything may be killed at any moment.
#pragma once

#include <memory>

#include "server/flow/services.h"
#include "vcs/maintenance.h"

namespace server {

// One round, now. What fails is logged and left for the next round; `stop` ends it early.
void keep_house(Services& services, const vcs::StopAsked& stop = {});

// Joins the small packs of projects that have gathered many: quick, since large ones are left
// alone. Every save and push adds a pack, and each pack makes the next one dearer.
void join_gathered_packs(Services& services, const vcs::StopAsked& stop = {});

// What expired, or would, in a project's two repositories; see vcs/maintenance.h.
struct ProjectExpiry {
  vcs::ExpiryReport annotations;
  vcs::ExpiryReport releases;
};
Result<ProjectExpiry> expire_objects(OpenProject& project, const vcs::ExpiryOptions& options);

// Two threads: one joins gathered packs as they gather, one keeps house every minute, so that a
// long job of the second leaves the first to its work. stop() takes less than a second.
class Housekeeping {
 public:
  explicit Housekeeping(Services& services);
  ~Housekeeping();
  void stop();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace server
