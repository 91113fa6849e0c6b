// Members of a JSON object that must be there and have one type; errors carry their place.
// Private to dataset/.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/digest.h"
#include "base/json.h"
#include "base/result.h"

namespace dataset::detail {

inline base::Error expected(const base::Json& object, std::string_view key, const char* what) {
  const base::Json* value = object.find(key);
  return {base::Code::invalid, "\"" + std::string(key) + "\" must be " + what,
          value != nullptr ? value->at() : object.at()};
}

inline base::Result<std::string> need_string(const base::Json& object, std::string_view key) {
  const std::string* value = object.find_string(key);
  if (value == nullptr) return expected(object, key, "a text");
  return *value;
}

inline base::Result<uint64_t> need_count(const base::Json& object, std::string_view key) {
  const int64_t* value = object.find_integer(key);
  if (value == nullptr || *value < 0) return expected(object, key, "a whole number");
  return static_cast<uint64_t>(*value);
}

inline base::Result<const base::Json*> need_object(const base::Json& object, std::string_view key) {
  const base::Json* value = object.find(key);
  if (value == nullptr || !value->is_object()) return expected(object, key, "an object");
  return value;
}

inline base::Result<const base::Json::Array*> need_array(const base::Json& object,
                                                         std::string_view key) {
  const auto* value = object.find_array(key);
  if (value == nullptr) return expected(object, key, "a list");
  return value;
}

template <typename Hash>
base::Result<Hash> need_hash(const base::Json& object, std::string_view key) {
  const std::string* text = object.find_string(key);
  auto hash = text == nullptr ? expected(object, key, "a hash") : Hash::from_hex(*text);
  if (!hash.ok()) return expected(object, key, "a hash in lower-case hexadecimal digits");
  return *hash;
}

}  // namespace dataset::detail
