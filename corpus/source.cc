#include "corpus/source.h"

#include <algorithm>
#include <array>

#include "base/text.h"
#include "corpus/detail/object_reader.h"
#include "corpus/detail/source_json.h"

namespace corpus {
namespace {

using base::Json;
using detail::ObjectReader;
using detail::Presence;

Json group_keys_json(const std::map<std::string, std::vector<std::string>>& keys) {
  Json out = Json::object();
  for (const auto& [key, values] : keys) out.set(key, detail::strings_json(values));
  return out;
}

Json source_json(const Source& source) {
  Json out = Json::object();
  detail::set_text(out, "external_id", source.external_id);
  detail::set_text(out, "file_name", source.file_name);
  detail::set_text(out, "customer", source.customer);
  detail::set_text(out, "claim", source.claim);
  if (!source.group_keys.empty()) out.set("group_keys", group_keys_json(source.group_keys));
  out.set("received_at", base::to_rfc3339_with_milliseconds(source.received_at));
  return out;
}

// What is the same in document.json and in an upload's metadata.
void read_names(ObjectReader& reader, Source& out) {
  reader.text("external_id", out.external_id);
  reader.text("customer", out.customer);
  reader.text("claim", out.claim);
}

void read_group_keys(ObjectReader& outer, Source& out) {
  const Json* keys = outer.object("group_keys");
  if (keys == nullptr) return;
  ObjectReader reader(*keys, outer.problems());
  for (const auto& member : *keys->as_object()) {
    reader.names(member.key, out.group_keys[member.key], kMaxGroupValues);
  }
}

// ---- what an upload says

bool is_group_key(std::string_view key) {
  return !key.empty() && key.size() <= kMaxNameBytes && base::is_utf8(key) && base::is_nfc(key) &&
         base::replace_unprintable(key) == key;
}

// One value may stand without its array.
void read_given_values(ObjectReader& reader, const Json::Member& member,
                       std::vector<std::string>& out) {
  if (!member.value.is_string()) {
    reader.names(member.key, out, kMaxGroupValues);
    return;
  }
  const std::string who = "group key " + ObjectReader::quoted(member.key);
  auto value = detail::canonical_text(member.value, who, reader.problems(), kMaxNameBytes);
  if (!value) return;
  if (value->empty()) reader.refuse(member.value.at(), who + " has an empty value");
  out.push_back(std::move(*value));
}

void read_given_keys(ObjectReader& outer, Source& out) {
  const Json* keys = outer.object("group_keys");
  if (keys == nullptr) return;
  if (keys->as_object()->size() > kMaxGroupKeys) {
    outer.refuse(keys->at(),
                 "\"group_keys\" has more than " + std::to_string(kMaxGroupKeys) + " keys");
    return;
  }
  ObjectReader reader(*keys, outer.problems());
  for (const auto& member : *keys->as_object()) {
    if (is_group_key(member.key)) {
      read_given_values(reader, member, out.group_keys[member.key]);
    } else {
      reader.refuse(member.at, "a name in \"group_keys\" has 1 to " +
                                   std::to_string(kMaxNameBytes) +
                                   " bytes of normalised text without control characters");
    }
  }
}

// Not ObjectReader::finish(), which takes x-... keys: nothing would keep them here.
void refuse_unknown_keys(const Json& json, std::span<const std::string> known,
                         Diagnostics& problems) {
  for (const auto& member : *json.as_object()) {
    if (std::find(known.begin(), known.end(), member.key) != known.end()) continue;
    const std::string shown(base::cut_utf8(member.key, kMaxNameBytes));
    const std::string hint = problems.did_you_mean(shown, known);
    problems.add(member.at, "unknown key " + ObjectReader::quoted(shown) + " in the metadata" +
                                (hint.empty() ? ": it has " + base::join(known, ", ") : hint));
  }
}

const std::array<std::string, 5> kKeys = {"external_id", "customer", "claim", "group_keys",
                                          "files"};

Source read_given_source(const Json& json, std::span<const std::string> known,
                         Diagnostics& problems) {
  Source out;
  ObjectReader reader(json, problems);
  if (!json.is_object()) return out;
  read_names(reader, out);
  read_given_keys(reader, out);
  refuse_unknown_keys(json, known, problems);
  return out;
}

std::optional<SourceDetails> read_details(const Json& json, Diagnostics& problems) {
  SourceDetails out;
  out.common = read_given_source(json, kKeys, problems);
  ObjectReader reader(json, problems);
  const Json* files = reader.object("files");
  if (files == nullptr) return out;
  const auto of_a_file = std::span(kKeys).first(kKeys.size() - 1);
  for (const auto& member : *files->as_object()) {
    Source source = read_given_source(member.value, of_a_file, problems);
    if (!out.by_file_name.emplace(clean_file_name(member.key), std::move(source)).second) {
      problems.add(member.at, "\"files\" names the same file twice");
    }
  }
  return out;
}

}  // namespace

Json detail::sources_json(std::span<const Source> sources) {
  Json::Array out;
  for (const Source& source : sources) out.push_back(source_json(source));
  return Json(std::move(out));
}

Source detail::read_source(const base::Json& json, Diagnostics& problems) {
  Source out;
  ObjectReader reader(json, problems);
  read_names(reader, out);
  reader.text("file_name", out.file_name);
  read_group_keys(reader, out);
  std::string received;
  const Json* value = reader.member("received_at", Presence::required);
  if (reader.text("received_at", received)) {
    const auto moment = base::from_rfc3339(received);
    if (!moment.ok()) reader.refuse(value->at(), moment.error().what);
    out.received_at = moment.value_or(0);
  }
  reader.finish();
  return out;
}

const Source& SourceDetails::of(const std::string& file_name) const {
  const auto special = by_file_name.find(file_name);
  return special == by_file_name.end() ? common : special->second;
}

base::Result<SourceDetails> parse_source_details(const Json& json) {
  return detail::first_problem_of<SourceDetails>(
      [&](Diagnostics& problems) { return read_details(json, problems); });
}

std::string clean_file_name(std::string_view name) {
  constexpr size_t kMostEnding = 16;  // ".annotations.json" and the like are no endings
  const std::string printable = base::replace_unprintable(name);
  const std::string clean = base::to_nfc(printable).value_or(printable);
  if (clean.size() <= kMaxFileNameBytes) return clean;
  const size_t dot = clean.rfind('.');
  const bool has_ending = dot != clean.npos && clean.size() - dot <= kMostEnding;
  const std::string ending = has_ending ? clean.substr(dot) : "";
  return std::string(base::cut_utf8(clean, kMaxFileNameBytes - ending.size())) + ending;
}

base::Result<void> check_room_for(std::span<const Source> sources) {
  if (sources.size() <= kMaxSources &&
      detail::sources_json(sources).print().size() <= kMaxSourcesBytes) {
    return {};
  }
  return base::Error{base::Code::limit, "this document has no room for another source"};
}

}  // namespace corpus
