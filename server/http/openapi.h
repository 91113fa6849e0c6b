// The API's description, made from the route table: OpenAPI 3.1 with JSON Schema 2020-12.
//
//   const base::Json document = openapi_document(router.routes(), {.title = "Glossator", ...});
//
// Deterministic: the same table gives the same bytes. Each operation names its permission in
// `x-permission`, its parameters, body and responses, and the problem responses that the router
// itself may give. https://spec.openapis.org/oas/v3.1.0
#pragma once

#include <map>
#include <span>
#include <string>

#include "base/json.h"
#include "server/http/router.h"

namespace server::http {

struct ApiInfo {
  std::string title = "Glossator";
  std::string version = "1";
  std::string description = {};
  // Named schemas that the table's schemas point to: {"$ref": "#/components/schemas/Document"}.
  std::map<std::string, base::Json> schemas = {};
  std::map<std::string, std::string> tags = {};  // tag -> description
};

// What the route asks, in a word: "everyone", "signed-in" or the permission's name.
std::string marker_name(const Access& access);

base::Json openapi_document(std::span<const Route> routes, const ApiInfo& info);

// The same table as a Markdown page: docs/api.md.
std::string api_page(std::span<const Route> routes, const ApiInfo& info);

}  // namespace server::http
