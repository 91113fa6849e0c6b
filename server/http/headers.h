// Header fields of a request or a reply (RFC 9110 section 5): names compare without case, order is
// kept, one name may come several times. A plain value.
//
//   reply.headers.set("Cache-Control", "no-store");
//   const std::string* type = request.headers.find("content-type");
#pragma once

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace server::http {

struct Header {
  std::string name;
  std::string value;
  bool operator==(const Header&) const = default;
};

class Headers {
 public:
  Headers() = default;
  Headers(std::initializer_list<Header> list) : list_(list) {}

  // The first value of that name, or null.
  const std::string* find(std::string_view name) const;
  bool has(std::string_view name) const { return find(name) != nullptr; }
  std::string_view value_or(std::string_view name, std::string_view fallback) const;
  size_t count(std::string_view name) const;
  // Whether the comma-separated list under that name (all its fields) holds the token, in any case.
  bool lists(std::string_view name, std::string_view token) const;

  void add(std::string name, std::string value);
  // Replaces every field of that name.
  void set(std::string name, std::string value);
  // Sets it unless a field of that name is there.
  void set_default(std::string name, std::string value);
  void remove(std::string_view name);

  auto begin() const { return list_.begin(); }
  auto end() const { return list_.end(); }
  size_t size() const { return list_.size(); }
  bool operator==(const Headers&) const = default;

 private:
  std::vector<Header> list_;
};

// ASCII only, as header names, media types and tokens compare.
bool equal_ignoring_case(std::string_view a, std::string_view b);

// "text/csv; charset=utf-8" -> "text/csv" in lower case.
std::string media_type_of(std::string_view content_type);
// The parameter of a structured header value: parameter_of("form-data; name=\"a\"", "name") -> a.
// Quoted strings are unescaped. Nothing if it is not there.
std::optional<std::string> parameter_of(std::string_view value, std::string_view name);

// What may stand in a header value: visible characters, blanks and tabs, bytes above 0x7f. Replies
// never carry anything else, so that a file name with a line break cannot forge a header.
bool is_header_value(std::string_view value);

}  // namespace server::http
