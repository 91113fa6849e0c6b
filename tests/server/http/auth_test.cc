#include "server/http/auth.h"

#include <gtest/gtest.h>

namespace server::http {
namespace {

using Kind = Credentials::Kind;

Request request_with(Headers headers) {
  Request request;
  request.headers = std::move(headers);
  return request;
}

TEST(Credentials, ReadABearerToken) {
  EXPECT_EQ(parse_authorization("bearer glo_abc"), (Credentials{Kind::bearer, "", "glo_abc"}));
}

TEST(Credentials, ReadATokenAsBasicPassword) {
  // "ann:p:w", as git sends it; a password may hold colons.
  EXPECT_EQ(parse_authorization("Basic YW5uOnA6dw=="), (Credentials{Kind::basic, "ann", "p:w"}));
}

TEST(Credentials, NeverTakeABrokenHeaderForNone) {
  for (const char* header : {"", "Bearer", "Bearer ", "Bearer a b", "Basic ???", "Basic YW5u",
                             "Digest x=1", "Basic AP8="}) {
    EXPECT_EQ(parse_authorization(header).kind, Kind::malformed) << header;
  }
}

TEST(Credentials, PreferTheHeaderToTheCookie) {
  const auto both = request_with({{"Authorization", "Bearer t"}, {"Cookie", "session=s"}});
  EXPECT_EQ(credentials_of(both, "session").kind, Kind::bearer);
  const auto broken = request_with({{"Authorization", "Bearer"}, {"Cookie", "session=s"}});
  EXPECT_EQ(credentials_of(broken, "session").kind, Kind::malformed);
  const auto twice = request_with({{"Authorization", "Bearer a"}, {"Authorization", "Bearer b"}});
  EXPECT_EQ(credentials_of(twice, "session").kind, Kind::malformed);
}

TEST(Credentials, TakeOnlyThePrefixedCookieOverTls) {
  Request request = request_with({{"Cookie", "a=1; session=plain; __Host-session=\"safe\""}});
  EXPECT_EQ(credentials_of(request, "session").secret, "plain");
  request.secure = true;
  EXPECT_EQ(credentials_of(request, "session").secret, "safe");
}

TEST(Credentials, AreNoneWithoutHeaderAndCookie) {
  EXPECT_EQ(credentials_of(request_with({{"Cookie", "other=1; session="}}), "session").kind,
            Kind::none);
}

TEST(Cookie, IsClosedToScriptsAndOtherSites) {
  EXPECT_EQ(to_string({"__Host-session", "abc", 60, true, false}),
            "__Host-session=abc; Path=/; SameSite=Lax; Max-Age=60; Secure; HttpOnly");
  EXPECT_EQ(to_string({"csrf", "abc", 60, false, true}),
            "csrf=abc; Path=/; SameSite=Lax; Max-Age=60");
}

int forged_status(Headers headers, std::string_view token) {
  headers.add("Host", "glossator.example");
  const auto problem = refuse_forged_request(request_with(std::move(headers)), token);
  return problem ? problem->status : 0;
}

TEST(ForgedRequest, NeedsTheSessionsToken) {
  EXPECT_EQ(forged_status({{"X-CSRF-Token", "t"}}, "t"), 0);
  EXPECT_EQ(forged_status({{"X-CSRF-Token", "u"}}, "t"), 403);
  EXPECT_EQ(forged_status({}, "t"), 403);
  EXPECT_EQ(forged_status({{"X-CSRF-Token", ""}}, ""), 403);
}

TEST(ForgedRequest, MustComeFromOurOwnPages) {
  const Header token{"X-CSRF-Token", "t"};
  EXPECT_EQ(forged_status({token, {"Origin", "http://glossator.example"}}, "t"), 0);
  EXPECT_EQ(forged_status({token, {"Origin", "http://evil.example"}}, "t"), 403);
  EXPECT_EQ(forged_status({token, {"Origin", "null"}}, "t"), 403);
  EXPECT_EQ(forged_status({token, {"Sec-Fetch-Site", "cross-site"}}, "t"), 403);
  EXPECT_EQ(forged_status({token, {"Sec-Fetch-Site", "same-origin"}}, "t"), 0);
}

}  // namespace
}  // namespace server::http
