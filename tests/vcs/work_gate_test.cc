#include "vcs/work_gate.h"

#include <gtest/gtest.h>

#include <optional>
#include <thread>

#include "tests/support/result_matchers.h"

namespace vcs {
namespace {

using base::Code;
using std::chrono::milliseconds;

TEST(WorkGate, CountsClientsRepositoriesAndAll) {
  const WorkGate gate(
      {.in_all = 3, .per_repository = 2, .per_client = 1, .patience = milliseconds(1)},
      "reading as much");
  const auto ada = TAKE(gate.enter("claims", "ada"));
  EXPECT_EQ(test::code_of(gate.enter("invoices", "ada")), Code::busy);
  const auto bob = TAKE(gate.enter("claims", "bob"));
  EXPECT_EQ(test::code_of(gate.enter("claims", "eve")), Code::busy);
  const auto eve = TAKE(gate.enter("invoices", "eve"));
  const auto refused = gate.enter("letters", "");
  ASSERT_EQ(test::code_of(refused), Code::busy);
  EXPECT_EQ(refused.error().what,
            "the server is reading as much as it may for others or for you; try again in a minute");
}

TEST(WorkGate, LetsTheNextInWhenOneLeaves) {
  const WorkGate gate({.in_all = 1, .per_repository = 1, .per_client = 1}, "reading as much");
  auto first = std::make_optional(TAKE(gate.enter("claims", "ada")));
  std::thread next([&] { EXPECT_OK(gate.enter("claims", "bob")); });
  first.reset();
  next.join();
}

}  // namespace
}  // namespace vcs
