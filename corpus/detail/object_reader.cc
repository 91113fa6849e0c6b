#include "corpus/detail/object_reader.h"

#include <algorithm>
#include <unordered_set>

#include "base/text.h"

namespace corpus::detail {
namespace {

constexpr std::string_view kExtraPrefix = "x-";
constexpr size_t kUsualKeys = 24;  // that a reader asks for

bool is_name_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         c == '-' || c == '.';
}

std::string range_text(int64_t least, int64_t most) {
  return std::to_string(least) + " to " + std::to_string(most);
}

std::optional<base::Json> canonical_array(const base::Json::Array& items, Diagnostics& problems,
                                          size_t depth) {
  base::Json::Array out;
  out.reserve(items.size());
  for (const base::Json& item : items) {
    auto value = canonical_value(item, problems, depth + 1);
    if (!value) return std::nullopt;
    out.push_back(std::move(*value));
  }
  return base::Json(std::move(out));
}

std::optional<base::Json> canonical_object(const base::Json::Object& members, Diagnostics& problems,
                                           size_t depth) {
  base::Json::Object out;
  out.reserve(members.size());
  for (const auto& member : members) {
    if (!base::is_nfc(member.key)) {
      problems.add(member.at, "a key is not in Unicode normal form C");
      return std::nullopt;
    }
    auto value = canonical_value(member.value, problems, depth + 1);
    if (!value) return std::nullopt;
    out.push_back({member.key, std::move(*value), {}});
  }
  std::sort(out.begin(), out.end(), [](const auto& a, const auto& b) { return a.key < b.key; });
  return base::Json(std::move(out));
}

}  // namespace

std::optional<base::Json> canonical_value(const base::Json& value, Diagnostics& problems,
                                          size_t depth) {
  using Kind = base::Json::Kind;
  if (value.kind() == Kind::real) {
    problems.add(value.at(), "numbers are integers here; write a decimal as a string");
    return std::nullopt;
  }
  if (value.is_string()) {
    auto text = canonical_text(value, "the text", problems);
    if (!text) return std::nullopt;
    return base::Json(std::move(*text));
  }
  if (!value.is_array() && !value.is_object()) return value;
  if (depth >= kMaxJsonDepth) {
    problems.add(value.at(), "nested deeper than " + std::to_string(kMaxJsonDepth) + " levels");
    return std::nullopt;
  }
  return value.is_array() ? canonical_array(*value.as_array(), problems, depth)
                          : canonical_object(*value.as_object(), problems, depth);
}

std::optional<std::string> canonical_text(const base::Json& value, std::string_view what,
                                          Diagnostics& problems, size_t most_bytes) {
  const std::string* text = value.as_string();
  if (text == nullptr) {
    problems.add(value.at(), std::string(what) + " must be a string, not " + name_of(value.kind()));
    return std::nullopt;
  }
  if (text->find('\0') != std::string::npos) {
    problems.add(value.at(), std::string(what) + " holds a NUL character");
    return std::nullopt;
  }
  auto normal = base::to_nfc(*text);
  if (!normal.ok() || normal.value().size() > most_bytes) {
    problems.add(value.at(),
                 std::string(what) +
                     (normal.ok() ? " is longer than " + std::to_string(most_bytes) + " bytes"
                                  : " is not well-formed Unicode"));
    return std::nullopt;
  }
  return std::move(normal).value();
}

std::optional<int64_t> read_integer(const base::Json& value, std::string_view what, int64_t least,
                                    int64_t most, Diagnostics& problems) {
  const int64_t* number = value.as_integer();
  if (number == nullptr) {
    problems.add(value.at(),
                 std::string(what) + " must be an integer, not " + name_of(value.kind()));
    return std::nullopt;
  }
  if (*number < least || *number > most) {
    problems.add(value.at(), std::string(what) + " is " + std::to_string(*number) + ", expected " +
                                 range_text(least, most));
    return std::nullopt;
  }
  return *number;
}

