#include "server/http/body_fields.h"

#include <algorithm>

#include "base/text.h"

namespace server::http {
namespace {

using base::Json;
using base::Result;

std::string quoted(std::string_view key) {
  return "\"" + std::string(key) + "\"";
}

bool is_control(unsigned char byte) {
  return byte < 0x20 || byte == 0x7f;
}

base::Error unknown_member(const Json::Member& member,
                           std::initializer_list<std::string_view> known) {
  const std::vector<std::string> names(known.begin(), known.end());
  return {base::Code::invalid,
          quoted(member.key) + " is not known here" + base::did_you_mean(member.key, names),
          member.at};
}

}  // namespace

Result<BodyFields> BodyFields::of(Json body, std::initializer_list<std::string_view> known) {
  if (!body.is_object()) {
    return base::Error{base::Code::invalid,
                       std::string("the body must be an object, not ") + name_of(body.kind()),
                       body.at()};
  }
  for (const Json::Member& member : *body.as_object()) {
    if (std::find(known.begin(), known.end(), member.key) == known.end()) {
      return unknown_member(member, known);
    }
  }
  return BodyFields(std::move(body));
}

base::Error BodyFields::error(std::string_view key, const std::string& problem) const {
  const Json* value = body_.find(key);
  return {base::Code::invalid, quoted(key) + " " + problem,
          value == nullptr ? body_.at() : value->at()};
}

Result<const std::string*> BodyFields::find_text(std::string_view key) const {
  const Json* value = body_.find(key);
  if (value == nullptr) return static_cast<const std::string*>(nullptr);
  if (!value->is_string()) {
    return error(key, std::string("must be a string, not ") + name_of(value->kind()));
  }
  return value->as_string();
}

Result<std::optional<std::string>> BodyFields::optional_text(std::string_view key) const {
  const std::string* text = TRY(find_text(key));
  if (text == nullptr) return std::optional<std::string>();
  if (base::count_code_points(*text) > kMaxText) {
    return error(key, "is longer than " + std::to_string(kMaxText) + " characters");
  }
  if (std::any_of(text->begin(), text->end(), is_control)) {
    return error(key, "must not hold control characters");
  }
  return std::optional<std::string>(*text);
}

Result<std::string> BodyFields::text(std::string_view key) const {
  const auto text = TRY(optional_text(key));
  if (!text) return error(key, "is missing");
  if (text->empty()) return error(key, "must not be empty");
  return *text;
}

Result<std::string> BodyFields::prose(std::string_view key) const {
  const std::string* text = TRY(find_text(key));
  if (text == nullptr) return std::string();
  if (base::count_code_points(*text) > kMaxProse) {
    return error(key, "is longer than " + std::to_string(kMaxProse) + " characters");
  }
  const auto unreadable = [](unsigned char c) { return is_control(c) && c != '\n' && c != '\t'; };
  if (std::any_of(text->begin(), text->end(), unreadable)) {
    return error(key, "must not hold control characters other than line ends and tabs");
  }
  return *text;
}

Result<std::string> BodyFields::any_text(std::string_view key) const {
  const std::string* text = TRY(find_text(key));
  if (text == nullptr) return error(key, "is missing");
  return *text;
}

Result<bool> BodyFields::flag(std::string_view key) const {
  const Json* value = body_.find(key);
  if (value == nullptr) return false;
  const bool* on = value->as_boolean();
  if (on == nullptr) return error(key, "is true or false");
  return *on;
}

Result<Json> BodyFields::array(std::string_view key) && {
  for (Json::Member& member : *body_.as_object()) {
    if (member.key != key) continue;
    if (member.value.is_array()) return std::move(member.value);
    return error(key, std::string("must be an array, not ") + name_of(member.value.kind()));
  }
  return error(key, "is missing");
}

Result<std::optional<std::string>> BodyFields::optional_secret(std::string_view key) const {
  const std::string* text = TRY(find_text(key));
  if (text == nullptr) return std::optional<std::string>();
  if (text->empty()) return error(key, "must not be empty");
  if (text->size() > kMaxSecret) {
    return error(key, "is longer than " + std::to_string(kMaxSecret) + " bytes");
  }
  return std::optional<std::string>(*text);
}

Result<std::string> BodyFields::secret(std::string_view key) const {
  const auto secret = TRY(optional_secret(key));
  if (!secret) return error(key, "is missing");
  return *secret;
}

Result<std::optional<base::Milliseconds>> BodyFields::optional_time(std::string_view key) const {
  const std::string* text = TRY(find_text(key));
  if (text == nullptr) return std::optional<base::Milliseconds>();
  const auto moment = base::from_rfc3339(*text);
  if (!moment.ok()) return error(key, "is " + moment.error().what);
  return std::optional<base::Milliseconds>(*moment);
}

Result<std::optional<bool>> BodyFields::optional_flag(std::string_view key) const {
  const Json* value = body_.find(key);
  if (value == nullptr) return std::optional<bool>();
  const bool* flag = value->as_boolean();
  if (flag == nullptr) return error(key, "must be true or false");
  return std::optional(*flag);
}

Result<std::optional<int64_t>> BodyFields::optional_integer(std::string_view key) const {
  const Json* value = body_.find(key);
  if (value == nullptr) return std::optional<int64_t>();
  const int64_t* number = value->as_integer();
  if (number == nullptr) return error(key, "must be a whole number");
  return std::optional(*number);
}

Result<std::optional<std::vector<std::string>>> BodyFields::optional_texts(
    std::string_view key) const {
  const Json* value = body_.find(key);
  if (value == nullptr) return std::optional<std::vector<std::string>>();
  if (!value->is_array()) {
    return error(key, std::string("must be an array of strings, not ") + name_of(value->kind()));
  }
  std::vector<std::string> texts;
  for (const Json& item : *value->as_array()) {
    if (!item.is_string()) {
      return error(key, std::string("must hold strings, not ") + name_of(item.kind()));
    }
    texts.push_back(*item.as_string());
  }
  return std::optional<std::vector<std::string>>(std::move(texts));
}

Result<BodyFields> read_fields(Request& request, std::initializer_list<std::string_view> known,
                               size_t limit) {
  return BodyFields::of(TRY(request.read_json(limit)), known);
}

}  // namespace server::http
