// The parts of reply.h that read request headers or add to a reply's own.
#include <algorithm>

#include "base/text.h"
#include "server/http/reply.h"

namespace server::http {
namespace {

constexpr std::string_view kContentPolicy =
    "default-src 'self'; img-src 'self' data: blob:; object-src 'none'; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'none'";

std::optional<uint64_t> parse_number(std::string_view text) {
  if (text.empty() || text[0] == '-') return {};
  const auto value = base::parse_integer(text);
  if (!value) return {};
  return static_cast<uint64_t>(*value);
}

RangeAnswer part(uint64_t first, uint64_t last) {
  return {RangeAnswer::Kind::part, {first, last - first + 1}};
}

// "-500": the last 500 bytes.
RangeAnswer suffix_range(std::string_view digits, uint64_t size) {
  const auto count = parse_number(digits);
  if (!count) return {};
  if (*count == 0 || size == 0) return {RangeAnswer::Kind::unsatisfiable, {}};
  return part(size - std::min(*count, size), size - 1);
}

std::string_view opaque_tag(std::string_view etag) {
  if (etag.substr(0, 2) == "W/") etag.remove_prefix(2);
  return etag;
}

}  // namespace

RangeAnswer parse_range(std::string_view header, uint64_t size) {
  constexpr std::string_view kUnit = "bytes=";
  if (header.substr(0, kUnit.size()) != kUnit) return {};
  const std::string_view spec = base::trim(header.substr(kUnit.size()));
  const size_t dash = spec.find('-');
  if (dash == spec.npos || spec.find(',') != spec.npos) return {};
  if (dash == 0) return suffix_range(spec.substr(1), size);
  const auto first = parse_number(spec.substr(0, dash));
  const std::string_view last_digits = spec.substr(dash + 1);
  const auto last = last_digits.empty() ? std::optional(UINT64_MAX) : parse_number(last_digits);
  if (!first || !last || *first > *last) return {};
  if (*first >= size) return {RangeAnswer::Kind::unsatisfiable, {}};
  return part(*first, std::min(*last, size - 1));
}

bool etag_matches(std::string_view list, std::string_view etag) {
  if (base::trim(list) == "*") return true;
  for (const std::string_view item : base::split(list, ',')) {
    if (opaque_tag(base::trim(item)) == opaque_tag(etag)) return true;
  }
  return false;
}

void add_security_headers(Headers& headers, bool secure) {
  headers.set_default("Content-Security-Policy", std::string(kContentPolicy));
  headers.set_default("X-Content-Type-Options", "nosniff");
  headers.set_default("X-Frame-Options", "DENY");
  headers.set_default("Referrer-Policy", "no-referrer");
  headers.set_default("Cross-Origin-Resource-Policy", "same-origin");
  headers.set_default("Cross-Origin-Opener-Policy", "same-origin");
  headers.set_default("Cache-Control", headers.has("ETag") ? "private, no-cache" : "no-store");
  if (secure) headers.set_default("Strict-Transport-Security", "max-age=31536000");
}

}  // namespace server::http
