// What keeps a long-lived server small, in the background: small packs are rolled up, documents
// whose reading was abandoned are told as failed, and uploads and rows that nobody will ask for
// again are forgotten. Nothing here is needed for correctness; everything may be killed at any
// moment.
#pragma once

#include <memory>

#include "server/flow/services.h"

namespace server {

// One round, now. What fails is logged and left for the next round.
void keep_house(Services& services);

// A thread that does it every minute.
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