std::optional<Box> read_box(const base::Json& value, Diagnostics& problems) {
  const auto* corners = value.as_array();
  if (corners == nullptr || corners->size() != 4) {
    problems.add(value.at(), "a box is four integers: [x0,y0,x1,y1]");
    return std::nullopt;
  }
  int32_t numbers[4] = {};
  for (size_t i = 0; i < 4; ++i) {
    const auto number = read_integer((*corners)[i], "a coordinate", 0, kMaxCoordinate, problems);
    if (!number) return std::nullopt;
    numbers[i] = static_cast<int32_t>(*number);
  }
  const Box box{numbers[0], numbers[1], numbers[2], numbers[3]};
  if (box.empty()) {
    problems.add(value.at(), "the box is empty: [x0,y0,x1,y1] needs x0 < x1 and y0 < y1");
    return std::nullopt;
  }
  return box;
}

std::optional<std::vector<WordId>> read_word_ids(const base::Json& value, Diagnostics& problems) {
  const auto* items = value.as_array();
  if (items == nullptr || items->size() > kMaxWordsPerAnnotation) {
    problems.add(value.at(), "\"words\" must be an array of at most " +
                                 std::to_string(kMaxWordsPerAnnotation) + " word ids");
    return std::nullopt;
  }
  std::vector<WordId> ids;
  std::unordered_set<WordId> seen;
  for (const base::Json& item : *items) {
    const auto number = read_integer(item, "a word id", 1, UINT32_MAX, problems);
    if (!number) return std::nullopt;
    const auto id = static_cast<WordId>(*number);
    if (!seen.insert(id).second) {
      problems.add(item.at(), "word " + std::to_string(id) + " is named twice");
      return std::nullopt;
    }
    ids.push_back(id);
  }
  return ids;
}

bool is_name(std::string_view text) {
  return !text.empty() && text.size() <= kMaxNameBytes && text[0] != '.' && text[0] != '-' &&
         std::all_of(text.begin(), text.end(), is_name_character);
}

base::Json box_json(const Box& box) {
  return base::Json::array({box.x0, box.y0, box.x1, box.y1});
}

base::Json strings_json(std::span<const std::string> strings) {
  base::Json::Array items(strings.begin(), strings.end());
  return base::Json(std::move(items));
}

base::Json map_json(const JsonMap& map) {
  base::Json::Object members;
  for (const auto& [key, value] : map) members.push_back({key, value, {}});
  return base::Json(std::move(members));
}

void add_extra(base::Json& object, const JsonMap& extra) {
  for (const auto& [key, value] : extra) object.set(key, value);
}

void set_text(base::Json& object, std::string_view key, std::string_view text) {
  if (!text.empty()) object.set(key, text);
}

std::optional<base::Json> parse_object_text(std::string_view text, size_t most_bytes,
                                            Diagnostics& problems) {
  auto json = base::parse_json(text, {.depth = kMaxJsonDepth, .bytes = most_bytes});
  if (!json.ok()) {
    problems.add(json.error());
    return std::nullopt;
  }
  if (!json->is_object()) {
    problems.add(json->at(), std::string("expected an object, not ") + name_of(json->kind()));
    return std::nullopt;
  }
  return std::move(json).value();
}

ObjectReader::ObjectReader(const base::Json& json, Diagnostics& problems)
    : json_(json), problems_(problems) {
  known_.reserve(kUsualKeys);
  if (!json.is_object()) {
    problems.add(json.at(), std::string("expected an object, not ") + name_of(json.kind()));
  }
}

bool ObjectReader::refuse(base::Position at, std::string message) {
  problems_.add(at, std::move(message));
  return false;
}

bool ObjectReader::wrong_kind(std::string_view key, const base::Json& value,
                              std::string_view expected) {
  return refuse(value.at(), quoted(key) + " must be " + std::string(expected) + ", not " +
                                name_of(value.kind()));
}

bool ObjectReader::refuse_word(const base::Json& value, std::string_view key,
                               const std::string& spelled, std::span<const std::string> known) {
  const std::string hint = problems_.did_you_mean(spelled, known);
  return refuse(value.at(),
                quoted(key) + " cannot be " + quoted(spelled) +
                    (hint.empty() ? ": it is one of " + base::join(known, ", ") : hint));
}

const base::Json* ObjectReader::member(std::string_view key, Presence presence) {
  if (std::find(known_.begin(), known_.end(), key) == known_.end()) known_.emplace_back(key);
  const base::Json* value = json_.find(key);
  if (value == nullptr && presence == Presence::required && json_.is_object()) {
    refuse(json_.at(), quoted(key) + " is missing");
  }
  return value;
}

