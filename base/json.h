// JSON (RFC 8259), the only door to it. A value knows where in the text it began, so that a
// message about a wrong label can say "12:31". Stricter than the RFC where ambiguity loses data:
// duplicate keys, lone surrogates, malformed UTF-8, NaN and integers beyond 64 bits are refused.
//
//   const Json body = TRY(parse_json(text));
//   const std::string* label = body.find_string("label");
//   std::string line = Json::object({{"id", id}, {"size", 3}}).print();
//
// Why not a library: docs/decisions/0003-own-json.md. Values are plain; no hidden sharing.
#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "base/result.h"

namespace base {

class Json {
 public:
  struct Member;
  using Array = std::vector<Json>;
  using Object = std::vector<Member>;  // in the order of the text; keys are unique
  enum class Kind { null, boolean, integer, real, string, array, object };

  // Implicit, so that object({{"size", 3}}) reads like JSON. Defined where Member is complete.
  Json();
  Json(std::nullptr_t);          // NOLINT: implicit
  Json(bool value);              // NOLINT: implicit
  Json(int value);               // NOLINT: implicit
  Json(unsigned value);          // NOLINT: implicit
  Json(int64_t value);           // NOLINT: implicit
  Json(uint64_t value);          // NOLINT: implicit; at most 2^63 - 1
  Json(double value);            // NOLINT: implicit; finite
  Json(const char* value);       // NOLINT: implicit
  Json(std::string value);       // NOLINT: implicit
  Json(std::string_view value);  // NOLINT: implicit
  Json(Array value);             // NOLINT: implicit
  Json(Object value);            // NOLINT: implicit
  Json(const Json&);
  Json(Json&&) noexcept;
  Json& operator=(const Json&);
  Json& operator=(Json&&) noexcept;
  ~Json();

  static Json array(std::initializer_list<Json> items = {});
  static Json object(std::initializer_list<std::pair<std::string, Json>> members = {});

  Kind kind() const { return static_cast<Kind>(data_.index()); }
  bool is_null() const { return kind() == Kind::null; }
  bool is_string() const { return kind() == Kind::string; }
  bool is_integer() const { return kind() == Kind::integer; }
  bool is_array() const { return kind() == Kind::array; }
  bool is_object() const { return kind() == Kind::object; }

  // Null unless of that kind.
  const bool* as_boolean() const { return std::get_if<bool>(&data_); }
  const int64_t* as_integer() const { return std::get_if<int64_t>(&data_); }
  const double* as_real() const { return std::get_if<double>(&data_); }
  const std::string* as_string() const { return std::get_if<std::string>(&data_); }
  const Array* as_array() const { return std::get_if<Array>(&data_); }
  Array* as_array() { return std::get_if<Array>(&data_); }
  const Object* as_object() const { return std::get_if<Object>(&data_); }
  Object* as_object() { return std::get_if<Object>(&data_); }

  // Of an object: the member's value, or null if there is none (or this is no object).
  const Json* find(std::string_view key) const;
  const std::string* find_string(std::string_view key) const;
  const int64_t* find_integer(std::string_view key) const;
  const Array* find_array(std::string_view key) const;
  std::string string_or(std::string_view key, std::string_view fallback) const;
  int64_t integer_or(std::string_view key, int64_t fallback) const;

  // Replaces the member or appends it; turns a null into an object.
  Json& set(std::string_view key, Json value);
  // Appends to an array; turns a null into an array.
  Json& push(Json value);

  // Where the value began in the text that it was parsed from; line 0 if it was not parsed.
  Position at() const { return at_; }
  void set_at(Position at) { at_ = at; }

  // One line, members in their order, no insignificant space, only `"`, `\` and control
  // characters escaped. Reals take the shortest digits that read back equal.
  std::string print() const;
  void print_to(std::string& out) const;
  // For people: two blanks a level.
  std::string print_pretty() const;

  // Values are equal if they print alike; object members compare in any order.
  bool operator==(const Json& other) const;

 private:
  std::variant<std::nullptr_t, bool, int64_t, double, std::string, Array, Object> data_;
  Position at_ = {};
};

struct Json::Member {
  std::string key;
  Json value;
  Position at = {};  // of the key
};

const char* name_of(Json::Kind kind);  // "a string", "an object", ...

struct JsonLimits {
  size_t depth = 64;
  size_t bytes = 64u << 20;
  size_t values = 4'000'000;  // caps memory: about 100 bytes each
};

// One value with nothing but blanks around it. `start` is the place of the text's first
// character in its file, for formats with one value a line.
Result<Json> parse_json(std::string_view text, const JsonLimits& limits = {},
                        Position start = {1, 1});

// The text in quotes, escaped as print() does it.
void append_json_string(std::string& out, std::string_view text);

}  // namespace base
