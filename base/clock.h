// Time. Moments are milliseconds since 1970 UTC; text is RFC 3339 in UTC.
// Safe from any thread. Tests that need a fixed time pass moments, they do not set the clock.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace base {

using Milliseconds = int64_t;

Milliseconds now_milliseconds();
// "2026-11-21T22:41:12Z"; with_milliseconds: "2026-11-21T22:41:12.345Z".
std::string to_rfc3339(Milliseconds moment);
std::string to_rfc3339_with_milliseconds(Milliseconds moment);
// Takes any RFC 3339 time with an offset.
Result<Milliseconds> from_rfc3339(std::string_view text);
// "Sat, 21 Nov 2026 22:41:12 GMT", for HTTP headers.
std::string to_http_date(Milliseconds moment);

}  // namespace base