const base::Json::Array* ObjectReader::array(std::string_view key, size_t most, Presence presence) {
  const base::Json* value = member(key, presence);
  if (value == nullptr) return nullptr;
  const auto* items = value->as_array();
  if (items == nullptr) {
    wrong_kind(key, *value, "an array");
  } else if (items->size() > most) {
    refuse(value->at(), quoted(key) + " has more than " + std::to_string(most) + " entries");
    return nullptr;
  }
  return items;
}

const base::Json* ObjectReader::object(std::string_view key, Presence presence) {
  const base::Json* value = member(key, presence);
  if (value == nullptr || value->is_object()) return value;
  wrong_kind(key, *value, "an object");
  return nullptr;
}

bool ObjectReader::text(std::string_view key, std::string& out, Presence presence,
                        size_t most_bytes) {
  const base::Json* value = member(key, presence);
  if (value == nullptr) return false;
  auto normal = canonical_text(*value, quoted(key), problems_, most_bytes);
  if (normal) out = std::move(*normal);
  return normal.has_value();
}

bool ObjectReader::name(std::string_view key, std::string& out, Presence presence) {
  std::string spelled;
  const base::Json* value = member(key, presence);
  if (value == nullptr || !text(key, spelled)) return false;
  if (!is_name(spelled)) {
    return refuse(value->at(), quoted(key) +
                                   " must be a name: letters, digits, '_', '-' and '.', at most " +
                                   std::to_string(kMaxNameBytes));
  }
  out = std::move(spelled);
  return true;
}

bool ObjectReader::names(std::string_view key, std::vector<std::string>& out, size_t most) {
  const auto* items = array(key, most);
  if (items == nullptr) return false;
  for (const base::Json& item : *items) {
    auto spelled = canonical_text(item, quoted(key), problems_, kMaxNameBytes);
    if (!spelled) return false;
    if (spelled->empty()) return refuse(item.at(), "an empty name in " + quoted(key));
    if (std::find(out.begin(), out.end(), *spelled) != out.end()) {
      return refuse(item.at(), quoted(*spelled) + " is in " + quoted(key) + " twice");
    }
    out.push_back(std::move(*spelled));
  }
  return true;
}

bool ObjectReader::integer(std::string_view key, int64_t least, int64_t most, int64_t& out,
                           Presence presence) {
  const base::Json* value = member(key, presence);
  if (value == nullptr) return false;
  const auto number = read_integer(*value, quoted(key), least, most, problems_);
  if (number) out = *number;
  return number.has_value();
}

bool ObjectReader::boolean(std::string_view key, bool& out) {
  const base::Json* value = member(key);
  if (value == nullptr) return false;
  if (value->as_boolean() == nullptr) return wrong_kind(key, *value, "true or false");
  out = *value->as_boolean();
  return true;
}

bool ObjectReader::box(std::string_view key, std::optional<Box>& out, Presence presence) {
  const base::Json* value = member(key, presence);
  if (value == nullptr) return false;
  out = read_box(*value, problems_);
  return out.has_value();
}

bool ObjectReader::word_ids(std::string_view key, std::vector<WordId>& out) {
  const base::Json* value = member(key);
  if (value == nullptr) return false;
  auto ids = read_word_ids(*value, problems_);
  if (ids) out = std::move(*ids);
  return ids.has_value();
}

JsonMap ObjectReader::finish() {
  JsonMap extra;
  if (!json_.is_object()) return extra;
  for (const auto& member : *json_.as_object()) {
    if (std::find(known_.begin(), known_.end(), member.key) != known_.end()) continue;
    if (!member.key.starts_with(kExtraPrefix)) {
      const std::vector<std::string> known(known_.begin(), known_.end());
      const std::string hint = problems_.did_you_mean(member.key, known);
      refuse(member.at, "unknown key " + quoted(member.key) +
                            (hint.empty() ? "; keys of your own begin with \"x-\"" : hint));
    } else if (member.key.size() > kMaxNameBytes || !base::is_nfc(member.key)) {
      refuse(member.at, "an x-... key has at most " + std::to_string(kMaxNameBytes) +
                            " bytes of normalised text");
    } else if (auto value = canonical_value(member.value, problems_)) {
      extra.emplace(member.key, std::move(*value));
    }
  }
  return extra;
}

}  // namespace corpus::detail
