#include "storage/cursor.h"

#include "base/bytes.h"
#include "base/json.h"

namespace storage {
namespace {

base::Error not_ours() {
  return base::Error{base::Code::invalid, "the cursor is not one of this listing"};
}

}  // namespace

std::string make_cursor(std::string_view listing, const Values& position) {
  base::Json json = base::Json::array({listing});
  for (const Value& value : position) {
    if (const int64_t* number = value.as_integer()) {
      json.push(*number);
    } else {
      json.push(*value.as_text());
    }
  }
  return base::to_base64url(base::as_bytes(json.print()));
}

base::Result<Values> parse_cursor(std::string_view listing, std::string_view text) {
  const auto raw = base::from_base64url(text);
  if (!raw.ok()) return not_ours();
  const auto json =
      base::parse_json(base::as_text(*raw), {.depth = 2, .bytes = 1024, .values = 16});
  const base::Json::Array* items = json.ok() ? json->as_array() : nullptr;
  if (items == nullptr || items->empty() || items->front() != base::Json(listing))
    return not_ours();
  Values position;
  for (size_t i = 1; i < items->size(); ++i) {
    const base::Json& item = (*items)[i];
    if (const int64_t* number = item.as_integer()) {
      position.emplace_back(*number);
    } else if (const std::string* string = item.as_string()) {
      position.emplace_back(*string);
    } else {
      return not_ours();
    }
  }
  return position;
}

}  // namespace storage
