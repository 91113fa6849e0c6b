#include "server/flow/presence.h"

#include <gtest/gtest.h>

namespace server {
namespace {

const Presence::Place kHere{storage::ProjectId{1}, {std::string(32, 'a')}};
const Presence::Place kElsewhere{storage::ProjectId{2}, {std::string(32, 'a')}};
const Reader kAda{storage::UserId{1}, "Ada", 1};
const Reader kBen{storage::UserId{2}, "Ben", 2};

TEST(Presence, TellsOfTheOthersOnly) {
  Presence presence;
  EXPECT_TRUE(presence.note(kHere, kAda, 1000).empty());
  EXPECT_EQ(presence.note(kHere, kBen, 1001), std::vector<Reader>{kAda});
  EXPECT_EQ(presence.note(kHere, kAda, 1002), std::vector<Reader>{kBen});
  EXPECT_TRUE(presence.note(kElsewhere, kAda, 1003).empty());
}

TEST(Presence, ForgetsWhoLeftOrFellSilent) {
  Presence presence;
  presence.note(kHere, kAda, 1000);
  EXPECT_TRUE(presence.note(kHere, kBen, 1001 + Presence::kSilence).empty());
  presence.note(kHere, kAda, 2000 + Presence::kSilence);
  presence.leave(kHere, kAda.user);
  EXPECT_TRUE(presence.note(kHere, kBen, 2001 + Presence::kSilence).empty());
}

}  // namespace
}  // namespace server
