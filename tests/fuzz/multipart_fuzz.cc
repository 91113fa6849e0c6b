// Form bodies. The first byte says into pieces of which size the rest is cut: however it is cut,
// the parser must see the same parts.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "server/http/multipart.h"

namespace {

struct Outcome {
  std::string seen;
  bool ok = false;
};

Outcome parse(std::string_view body, size_t step) {
  Outcome out;
  server::http::MultipartParser parser(
      "b",
      {.begin = [&](const server::http::Part& part) -> base::Result<void> {
         out.seen += "[" + part.name + "|" + part.file_name.value_or("-") + "]";
         return {};
       },
       .data = [&](std::string_view bytes) -> base::Result<void> {
         out.seen += bytes;
         return {};
       },
       .end = [&]() -> base::Result<void> {
         out.seen += "[end]";
         return {};
       }},
      {.parts = 16, .header_bytes = 256, .preamble_bytes = 256});
  for (size_t at = 0; at < body.size(); at += step) {
    if (!parser.feed(body.substr(at, step)).ok()) return out;
  }
  out.ok = parser.finish().ok();
  return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  const std::string_view body(reinterpret_cast<const char*>(data) + 1, size - 1);
  const Outcome whole = parse(body, body.size() + 1);
  const Outcome pieces = parse(body, 1 + data[0]);
  if (whole.ok && pieces.ok && whole.seen != pieces.seen) std::abort();
  (void)server::http::boundary_of(body);
  return 0;
}
