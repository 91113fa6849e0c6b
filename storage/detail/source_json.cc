#include "storage/detail/source_json.h"

namespace storage {
namespace {

void add_text(base::Json& json, std::string_view key, const std::string& value) {
  if (!value.empty()) json.set(key, value);
}

base::Json group_keys_json(const corpus::Source& source) {
  base::Json keys = base::Json::object();
  for (const auto& [key, values] : source.group_keys) {
    base::Json list = base::Json::array();
    for (const std::string& value : values) list.push(value);
    keys.set(key, std::move(list));
  }
  return keys;
}

}  // namespace

base::Json source_json(const corpus::Source& source) {
  base::Json json = base::Json::object();
  add_text(json, "external_id", source.external_id);
  add_text(json, "file_name", source.file_name);
  add_text(json, "customer", source.customer);
  add_text(json, "claim", source.claim);
  if (!source.group_keys.empty()) json.set("group_keys", group_keys_json(source));
  json.set("received_at", base::to_rfc3339_with_milliseconds(source.received_at));
  return json;
}

base::Json sources_json(const std::vector<corpus::Source>& sources) {
  base::Json list = base::Json::array();
  for (const corpus::Source& source : sources) list.push(source_json(source));
  return list;
}

base::Result<corpus::Source> parse_source(const base::Json& json) {
  corpus::Source source;
  source.external_id = json.string_or("external_id", "");
  source.file_name = json.string_or("file_name", "");
  source.customer = json.string_or("customer", "");
  source.claim = json.string_or("claim", "");
  if (const base::Json* keys = json.find("group_keys"); keys != nullptr && keys->is_object()) {
    for (const base::Json::Member& member : *keys->as_object()) {
      std::vector<std::string>& values = source.group_keys[member.key];
      if (!member.value.is_array()) continue;
      for (const base::Json& value : *member.value.as_array()) {
        if (value.is_string()) values.push_back(*value.as_string());
      }
    }
  }
  source.received_at = TRY(base::from_rfc3339(json.string_or("received_at", "")));
  return source;
}

std::vector<std::pair<std::string, std::string>> search_keys(
    const std::vector<corpus::Source>& sources) {
  std::vector<std::pair<std::string, std::string>> keys;
  const auto add = [&](std::string_view key, const std::string& value) {
    if (!value.empty()) keys.emplace_back(key, value);
  };
  for (const corpus::Source& source : sources) {
    add("external_id", source.external_id);
    add("file_name", source.file_name);
    add("customer", source.customer);
    add("claim", source.claim);
    for (const auto& [key, values] : source.group_keys) {
      for (const std::string& value : values) add(key, value);
    }
  }
  return keys;
}

}  // namespace storage
