#include "server/http/asset_routes.h"

#include <gtest/gtest.h>

namespace server::http {
namespace {

constexpr Asset kAssets[] = {
    {"/index.html", "text/html; charset=utf-8", "<!doctype html>"},
    {"/assets/main-1a2b.js", "text/javascript", "main()"},
};

Reply ask(std::string path) {
  Request request;
  request.path = std::move(path);
  const Route route{.access = Access::everyone()};
  Context context{request, route, {}, {}};
  static const RouteHandler handler = serve_assets(kAssets);
  return handler(context);
}

std::string body_of(const Reply& reply) {
  return std::get<std::string>(reply.body);
}

TEST(Assets, AreServedByPath) {
  const Reply reply = ask("/assets/main-1a2b.js");
  EXPECT_EQ(body_of(reply), "main()");
  EXPECT_EQ(*reply.headers.find("content-type"), "text/javascript");
  EXPECT_NE(reply.headers.find("cache-control")->find("immutable"), std::string::npos);
}

TEST(Assets, GiveThePageForEveryView) {
  for (const char* path : {"/", "/index.html", "/acme", "/acme/claims/documents",
                           "/acme/claims/releases/claims/1.10.0"}) {
    EXPECT_EQ(body_of(ask(path)), "<!doctype html>") << path;
  }
  EXPECT_EQ(*ask("/").headers.find("cache-control"), "no-cache");
}

TEST(Assets, HaveTagsOfTheirContent) {
  EXPECT_NE(*ask("/").headers.find("etag"), *ask("/assets/main-1a2b.js").headers.find("etag"));
  EXPECT_EQ(*ask("/").headers.find("etag"), *ask("/acme").headers.find("etag"));
}

TEST(Assets, DoNotHideMistakesOfMachines) {
  EXPECT_EQ(ask("/api/v1/projcts").status, 404);
  EXPECT_EQ(ask("/assets/main-old.js").status, 404);
  EXPECT_EQ(ask("/acme/claims.git").status, 404);
}

}  // namespace
}  // namespace server::http
