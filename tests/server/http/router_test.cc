#include "server/http/router.h"

#include <gtest/gtest.h>

#include "tests/support/result_matchers.h"

namespace server::http {
namespace {

std::variant<Principal, Problem> let_everybody(const Request&, const Route&,
                                               const PathParameters&) {
  Principal principal;
  principal.via = Principal::Via::token;
  principal.user_id = "u1";
  return principal;
}

std::string body_of(const Reply& reply) {
  const auto* text = std::get_if<std::string>(&reply.body);
  return text ? *text : "";
}

// A route that answers with its id and its path parameters.
Route route(Method method, std::string path, std::string id) {
  return {.method = method,
          .path = std::move(path),
          .access = Access::signed_in(),
          .handler =
              [](Context& context) {
                std::string text = context.route.id;
                for (const auto& [name, value] : context.path) text += ' ' + name + '=' + value;
                return Reply::text(200, text);
              },
          .id = std::move(id)};
}

Request request_to(Method method, std::string path, std::string_view query = "") {
  Request request;
  request.method = method;
  request.path = std::move(path);
  request.query = TAKE(parse_query(query));
  request.id = "r1";
  return request;
}

Reply ask(const Router& router, Method method, std::string path, std::string_view query = "") {
  Request request = request_to(method, std::move(path), query);
  return router.handle(request);
}

Router some_router() {
  Router router(let_everybody);
  router.add(route(Method::get, "/api/projects/{org}/{project}", "show"));
  router.add(route(Method::post, "/api/projects/{org}/{project}", "change"));
  router.add(route(Method::get, "/api/projects/{org}/new", "form"));
  router.add(route(Method::get, "/{org}/{project}.git/info/refs", "refs"));
  router.add(route(Method::get, "/{org}/{project}.dvc/files/md5/{rest...}", "object"));
  return router;
}

TEST(Router, FindsRoutesAndTheirParameters) {
  const Router router = some_router();
  EXPECT_EQ(body_of(ask(router, Method::get, "/api/projects/acme/claims")),
            "show org=acme project=claims");
  EXPECT_EQ(body_of(ask(router, Method::get, "/acme/claims.git/info/refs")),
            "refs org=acme project=claims");
  EXPECT_EQ(body_of(ask(router, Method::get, "/acme/claims.dvc/files/md5/ab/cdef")),
            "object org=acme project=claims rest=ab/cdef");
}

TEST(Router, PrefersAWordToAParameter) {
  const Router router = some_router();
  EXPECT_EQ(body_of(ask(router, Method::get, "/api/projects/acme/new")), "form org=acme");
  // No POST route has the word, so the parameter takes it.
  EXPECT_EQ(body_of(ask(router, Method::post, "/api/projects/acme/new")),
            "change org=acme project=new");
}

TEST(Router, GivesNoParameterAnEmptyValue) {
  const Router router = some_router();
  EXPECT_EQ(ask(router, Method::get, "/api/projects/acme/").status, 404);
  EXPECT_EQ(ask(router, Method::get, "/acme/.git/info/refs").status, 404);
  EXPECT_EQ(ask(router, Method::get, "/acme/claims.dvc/files/md5/").status, 404);
}

TEST(Router, RefusesAWrongMethodWithTheRightOnes) {
  const Router router = some_router();
  const Reply reply = ask(router, Method::delete_, "/api/projects/acme/claims");
  EXPECT_EQ(reply.status, 405);
  EXPECT_EQ(*reply.headers.find("allow"), "GET, HEAD, POST, OPTIONS");
}

TEST(Router, AnswersOptionsAndHead) {
  const Router router = some_router();
  const Reply options = ask(router, Method::options, "/acme/claims.git/info/refs");
  EXPECT_EQ(options.status, 204);
  EXPECT_EQ(*options.headers.find("allow"), "GET, HEAD, OPTIONS");
  EXPECT_EQ(ask(router, Method::head, "/acme/claims.git/info/refs").status, 200);
}

TEST(Router, NamesTheRouteAndTheUserForTheLog) {
  const Router router = some_router();
  Request request = request_to(Method::get, "/api/projects/acme/claims");
  router.handle(request);
  EXPECT_EQ(request.route, "/api/projects/{org}/{project}");
  EXPECT_EQ(request.user_id, "u1");
}

TEST(Router, AsksTheFallbackOnlyWhenNothingMatches) {
  Router router = some_router();
  router.set_fallback([](Context&) { return Reply::text(200, "page"); });
  EXPECT_EQ(body_of(ask(router, Method::get, "/somewhere")), "page");
  EXPECT_EQ(ask(router, Method::post, "/somewhere").status, 404);
  EXPECT_EQ(ask(router, Method::put, "/acme/claims.git/info/refs").status, 405);
}

TEST(Router, AsksTheAuthorizerBeforeAnythingElse) {
  std::string asked;
  Router router([&](const Request&, const Route& route,
                    const PathParameters& path) -> std::variant<Principal, Problem> {
    asked = route.id + ' ' + path.at("project");
    return Problem::unauthenticated("A token is needed.", "Basic realm=\"Glossator\"");
  });
  Route guarded = route(Method::post, "/{project}", "upload");
  guarded.query = {{.name = "limit", .type = Parameter::Type::integer, .required = true}};
  guarded.handler = [](Context&) -> Reply { throw std::runtime_error("must not be called"); };
  router.add(guarded);
  const Reply reply = ask(router, Method::post, "/claims");
  EXPECT_EQ(asked, "upload claims");
  EXPECT_EQ(reply.status, 401);
  EXPECT_EQ(*reply.headers.find("www-authenticate"), "Basic realm=\"Glossator\"");
}

TEST(Router, RefusesASessionsChangeWithoutItsToken) {
  Router router([](const Request&, const Route&, const PathParameters&) {
    Principal principal;
    principal.via = Principal::Via::session;
    principal.csrf_token = "t";
    return std::variant<Principal, Problem>(principal);
  });
  router.add(route(Method::get, "/a", "read"));
  router.add(route(Method::post, "/a", "write"));
  EXPECT_EQ(ask(router, Method::get, "/a").status, 200);
  EXPECT_EQ(ask(router, Method::post, "/a").status, 403);
  Request request = request_to(Method::post, "/a");
  request.headers = {{"X-CSRF-Token", "t"}};
  EXPECT_EQ(router.handle(request).status, 200);
}

TEST(Router, ChecksDeclaredParameters) {
  Router router(let_everybody);
  Route listing = route(Method::get, "/list", "list");
  listing.query = {
      {.name = "limit", .type = Parameter::Type::integer, .least = 1, .most = 100},
      {.name = "state", .one_of = {"new", "accepted"}},
      {.name = "wait", .type = Parameter::Type::flag},
  };
  router.add(listing);
  const auto status = [&](std::string_view query) {
    return ask(router, Method::get, "/list", query).status;
  };
  EXPECT_EQ(status(""), 200);
  EXPECT_EQ(status("limit=100&state=new&wait&other=1"), 200);
  EXPECT_EQ(status("limit=0"), 400);
  EXPECT_EQ(status("limit=101"), 400);
  EXPECT_EQ(status("limit=ten"), 400);
  EXPECT_EQ(status("state=old"), 400);
  EXPECT_EQ(status("wait=maybe"), 400);
  EXPECT_NE(body_of(ask(router, Method::get, "/list", "limit=0")).find("\"parameter\":\"limit\""),
            std::string::npos);
}

TEST(Router, GivesHandlersTypedParameters) {
  Request request = request_to(Method::get, "/", "limit=7&wait");
  const Route none{.access = Access::everyone()};
  const Context context{request, none, {{"id", "x"}}, {}};
  EXPECT_EQ(context.query_integer("limit", 1), 7);
  EXPECT_EQ(context.query_integer("other", 1), 1);
  EXPECT_TRUE(context.query_flag("wait"));
  EXPECT_FALSE(context.query_flag("other"));
  EXPECT_EQ(context.parameter("id"), "x");
}

struct BodyCase {
  std::string type;
  std::optional<uint64_t> length;
};

int status_of_body(const std::optional<RequestBody>& declared, const BodyCase& sent) {
  Router router(let_everybody);
  Route upload = route(Method::post, "/up", "up");
  upload.body = declared;
  router.add(upload);
  Request request = request_to(Method::post, "/up");
  request.content_length = sent.length;
  if (!sent.type.empty()) request.headers.add("Content-Type", sent.type);
  return router.handle(request).status;
}

TEST(Router, ChecksTheDeclaredBody) {
  const RequestBody json{.media_types = {"application/json"}, .limit = 100};
  EXPECT_EQ(status_of_body(json, {"application/json; charset=utf-8", 100}), 200);
  EXPECT_EQ(status_of_body(json, {"text/plain", 10}), 415);
  EXPECT_EQ(status_of_body(json, {"", 10}), 415);
  EXPECT_EQ(status_of_body(json, {"application/json", 101}), 413);
  EXPECT_EQ(status_of_body(json, {"", 0}), 400);
  RequestBody anything{.media_types = {"*/*"}, .required = false};
  EXPECT_EQ(status_of_body(anything, {"", 10}), 200);
  EXPECT_EQ(status_of_body(anything, {"", {}}), 200);
  EXPECT_EQ(status_of_body({}, {"application/json", 10}), 400);
}

TEST(Router, RefusesInTheRoutesOwnStyle) {
  Router router(let_everybody);
  for (const auto& [path, style] :
       {std::pair{"/text", ErrorStyle::text}, std::pair{"/empty", ErrorStyle::empty}}) {
    Route styled = route(Method::get, path, path);
    styled.errors = style;
    styled.handler = [](Context& context) { return context.problem(Problem::not_found()); };
    router.add(styled);
  }
  EXPECT_EQ(body_of(ask(router, Method::get, "/text")),
            "There is nothing here, or it is not yours to see.\n");
  EXPECT_EQ(body_of(ask(router, Method::get, "/empty")), "");
}

TEST(Router, TellsAClientOfGitLfsInItsOwnWords) {
  Router router(let_everybody);
  Route styled = route(Method::get, "/lfs", "lfs");
  styled.errors = ErrorStyle::lfs;
  styled.handler = [](Context& context) {
    return context.problem(Problem::unauthenticated("who are you", "Basic realm=\"x\""));
  };
  router.add(styled);
  const Reply reply = ask(router, Method::get, "/lfs");
  EXPECT_EQ(reply.headers.value_or("content-type", ""), kLfsMediaType);
  EXPECT_EQ(reply.headers.value_or("lfs-authenticate", ""), "Basic realm=\"x\"");
  EXPECT_EQ(reply.headers.value_or("www-authenticate", ""), "Basic realm=\"x\"");
  EXPECT_EQ(TAKE(base::parse_json(body_of(reply))).string_or("message", ""), "who are you");
}

std::string complaint(const std::vector<Route>& routes) {
  Router router(let_everybody);
  for (const Route& each : routes) router.add(each);
  const auto result = router.check();
  return result.ok() ? "none" : result.error().what;
}

TEST(Router, FindsMistakesInTheTable) {
  EXPECT_EQ(complaint({route(Method::get, "/a/{x}", "a"), route(Method::get, "/a/b", "b")}),
            "none");
  EXPECT_EQ(complaint({route(Method::get, "/a/{x}", "a"), route(Method::get, "/a/{y}", "b")}),
            "two routes match /a/{x}");
  EXPECT_EQ(complaint({route(Method::get, "/a", "a"), route(Method::get, "/b", "a")}),
            "two routes have the id a");
  EXPECT_EQ(complaint({route(Method::get, "/a", "")}), "GET /a has no id");
  EXPECT_EQ(complaint({{.path = "/a", .access = Access::everyone(), .id = "a"}}),
            "GET /a has no handler");
}

TEST(Router, FindsMistakesInPatterns) {
  for (const char* path :
       {"", "a", "/{", "/}", "/{A}", "/{}", "/{a}{b}", "/{a}/{a}", "/{a...}/b", "/x{a...}"}) {
    EXPECT_NE(complaint({route(Method::get, path, "a")}), "none") << path;
  }
}

}  // namespace
}  // namespace server::http
