#include "server/http/headers.h"

#include <algorithm>

#include "base/text.h"

namespace server::http {
namespace {

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
}

std::string to_lower(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(), lower);
  return out;
}

// One value of a parameter list: a token, or a quoted string with its escapes undone. `rest` moves
// behind it.
std::string take_value(std::string_view& rest) {
  std::string out;
  if (rest.empty() || rest[0] != '"') {
    const size_t end = std::min(rest.find(';'), rest.size());
    out = std::string(base::trim(rest.substr(0, end)));
    rest.remove_prefix(end);
    return out;
  }
  rest.remove_prefix(1);
  while (!rest.empty() && rest[0] != '"') {
    if (rest[0] == '\\' && rest.size() > 1 && (rest[1] == '"' || rest[1] == '\\')) {
      rest.remove_prefix(1);
    }
    out += rest[0];
    rest.remove_prefix(1);
  }
  rest.remove_prefix(std::min(std::min(rest.find(';'), rest.size()), rest.size()));
  return out;
}

}  // namespace

bool equal_ignoring_case(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](char x, char y) { return lower(x) == lower(y); });
}

const std::string* Headers::find(std::string_view name) const {
  for (const Header& header : list_) {
    if (equal_ignoring_case(header.name, name)) return &header.value;
  }
  return nullptr;
}

std::string_view Headers::value_or(std::string_view name, std::string_view fallback) const {
  const std::string* value = find(name);
  return value ? std::string_view(*value) : fallback;
}

size_t Headers::count(std::string_view name) const {
  return static_cast<size_t>(std::count_if(list_.begin(), list_.end(), [&](const Header& header) {
    return equal_ignoring_case(header.name, name);
  }));
}

bool Headers::lists(std::string_view name, std::string_view token) const {
  for (const Header& header : list_) {
    if (!equal_ignoring_case(header.name, name)) continue;
    for (const std::string_view item : base::split(header.value, ',')) {
      if (equal_ignoring_case(base::trim(item), token)) return true;
    }
  }
  return false;
}

void Headers::add(std::string name, std::string value) {
  list_.push_back({std::move(name), std::move(value)});
}

void Headers::set(std::string name, std::string value) {
  remove(name);
  add(std::move(name), std::move(value));
}

void Headers::set_default(std::string name, std::string value) {
  if (!has(name)) add(std::move(name), std::move(value));
}

void Headers::remove(std::string_view name) {
  std::erase_if(list_,
                [&](const Header& header) { return equal_ignoring_case(header.name, name); });
}

std::string media_type_of(std::string_view content_type) {
  return to_lower(base::trim(content_type.substr(0, content_type.find(';'))));
}

std::optional<std::string> parameter_of(std::string_view value, std::string_view name) {
  std::string_view rest = value;
  rest.remove_prefix(std::min(rest.find(';'), rest.size()));
  while (!rest.empty()) {
    rest.remove_prefix(1);  // the semicolon
    const size_t end = std::min(rest.find_first_of("=;"), rest.size());
    const std::string_view key = base::trim(rest.substr(0, end));
    rest.remove_prefix(end);
    if (rest.empty() || rest[0] == ';') continue;
    rest.remove_prefix(1);  // the equals sign
    while (!rest.empty() && (rest[0] == ' ' || rest[0] == '\t')) rest.remove_prefix(1);
    std::string found = take_value(rest);
    if (equal_ignoring_case(key, name)) return found;
  }
  return {};
}

bool is_header_value(std::string_view value) {
  return std::none_of(value.begin(), value.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return (byte < 0x20 && c != '\t') || byte == 0x7f;
  });
}

}  // namespace server::http
