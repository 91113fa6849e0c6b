#include "base/clock.h"

#include <chrono>
#include <cstdio>
#include <ctime>
#include <optional>

#include "base/text.h"

namespace base {
namespace {

std::string format(Milliseconds moment, const char* pattern) {
  const auto seconds = static_cast<time_t>(moment >= 0 ? moment / 1000 : (moment - 999) / 1000);
  struct tm parts = {};
  gmtime_r(&seconds, &parts);
  char text[64];
  const size_t length = std::strftime(text, sizeof(text), pattern, &parts);
  return std::string(text, length);
}

// "HH:MM" of an offset, in minutes.
std::optional<int64_t> parse_offset(std::string_view text) {
  if (text == "Z" || text == "z") return 0;
  if (text.size() != 6 || (text[0] != '+' && text[0] != '-') || text[3] != ':') return std::nullopt;
  const auto hours = parse_integer(text.substr(1, 2));
  const auto minutes = parse_integer(text.substr(4, 2));
  if (!hours || !minutes || *hours > 23 || *minutes > 59) return std::nullopt;
  return (text[0] == '-' ? -1 : 1) * (*hours * 60 + *minutes);
}

}  // namespace

Milliseconds now_milliseconds() {
  using std::chrono::duration_cast, std::chrono::milliseconds, std::chrono::system_clock;
  return duration_cast<milliseconds>(system_clock::now().time_since_epoch()).count();
}

std::string to_rfc3339(Milliseconds moment) {
  return format(moment, "%Y-%m-%dT%H:%M:%SZ");
}

std::string to_rfc3339_with_milliseconds(Milliseconds moment) {
  char fraction[8];
  std::snprintf(fraction, sizeof(fraction), ".%03dZ",
                static_cast<int>((moment % 1000 + 1000) % 1000));
  return format(moment, "%Y-%m-%dT%H:%M:%S") + fraction;
}

Result<Milliseconds> from_rfc3339(std::string_view text) {
  const Error bad{Code::invalid, "not a time like 2026-11-21T22:41:12Z"};
  struct tm parts = {};
  const std::string head(text.substr(0, 19));
  const char* end =
      head.size() == 19 ? strptime(head.c_str(), "%Y-%m-%dT%H:%M:%S", &parts) : nullptr;
  if (end == nullptr || *end != '\0') return bad;
  std::string_view rest = text.substr(19);
  int64_t fraction = 0;
  if (rest.starts_with('.')) {
    const size_t digits = rest.find_first_not_of("0123456789", 1);
    if (digits == std::string_view::npos || digits == 1) return bad;
    const std::string padded = std::string(rest.substr(1, digits - 1)) + "00";
    fraction = parse_integer(std::string_view(padded).substr(0, 3)).value_or(0);
    rest = rest.substr(digits);
  }
  const auto offset = parse_offset(rest);
  if (!offset) return bad;
  return (int64_t{timegm(&parts)} - *offset * 60) * 1000 + fraction;
}

std::string to_http_date(Milliseconds moment) {
  return format(moment, "%a, %d %b %Y %H:%M:%S GMT");
}

}  // namespace base
