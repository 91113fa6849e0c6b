// Framing of git's wire: both readers must see the same packets, and stop at the same fault.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "vcs/pkt_line.h"

namespace {

// One to seven bytes at a time, as a network might give them.
vcs::Source trickle(std::string_view& rest) {
  return [&rest, step = size_t{0}](char* buffer, size_t size) mutable -> base::Result<size_t> {
    step = step % 7 + 1;
    const size_t got = rest.copy(buffer, std::min(size, step));
    rest.remove_prefix(got);
    return got;
  };
}

void require(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view body(reinterpret_cast<const char*>(data), size);
  vcs::PktReader reader(body);
  std::string_view rest = body;
  vcs::PktStream stream(trickle(rest));
  while (true) {
    const auto whole = reader.next();
    const auto part = stream.next();
    require(whole.ok() == part.ok());
    if (!whole.ok() || !*whole) return 0;
    require(part->has_value());
    require((*whole)->kind == (*part)->kind && (*whole)->payload == (*part)->payload);
    require(reader.rest() == rest);
  }
}
