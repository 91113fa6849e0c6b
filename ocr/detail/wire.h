// What the server and its workers say to each other, over a socket pair.
//
// A frame is "GLS1", two 32-bit little-endian sizes, a JSON object and bytes. A request carries
// the input as a descriptor (SCM_RIGHTS). The worker may be in a stranger's hands, so its frames
// are capped before memory is taken and its JSON is believed only as far as it is checked here:
// parse_* are pure and total.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/file.h"
#include "base/json.h"
#include "base/result.h"
#include "corpus/document.h"
#include "corpus/words.h"
#include "ocr/failure.h"
#include "ocr/page_image.h"

namespace ocr::detail {

inline constexpr size_t kFrameHeader = 12;
inline constexpr uint32_t kJsonCap = 32u << 20;
inline constexpr uint32_t kBytesCap = 512u << 20;
inline constexpr size_t kWordsCap = 200'000;  // of a page
inline constexpr size_t kWordCap = 4096;      // bytes of one word

struct FrameSizes {
  uint32_t json = 0;
  uint32_t bytes = 0;
};
std::string print_frame_header(const FrameSizes& sizes);
base::Result<FrameSizes> parse_frame_header(std::string_view header);

struct Frame {
  base::Json json;
  std::string bytes;
};

// Blocking; for the worker's side, and for requests. `passed` goes along as a descriptor.
base::Result<void> send_frame(int socket, const base::Json& json, std::string_view bytes,
                              int passed = -1);
struct ReceivedRequest {
  base::Json json;
  base::UniqueFd input;
};
// Nothing when the other side has closed.
base::Result<std::optional<ReceivedRequest>> receive_request(int socket);

// A word of a PDF's text layer, offered with a page: boxes in pixels of the rendered page.
struct LayerWord {
  uint32_t block = 0;
  uint32_t line = 0;
  corpus::Box box;
  std::string text;
};

// A part of a file.
struct Extent {
  uint64_t at = 0;
  uint64_t size = 0;
};

struct PageRequest {
  std::string format;            // name_of(Format) or "pnm"
  std::optional<Extent> extent;  // where the image lies in the input; nothing: it is all of it
  uint32_t index = 0;            // of the image in the file, from 0
  uint64_t max_pixels = 0;
  bool fast = false;
  bool is_render = false;  // made by us from a PDF: never the canonical bytes themselves
  int32_t dpi = 0;         // overrides what the file says; 0: believe the file
  // Digests go ahead, of what is stored where that is told quickly and of the decoded pixels; the
  // answers decide whether the page is decoded and read at all: {"digest": hex} one way,
  // {"go_on": boolean} the other.
  bool asks_first = false;
  bool words_only = false;  // neither the image nor what is measured on it is wanted
  std::vector<LayerWord> layer;
};
base::Json to_json(const PageRequest& request);
base::Result<PageRequest> parse_page_request(const base::Json& json);

// The answer to a page: a failure, or the rest.
struct PageReply {
  std::optional<Failure> failure;
  PageImage image;  // its bytes travel beside the JSON
  StoredFrame stored;
  bool without_image = false;  // nobody wants it: its size is told all the same
  bool from_layer = false;
  std::vector<corpus::Word> words;  // ids are 0
  std::vector<corpus::Mark> marks;
  std::optional<corpus::PageQuality> quality;

  bool operator==(const PageReply&) const = default;
};
base::Json to_json(const PageReply& reply);
base::Result<PageReply> parse_page_reply(const base::Json& json, std::string bytes);

// The answer to "how many images are in this file".
struct ProbeReply {
  std::optional<Failure> failure;
  uint32_t pages = 0;
};
base::Json to_json(const ProbeReply& reply);
base::Result<ProbeReply> parse_probe_reply(const base::Json& json);

// A page of a searchable PDF that is to be written: frames of their own behind the request. Its
// image lies in the input file; a page without one is kept as it is in the source, or left blank.
struct PdfPageRequest {
  int32_t width = 0;  // of the canonical image, which words refer to
  int32_t height = 0;
  int32_t dpi = 0;
  int32_t rotation = 0;  // of the canonical image against the page as shown
  uint64_t image_at = 0;
  uint64_t image_size = 0;
  std::vector<corpus::Word> words;  // to be added, ids are not told
};
base::Json to_json(const PdfPageRequest& request);
base::Result<PdfPageRequest> parse_pdf_page_request(const base::Json& json);

// One step of an answer that comes in pieces: an archive unpacked, a PDF written.
struct StreamStep {
  enum class Kind { begin, bytes, end, done, failed } kind = Kind::done;
  std::string name;      // begin
  uint32_t skipped = 0;  // done
  std::optional<Failure> failure;
};
base::Json to_json(const StreamStep& step);
base::Result<StreamStep> parse_stream_step(const base::Json& json);

}  // namespace ocr::detail
