// The head of a push, and the pack that follows it: what a stranger with a push right can send.
#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

#include "base/file.h"
#include "vcs/detail/pack_intake.h"
#include "vcs/detail/receive_request.h"

namespace {

vcs::Source source_of(std::string_view& rest) {
  return [&rest](char* buffer, size_t size) -> base::Result<size_t> {
    const size_t count = std::min(size, rest.size());
    std::copy_n(rest.data(), count, buffer);
    rest.remove_prefix(count);
    return count;
  };
}

vcs::ReceiveLimits small_limits() {
  vcs::ReceiveLimits limits;
  limits.max_commands = 20;
  limits.max_objects = 100;
  limits.max_pack_bytes = 1 << 20;
  limits.max_inflated_bytes = 1 << 22;
  limits.objects.max_blob_bytes = 1 << 20;
  return limits;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const vcs::ReceiveLimits limits = small_limits();
  std::string_view rest(reinterpret_cast<const char*>(data), size);
  const vcs::Source source = source_of(rest);
  vcs::PktStream packets(source);
  vcs::ReceiveRequest request;
  if (!vcs::read_receive_request(packets, limits, request).ok() || !request.has_pack()) return 0;
  const auto directory = base::TempDir::create();
  if (directory.ok()) (void)vcs::take_pack(source, directory->path(), limits).ok();
  return 0;
}
