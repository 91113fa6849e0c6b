// What tus clients say in headers: metadata, counts, checksums.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "base/text.h"
#include "server/http/tus.h"

namespace {

void require(bool holds) {
  if (!holds) std::abort();
}

void check_metadata(std::string_view text) {
  const auto said = server::http::parse_upload_metadata(text);
  if (!said.ok()) return;
  require(base::is_utf8(said->file_name));
  require(said->file_name.find_first_of("/\\") == std::string::npos);
}

void check_checksum(std::string_view text) {
  auto checksum = server::http::UploadChecksum::parse(text);
  if (checksum.ok()) (void)checksum->matches();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  check_metadata(text);
  check_checksum(text);
  (void)server::http::parse_upload_count("Upload-Offset", &text);
  return 0;
}
