#include "server/http/openapi.h"

#include <gtest/gtest.h>

#include "tests/support/result_matchers.h"

namespace server::http {
namespace {

using base::Json;

std::vector<Route> some_routes() {
  const Json document = Json::object({{"$ref", "#/components/schemas/Document"}});
  Route show{.path = "/api/v1/projects/{org}/{project}/documents/{id}",
             .access = Access::needs(corpus::Permission::document_read),
             .id = "show_document",
             .summary = "One document",
             .tag = "documents",
             .responses = {{200, "the document", "application/json", document},
                           {404, "no such document", "application/problem+json"}}};
  Route upload{.method = Method::post,
               .path = "/api/v1/projects/{org}/{project}/documents",
               .access = Access::needs(corpus::Permission::document_upload),
               .id = "upload_document",
               .summary = "Upload",
               .description = "One file or many.",
               .tag = "documents",
               .query = {{.name = "wait",
                          .description = "seconds",
                          .type = Parameter::Type::integer,
                          .least = 0,
                          .most = 60}},
               .headers = {{.name = "Idempotency-Key"}},
               .body = RequestBody{.media_types = {"multipart/form-data", "application/pdf"}},
               .responses = {{202, "accepted", "application/json", document}}};
  Route health{.path = "/healthz",
               .access = Access::everyone(),
               .id = "health",
               .responses = {{200, "fine", "text/plain"}}};
  Route raw{.path = "/{org}/{project}.dvc/files/md5/{rest...}",
            .access = Access::signed_in(),
            .id = "object"};
  Route hidden{.path = "/hidden", .access = Access::everyone(), .id = "x", .documented = false};
  return {upload, show, health, raw, hidden};
}

Json document() {
  ApiInfo info;
  info.schemas["Document"] = Json::object({{"type", "object"}});
  info.tags["documents"] = "What was uploaded";
  return openapi_document(some_routes(), info);
}

const Json& at(const Json& json, std::initializer_list<std::string_view> path) {
  const Json* value = &json;
  for (const auto key : path) {
    value = value->find(key);
    if (!value) throw std::runtime_error("no member " + std::string(key));
  }
  return *value;
}

TEST(OpenApi, IsValidJsonAndTheSameEachTime) {
  const std::string text = document().print();
  EXPECT_EQ(TAKE(base::parse_json(text)), document());
  EXPECT_EQ(text, document().print());
}

TEST(OpenApi, MarksEveryOperationWithItsRight) {
  const Json made = document();
  size_t operations = 0;
  for (const auto& path : *made.find("paths")->as_object()) {
    for (const auto& method : *path.value.as_object()) {
      ++operations;
      EXPECT_NE(method.value.find_string("x-permission"), nullptr) << path.key;
      EXPECT_NE(method.value.find_array("security"), nullptr) << path.key;
    }
  }
  EXPECT_EQ(operations, 4u);
}

TEST(OpenApi, LeavesPublicRoutesWithoutSecurity) {
  const Json made = document();
  EXPECT_TRUE(at(made, {"paths", "/healthz", "get", "security"}).as_array()->empty());
  EXPECT_EQ(at(made, {"paths", "/healthz", "get", "x-permission"}), Json("everyone"));
}

TEST(OpenApi, WritesPathParametersAsItKnowsThem) {
  const Json made = document();
  const Json& parameters =
      at(made, {"paths", "/{org}/{project}.dvc/files/md5/{rest}", "get", "parameters"});
  ASSERT_EQ(parameters.as_array()->size(), 3u);
  EXPECT_EQ((*parameters.as_array())[2].string_or("name", ""), "rest");
}

TEST(OpenApi, DescribesParametersAndBodies) {
  const Json made = document();
  const Json& post = at(made, {"paths", "/api/v1/projects/{org}/{project}/documents", "post"});
  const auto& wait = (*post.find_array("parameters"))[2];
  EXPECT_EQ(wait.find("schema")->print(), R"({"type":"integer","minimum":0,"maximum":60})");
  EXPECT_NE(at(post, {"requestBody", "content"}).find("application/pdf"), nullptr);
}

TEST(OpenApi, AddsTheRoutersOwnRefusals) {
  const Json made = document();
  const Json& responses =
      at(made, {"paths", "/api/v1/projects/{org}/{project}/documents", "post", "responses"});
  for (const char* status : {"202", "400", "401", "403", "404", "413", "415", "default"}) {
    EXPECT_NE(responses.find(status), nullptr) << status;
  }
}

TEST(OpenApi, KeepsARoutesOwnWordsOfARefusal) {
  const Json made = document();
  EXPECT_EQ(at(made, {"paths", "/api/v1/projects/{org}/{project}/documents/{id}", "get",
                      "responses", "404", "description"}),
            Json("no such document"));
}

TEST(ApiPage, ListsDocumentedRoutesByTag) {
  const std::string page = api_page(some_routes(), {});
  EXPECT_NE(page.find("## documents"), page.npos);
  EXPECT_NE(page.find("### POST `/api/v1/projects/{org}/{project}/documents`"), page.npos);
  EXPECT_EQ(page.find("/hidden"), page.npos);
}

}  // namespace
}  // namespace server::http
