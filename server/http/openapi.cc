#include "server/http/openapi.h"

#include <algorithm>
#include <set>

#include "base/text.h"
#include "server/http/detail/path_pattern.h"

namespace server::http {
namespace {

using base::Json;

std::string lower_name(Method method) {
  std::string out(name_of(method));
  std::transform(out.begin(), out.end(), out.begin(),
                 [](char c) { return static_cast<char>(c + ('a' - 'A')); });
  return out;
}

// "{name...}" is ours; OpenAPI knows "{name}" only.
std::string openapi_path(std::string_view path) {
  std::string out(path);
  if (const size_t dots = out.find("...}"); dots != out.npos) out.erase(dots, 3);
  return out;
}

Json problem_schema() {
  const Json text = Json::object({{"type", "string"}});
  return Json::object(
      {{"type", "object"},
       {"description", "An error (RFC 9457). Branch on `code`, never on the words."},
       {"required", Json::array({"type", "title", "status", "code", "detail", "request_id"})},
       {"properties",
        Json::object({{"type", text},
                      {"title", text},
                      {"status", Json::object({{"type", "integer"}})},
                      {"code", text},
                      {"detail", text},
                      {"request_id", text},
                      {"errors", Json::object({{"type", "array"},
                                               {"items", Json::object({{"type", "object"}})}})}})},
       {"examples", Json::array({Json::object({{"type", "about:blank"},
                                               {"title", "Not Found"},
                                               {"status", 404},
                                               {"code", "not_found"},
                                               {"detail", "There is nothing here."},
                                               {"request_id", "5f0d6b1c2a"}})})}});
}

Json security_schemes() {
  return Json::object(
      {{"bearer",
        Json::object(
            {{"type", "http"}, {"scheme", "bearer"}, {"description", "An access token."}})},
       {"basic", Json::object({{"type", "http"},
                               {"scheme", "basic"},
                               {"description", "Any user name, an access token as password."}})},
       {"session", Json::object({{"type", "apiKey"},
                                 {"in", "cookie"},
                                 {"name", "__Host-session"},
                                 {"description",
                                  "A browser's session; changing requests also "
                                  "need the X-CSRF-Token header."}})}});
}

Json security_of(const Access& access) {
  if (access.kind() == Access::Kind::everyone) return Json::array();
  Json out = Json::array();
  for (const char* scheme : {"bearer", "basic", "session"}) {
    out.push(Json::object({{scheme, Json::array()}}));
  }
  return out;
}

Json schema_of(const Parameter& parameter) {
  Json schema = Json::object({});
  switch (parameter.type) {
    case Parameter::Type::string:
      schema.set("type", "string");
      break;
    case Parameter::Type::integer:
      schema.set("type", "integer");
      break;
    case Parameter::Type::flag:
      schema.set("type", "boolean");
      break;
  }
  if (parameter.least) schema.set("minimum", *parameter.least);
  if (parameter.most) schema.set("maximum", *parameter.most);
  if (!parameter.one_of.empty()) {
    Json words = Json::array();
    for (const std::string& word : parameter.one_of) words.push(word);
    schema.set("enum", std::move(words));
  }
  return schema;
}

Json declared_parameter(const Parameter& parameter, const char* place) {
  Json out = Json::object({{"name", parameter.name}, {"in", place}});
  if (!parameter.description.empty()) out.set("description", parameter.description);
  if (parameter.required) out.set("required", true);
  return out.set("schema", schema_of(parameter));
}

Json parameters_of(const Route& route) {
  Json out = Json::array();
  const auto pattern = detail::parse_pattern(route.path);
  if (pattern.ok()) {
    for (const auto& segment : pattern.value()) {
      if (segment.name.empty()) continue;
      out.push(Json::object({{"name", segment.name},
                             {"in", "path"},
                             {"required", true},
                             {"schema", Json::object({{"type", "string"}})}}));
    }
  }
  for (const Parameter& parameter : route.query) out.push(declared_parameter(parameter, "query"));
  for (const Parameter& parameter : route.headers) {
    out.push(declared_parameter(parameter, "header"));
  }
  return out;
}

Json media(const Json& schema, const Json& example) {
  Json out = Json::object({});
  if (!schema.is_null()) out.set("schema", schema);
  if (!example.is_null()) out.set("example", example);
  return out;
}

Json body_of(const RequestBody& body) {
  Json content = Json::object({});
  for (const std::string& type : body.media_types) {
    content.set(type, media(body.schema, body.example));
  }
  return Json::object({{"required", body.required}, {"content", std::move(content)}});
}

Json problem_response(std::string_view description) {
  return Json::object(
      {{"description", description},
       {"content",
        Json::object(
            {{"application/problem+json",
              Json::object(
                  {{"schema", Json::object({{"$ref", "#/components/schemas/Problem"}})}})}})}});
}

// In the route's own style: a client of Git LFS is told so in its own words.
Json refusal_response(const Route& route, std::string_view description) {
  if (route.errors != ErrorStyle::lfs) return problem_response(description);
  const Json text = Json::object({{"type", "string"}});
  const Json schema =
      Json::object({{"type", "object"},
                    {"required", Json::array({"message"})},
                    {"properties", Json::object({{"message", text}, {"request_id", text}})}});
  return Json::object(
      {{"description", description},
       {"content", Json::object({{kLfsMediaType, Json::object({{"schema", schema}})}})}});
}

Json declared_response(const Response& response) {
  if (response.media_type == "application/problem+json" && response.schema.is_null()) {
    return problem_response(response.description);
  }
  Json out = Json::object({{"description", response.description}});
  if (!response.media_type.empty()) {
    out.set("content",
            Json::object({{response.media_type, media(response.schema, response.example)}}));
  }
  return out;
}

// What the router itself may answer, for the route's shape.
std::vector<std::pair<int, std::string_view>> own_refusals(const Route& route) {
  std::vector<std::pair<int, std::string_view>> out;
  if (!route.query.empty() || !route.headers.empty() || route.body) {
    out.emplace_back(400, "the request is malformed");
  }
  if (route.access.kind() != Access::Kind::everyone) {
    out.emplace_back(401, "no valid token or session");
  }
  if (route.access.kind() == Access::Kind::own) {
    out.emplace_back(403, "the token is limited to other permissions");
  }
  if (route.access.kind() == Access::Kind::permission) {
    out.emplace_back(403, "the permission is missing");
    out.emplace_back(404, "it does not exist, or may not be seen");
  }
  if (route.body) {
    out.emplace_back(413, "the body is too large");
    out.emplace_back(415, "the body has another media type");
    out.emplace_back(507, "the server's disk is full; nothing was changed");
  }
  return out;
}

Json responses_of(const Route& route) {
  std::vector<Response> declared = route.responses;
  std::stable_sort(declared.begin(), declared.end(),
                   [](const Response& a, const Response& b) { return a.status < b.status; });
  Json out = Json::object({});
  for (const Response& response : declared) {
    out.set(std::to_string(response.status), declared_response(response));
  }
  for (const auto& [status, words] : own_refusals(route)) {
    if (!out.find(std::to_string(status))) {
      out.set(std::to_string(status), refusal_response(route, words));
    }
  }
  out.set("default", refusal_response(route, "any other error"));
  return out;
}

Json operation_of(const Route& route) {
  Json out = Json::object({{"operationId", route.id}});
  if (!route.tag.empty()) out.set("tags", Json::array({route.tag}));
  if (!route.summary.empty()) out.set("summary", route.summary);
  if (!route.description.empty()) out.set("description", route.description);
  out.set("x-permission", marker_name(route.access));
  out.set("security", security_of(route.access));
  if (Json parameters = parameters_of(route); !parameters.as_array()->empty()) {
    out.set("parameters", std::move(parameters));
  }
  if (route.body) out.set("requestBody", body_of(*route.body));
  return out.set("responses", responses_of(route));
}

Json tags_of(std::span<const Route> routes, const ApiInfo& info) {
  std::set<std::string> names;
  for (const Route& route : routes) {
    if (route.documented && !route.tag.empty()) names.insert(route.tag);
  }
  Json out = Json::array();
  for (const std::string& name : names) {
    Json tag = Json::object({{"name", name}});
    if (const auto found = info.tags.find(name); found != info.tags.end()) {
      tag.set("description", found->second);
    }
    out.push(std::move(tag));
  }
  return out;
}

Json paths_of(std::span<const Route> routes) {
  std::map<std::string, std::map<Method, const Route*>> sorted;
  for (const Route& route : routes) {
    if (route.documented) sorted[openapi_path(route.path)][route.method] = &route;
  }
  Json out = Json::object({});
  for (const auto& [path, methods] : sorted) {
    Json item = Json::object({});
    for (const auto& [method, route] : methods) item.set(lower_name(method), operation_of(*route));
    out.set(path, std::move(item));
  }
  return out;
}

}  // namespace

Json openapi_document(std::span<const Route> routes, const ApiInfo& info) {
  Json about = Json::object({{"title", info.title}, {"version", info.version}});
  if (!info.description.empty()) about.set("description", info.description);
  Json schemas = Json::object({});
  for (const auto& [name, schema] : info.schemas) schemas.set(name, schema);
  schemas.set("Problem", problem_schema());
  return Json::object({{"openapi", "3.1.0"},
                       {"info", std::move(about)},
                       {"servers", Json::array({Json::object({{"url", "/"}})})},
                       {"tags", tags_of(routes, info)},
                       {"paths", paths_of(routes)},
                       {"components", Json::object({{"schemas", std::move(schemas)},
                                                    {"securitySchemes", security_schemes()}})}});
}

std::string marker_name(const Access& access) {
  switch (access.kind()) {
    case Access::Kind::everyone:
      return "everyone";
    case Access::Kind::signed_in:
      return "signed-in";
    case Access::Kind::own:
    case Access::Kind::permission:
      break;
  }
  return std::string(corpus::name_of(access.permission()));
}

}  // namespace server::http
