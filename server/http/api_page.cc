// The Markdown page of openapi.h.
#include <algorithm>

#include "server/http/openapi.h"

namespace server::http {
namespace {

std::string cell(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '|') out += '\\';
    out += c == '\n' ? ' ' : c;
  }
  return out;
}

void append_parameters(std::string& out, const char* what, const std::vector<Parameter>& list) {
  for (const Parameter& parameter : list) {
    out += std::string("- ") + what + " `" + parameter.name + '`';
    if (parameter.required) out += " (required)";
    out += ": " + parameter.description + '\n';
  }
}

void append_body(std::string& out, const RequestBody& body) {
  out += "- body: ";
  for (size_t i = 0; i < body.media_types.size(); ++i) {
    out += (i ? ", `" : "`") + body.media_types[i] + '`';
  }
  out += ", at most " + std::to_string(body.limit) + " bytes\n";
}

void append_route(std::string& out, const Route& route) {
  out += "### " + std::string(name_of(route.method)) + " `" + route.path + "`\n\n";
  out += (route.summary.empty() ? route.id : route.summary) + ". Needs `" +
         marker_name(route.access) + "`.\n";
  if (!route.description.empty()) out += '\n' + route.description + '\n';
  out += '\n';
  append_parameters(out, "query", route.query);
  append_parameters(out, "header", route.headers);
  if (route.body) append_body(out, *route.body);
  for (const Response& response : route.responses) {
    out += "- " + std::to_string(response.status) + ": " + cell(response.description);
    if (!response.media_type.empty()) out += " (`" + response.media_type + "`)";
    out += '\n';
  }
  out += '\n';
}

}  // namespace

std::string api_page(std::span<const Route> routes, const ApiInfo& info) {
  std::map<std::string, std::vector<const Route*>> by_tag;
  for (const Route& route : routes) {
    if (route.documented) by_tag[route.tag].push_back(&route);
  }
  std::string out = "# " + info.title + " HTTP API\n\nMade from the route table; do not edit.\n\n";
  for (auto& [tag, list] : by_tag) {
    std::stable_sort(list.begin(), list.end(), [](const Route* a, const Route* b) {
      return a->path != b->path ? a->path < b->path : a->method < b->method;
    });
    out += "## " + (tag.empty() ? std::string("other") : tag) + "\n\n";
    for (const Route* route : list) append_route(out, *route);
  }
  return out;
}

}  // namespace server::http
