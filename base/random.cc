#include "base/random.h"

#include <sodium.h>

#include <array>
#include <mutex>

#include "base/clock.h"

namespace base {
namespace {

constexpr std::string_view kCrockford = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

std::string encode_ulid(uint64_t milliseconds, const std::array<uint8_t, 10>& random) {
  std::string out(26, '0');
  for (int i = 9; i >= 0; --i) {
    out[static_cast<size_t>(i)] = kCrockford[milliseconds & 31];
    milliseconds >>= 5;
  }
  for (size_t digit = 0; digit < 16; ++digit) {
    unsigned value = 0;
    for (size_t bit = digit * 5; bit < digit * 5 + 5; ++bit) {
      value = value << 1 | (random[bit / 8] >> (7 - bit % 8) & 1u);
    }
    out[10 + digit] = kCrockford[value];
  }
  return out;
}

}  // namespace

Bytes random_bytes(size_t count) {
  Bytes out(count);
  randombytes_buf(out.data(), out.size());
  return out;
}

std::string random_token(size_t count) {
  return to_hex(random_bytes(count));
}

std::string new_ulid() {
  static std::mutex mutex;
  static uint64_t last_time = 0;
  static std::array<uint8_t, 10> last_random = {};
  const std::lock_guard lock(mutex);
  const auto now = static_cast<uint64_t>(now_milliseconds());
  if (now > last_time) {
    last_time = now;
    randombytes_buf(last_random.data(), last_random.size());
    last_random[0] &= 0x7f;  // room to count up without overflow
  } else {
    for (size_t i = last_random.size(); i-- > 0 && ++last_random[i] == 0;) {
    }
  }
  return encode_ulid(last_time, last_random);
}

bool is_ulid(std::string_view text) {
  if (text.size() != 26 || text[0] > '7') return false;
  return text.find_first_not_of(kCrockford) == std::string_view::npos;
}

}  // namespace base
