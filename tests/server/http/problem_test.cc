#include "server/http/problem.h"

#include <gtest/gtest.h>

namespace server::http {
namespace {

TEST(Problem, CarriesAStableCodeAndTheRequestId) {
  const Problem problem = Problem::make(409, "stale", "It has moved on.").with("current", "abc");
  EXPECT_EQ(to_json(problem, "r1").print(),
            R"({"type":"about:blank","title":"Conflict","status":409,"code":"stale",)"
            R"("detail":"It has moved on.","request_id":"r1","current":"abc"})");
}

TEST(Problem, TranslatesErrorCodes) {
  const auto status = [](base::Code code) { return Problem::of({code, "x", {}}).status; };
  EXPECT_EQ(status(base::Code::not_found), 404);
  EXPECT_EQ(status(base::Code::conflict), 409);
  EXPECT_EQ(status(base::Code::invalid), 400);
  EXPECT_EQ(status(base::Code::denied), 403);
  EXPECT_EQ(status(base::Code::limit), 413);
  EXPECT_EQ(status(base::Code::busy), 503);
  EXPECT_EQ(status(base::Code::io), 500);
  EXPECT_EQ(status(base::Code::internal), 500);
}

TEST(Problem, NamesThePlaceInAText) {
  const base::Json json = to_json(Problem::of({base::Code::invalid, "no such label", {3, 7}}), "r");
  const auto* errors = json.find_array("errors");
  ASSERT_NE(errors, nullptr);
  EXPECT_EQ((*errors)[0].integer_or("line", 0), 3);
  EXPECT_EQ((*errors)[0].integer_or("column", 0), 7);
}

TEST(Problem, KeepsTheReasonOfAFailureToTheLog) {
  const Problem problem = Problem::of({base::Code::io, "open /data/secret: no", {}});
  const std::string text = to_json(problem, "r").print();
  EXPECT_EQ(text.find("secret"), text.npos);
  EXPECT_NE(text.find("\"request_id\":\"r\""), text.npos);
}

TEST(Problem, SaysHowToAuthenticateAndWhenToRetry) {
  EXPECT_EQ(*Problem::unauthenticated("no").headers.find("www-authenticate"), "Bearer");
  EXPECT_EQ(*Problem::too_many_requests(7).headers.find("retry-after"), "7");
}

}  // namespace
}  // namespace server::http
