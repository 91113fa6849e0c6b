// What a worker in a stranger's hands may send: a frame header, then JSON, then bytes.
#include <algorithm>
#include <cstdint>
#include <string>

#include "ocr/detail/wire.h"

namespace {

// Whatever is believed must hold what the server relies on.
void check(const ocr::detail::PageReply& reply) {
  for (const corpus::Word& word : reply.words) {
    if (!word.box.inside(reply.image.width, reply.image.height) || word.text.empty())
      __builtin_trap();
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  std::string_view input(reinterpret_cast<const char*>(data), size);
  const std::string_view header = input.substr(0, ocr::detail::kFrameHeader);
  const auto sizes = ocr::detail::parse_frame_header(header);
  if (!sizes.ok()) return 0;
  input.remove_prefix(ocr::detail::kFrameHeader);
  const std::string_view text = input.substr(0, std::min<size_t>(sizes->json, input.size()));
  const auto json = base::parse_json(text, {.depth = 8, .bytes = ocr::detail::kJsonCap});
  if (!json.ok() || !json->is_object()) return 0;
  const auto reply = ocr::detail::parse_page_reply(*json, std::string(input.substr(text.size())));
  if (reply.ok() && !reply->failure) check(*reply);
  (void)ocr::detail::parse_probe_reply(*json);
  (void)ocr::detail::parse_stream_step(*json);
  return 0;
}
