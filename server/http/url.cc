#include "server/http/url.h"

#include <algorithm>

#include "base/text.h"

namespace server::http {
namespace {

constexpr size_t kMostPathBytes = 4096;
constexpr size_t kMostParameters = 1000;

bool is_unreserved(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '.' || c == '_' || c == '~';
}

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

bool is_control(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte < 0x20 || byte == 0x7f;
}

base::Error bad(std::string what) {
  return {base::Code::invalid, std::move(what), {}};
}

enum class Blank { keep, from_plus };

base::Result<std::string> decode_bytes(std::string_view text, Blank blank) {
  std::string out;
  out.reserve(text.size());
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '+' && blank == Blank::from_plus) {
      out += ' ';
    } else if (text[i] != '%') {
      out += text[i];
    } else {
      const int high = i + 2 < text.size() ? hex_digit(text[i + 1]) : -1;
      const int low = i + 2 < text.size() ? hex_digit(text[i + 2]) : -1;
      if (high < 0 || low < 0) return bad("a '%' without two hexadecimal digits");
      out += static_cast<char>(high * 16 + low);
      i += 2;
    }
  }
  if (!base::is_utf8(out)) return bad("malformed UTF-8");
  return out;
}

base::Result<void> check_segment(std::string_view segment, bool is_last) {
  if (segment.empty() && !is_last) return bad("the path has an empty segment");
  if (segment == "." || segment == "..") return bad("the path has a dot segment");
  return {};
}

base::Result<void> check_segments(std::string_view path) {
  const auto segments = base::split(path.substr(1), '/');
  for (size_t i = 0; i < segments.size(); ++i) {
    TRY(check_segment(segments[i], i + 1 == segments.size()));
  }
  return {};
}

// Form values may hold line breaks and tabs, but no other control character.
bool is_form_text(std::string_view text) {
  return std::none_of(text.begin(), text.end(),
                      [](char c) { return is_control(c) && c != '\n' && c != '\r' && c != '\t'; });
}

base::Result<std::string> decode_form(std::string_view text) {
  std::string out = TRY(decode_bytes(text, Blank::from_plus));
  if (!is_form_text(out)) return bad("a control character in a parameter");
  return out;
}

}  // namespace

std::string percent_encode(std::string_view text) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::string out;
  out.reserve(text.size());
  for (const char c : text) {
    if (is_unreserved(c)) {
      out += c;
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    out += '%';
    out += kDigits[byte >> 4];
    out += kDigits[byte & 15];
  }
  return out;
}

base::Result<std::string> percent_decode(std::string_view text) {
  std::string out = TRY(decode_bytes(text, Blank::keep));
  if (std::any_of(out.begin(), out.end(), is_control)) return bad("a control character");
  return out;
}

base::Result<std::string> decode_path(std::string_view raw_path) {
  if (raw_path.empty() || raw_path[0] != '/') return bad("the path does not begin with '/'");
  if (raw_path.size() > kMostPathBytes) return bad("the path is too long");
  if (raw_path.find_first_of("\\#?") != raw_path.npos) return bad("the path has a forbidden byte");
  std::string path = TRY(percent_decode(raw_path));
  // An encoded slash or backslash is a separator to some programs and a letter to others.
  if (std::count(path.begin(), path.end(), '/') !=
      std::count(raw_path.begin(), raw_path.end(), '/')) {
    return bad("the path has an encoded slash");
  }
  if (path.find('\\') != path.npos) return bad("the path has a backslash");
  TRY(check_segments(path));
  return path;
}

const std::string* Query::find(std::string_view name) const {
  for (const Entry& entry : entries_) {
    if (entry.first == name) return &entry.second;
  }
  return nullptr;
}

std::string Query::string_or(std::string_view name, std::string_view fallback) const {
  const std::string* value = find(name);
  return value ? *value : std::string(fallback);
}

std::vector<std::string_view> Query::all(std::string_view name) const {
  std::vector<std::string_view> values;
  for (const Entry& entry : entries_) {
    if (entry.first == name) values.push_back(entry.second);
  }
  return values;
}

base::Result<Query> parse_query(std::string_view text) {
  Query query;
  for (const std::string_view pair : base::split(text, '&')) {
    if (pair.empty()) continue;
    if (query.entries().size() >= kMostParameters) return bad("too many parameters");
    const size_t equals = std::min(pair.find('='), pair.size());
    std::string name = TRY(decode_form(pair.substr(0, equals)));
    std::string value = TRY(decode_form(pair.substr(std::min(equals + 1, pair.size()))));
    query.add(std::move(name), std::move(value));
  }
  return query;
}

std::string to_string(const Query& query) {
  std::string out;
  for (const auto& [name, value] : query.entries()) {
    if (!out.empty()) out += '&';
    out += percent_encode(name) + '=' + percent_encode(value);
  }
  return out;
}

}  // namespace server::http
