#include "server/http/detail/declared.h"

#include <algorithm>

#include "base/text.h"

namespace server::http::detail {
namespace {

Problem wrong_parameter(const Parameter& parameter, std::string why) {
  return Problem::make(400, "invalid_parameter",
                       "The parameter " + parameter.name + ' ' + why + '.')
      .with("errors", base::Json::array(
                          {base::Json::object({{"parameter", parameter.name}, {"detail", why}})}));
}

std::optional<Problem> check_integer(const Parameter& parameter, const std::string& value) {
  const auto number = base::parse_integer(value);
  if (!number) return wrong_parameter(parameter, "must be an integer");
  if (parameter.least && *number < *parameter.least) {
    return wrong_parameter(parameter, "must be at least " + std::to_string(*parameter.least));
  }
  if (parameter.most && *number > *parameter.most) {
    return wrong_parameter(parameter, "must be at most " + std::to_string(*parameter.most));
  }
  return {};
}

std::optional<Problem> check_word(const Parameter& parameter, const std::string& value) {
  const auto& words = parameter.one_of;
  if (words.empty() || std::find(words.begin(), words.end(), value) != words.end()) return {};
  return wrong_parameter(parameter, "must be one of " + base::join(words, ", "));
}

std::optional<Problem> check_value(const Parameter& parameter, const std::string* value) {
  if (!value) {
    return parameter.required ? std::optional(wrong_parameter(parameter, "is required"))
                              : std::nullopt;
  }
  switch (parameter.type) {
    case Parameter::Type::integer:
      return check_integer(parameter, *value);
    case Parameter::Type::string:
      return check_word(parameter, *value);
    case Parameter::Type::flag:
      break;
  }
  if (value->empty() || *value == "1" || *value == "0" || *value == "true" || *value == "false") {
    return {};
  }
  return wrong_parameter(parameter, "must be true or false");
}

bool accepts(const RequestBody& body, const std::string& media_type) {
  return std::any_of(body.media_types.begin(), body.media_types.end(), [&](const auto& accepted) {
    return accepted == "*/*" || accepted == media_type;
  });
}

Problem wrong_media_type(const RequestBody& body) {
  const std::string list = base::join(body.media_types, ", ");
  return Problem::make(415, "unsupported_media_type", "The body must be " + list + '.')
      .with_header("Accept", list);
}

std::optional<Problem> check_body(const Route& route, const Request& request) {
  if (!route.body) {
    if (is_safe(request.method) || !request.has_body()) return {};
    return Problem::make(400, "unexpected_body", "This operation takes no body.");
  }
  const RequestBody& body = *route.body;
  const bool has_type = request.headers.has("content-type");
  // Without a body the type hardly matters, but git and browsers say it, and a wrong one is a
  // wrong client.
  if ((request.has_body() || has_type) && !accepts(body, request.media_type())) {
    return wrong_media_type(body);
  }
  if (!request.has_body() && body.required) {
    return Problem::make(400, "body_required", "This operation needs a body.");
  }
  if (request.content_length.value_or(0) > body.limit) {
    return Problem::of(body_too_large(body.limit)).with("limit", body.limit);
  }
  return {};
}

}  // namespace

std::optional<Problem> refuse_undeclared(const Route& route, const Request& request) {
  for (const Parameter& parameter : route.query) {
    if (auto wrong = check_value(parameter, request.query.find(parameter.name))) return wrong;
  }
  for (const Parameter& parameter : route.headers) {
    if (auto wrong = check_value(parameter, request.headers.find(parameter.name))) return wrong;
  }
  return check_body(route, request);
}

}  // namespace server::http::detail
