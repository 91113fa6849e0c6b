// Unguessable bytes and ids. Safe from any thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/bytes.h"

namespace base {

// From the operating system's generator.
Bytes random_bytes(size_t count);
// `count` random bytes in hexadecimal: for temporary names and request ids.
std::string random_token(size_t count);

// A ULID: 48 bits of milliseconds, 80 random bits, 26 upper-case Crockford digits; sorts by time.
// Ids made in one process within one millisecond still ascend. https://github.com/ulid/spec
std::string new_ulid();
bool is_ulid(std::string_view text);

}  // namespace base
