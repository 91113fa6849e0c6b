#include "ocr/detail/wire.h"

#include <algorithm>
#include <limits>

#include "base/text.h"

namespace ocr::detail {
namespace {

constexpr std::string_view kMagic = "GLS1";
constexpr int64_t kSideCap = 1 << 20;

base::Error odd(const char* what) {
  return {base::Code::invalid, std::string("a worker's answer is malformed: ") + what};
}

void append_le32(std::string& out, uint32_t value) {
  for (int shift = 0; shift < 32; shift += 8) out += static_cast<char>(value >> shift & 0xff);
}

uint32_t load_le32(std::string_view bytes) {
  uint32_t value = 0;
  for (int i = 3; i >= 0; --i) value = value << 8 | static_cast<uint8_t>(bytes[i]);
  return value;
}

base::Result<int32_t> number(const base::Json& json, const char* key, int64_t least, int64_t most) {
  const int64_t* value = json.find_integer(key);
  if (value == nullptr || *value < least || *value > most) return odd(key);
  return static_cast<int32_t>(*value);
}

bool flag_in(const base::Json& json, const char* key) {
  const base::Json* value = json.find(key);
  return value != nullptr && value->as_boolean() != nullptr && *value->as_boolean();
}

const Failure* known(const Failure& failure) {
  static constexpr std::array kCodes = {kEmpty,    kUnsupported,  kDamaged,      kEncrypted,
                                        kTooLarge, kPageTooLarge, kTooManyPages, kTimeout,
                                        kMemory,   kCrashed};
  const bool found = std::any_of(kCodes.begin(), kCodes.end(),
                                 [&](const char* code) { return failure.code == code; });
  return found ? &failure : nullptr;
}

base::Json failure_json(const Failure& failure) {
  return base::Json::object({{"code", failure.code}, {"reason", failure.reason}});
}

// The reason is shown to people: one line of plain characters.
base::Result<std::optional<Failure>> failure_in(const base::Json& json) {
  const base::Json* found = json.find("failure");
  if (found == nullptr) return std::optional<Failure>();
  Failure failure{found->string_or("code", ""), found->string_or("reason", "")};
  if (known(failure) == nullptr || failure.reason.size() > 500) return odd("failure");
  for (char& c : failure.reason) {
    if (static_cast<uint8_t>(c) < 0x20 || static_cast<uint8_t>(c) > 0x7e) c = '?';
  }
  return std::optional<Failure>(std::move(failure));
}

base::Json word_json(uint32_t block, uint32_t line, const corpus::Box& box, int32_t confidence,
                     const std::string& text) {
  return base::Json::array({block, line, box.x0, box.y0, box.x1, box.y1, confidence, text});
}

// [block, line, x0, y0, x1, y1, confidence, text]
base::Result<corpus::Word> word_in(const base::Json& json, int32_t width, int32_t height) {
  const auto* fields = json.as_array();
  if (fields == nullptr || fields->size() != 8) return odd("word");
  std::array<int64_t, 7> numbers = {};
  for (size_t i = 0; i < numbers.size(); ++i) {
    const int64_t* value = (*fields)[i].as_integer();
    if (value == nullptr || *value < 0 || *value > std::numeric_limits<int32_t>::max()) {
      return odd("word");
    }
    numbers[i] = *value;
  }
  const std::string* text = (*fields)[7].as_string();
  if (text == nullptr || text->empty() || text->size() > kWordCap) return odd("text");
  const auto as_int = [&](size_t i) { return static_cast<int32_t>(numbers[i]); };
  corpus::Word word{0,
                    static_cast<uint32_t>(numbers[0]),
                    static_cast<uint32_t>(numbers[1]),
                    {as_int(2), as_int(3), as_int(4), as_int(5)},
                    as_int(6),
                    {}};
  if (!word.box.inside(width, height) || word.confidence > 1000) return odd("box");
  word.text = TRY(base::to_nfc(*text));
  return word;
}

base::Result<std::vector<corpus::Word>> words_in(const base::Json& json, int32_t width,
                                                 int32_t height) {
  const auto* array = json.find_array("words");
  if (array == nullptr || array->size() > kWordsCap) return odd("words");
  std::vector<corpus::Word> words;
  words.reserve(array->size());
  for (const base::Json& word : *array) words.push_back(TRY(word_in(word, width, height)));
  return words;
}

base::Json marks_json(const std::vector<corpus::Mark>& marks) {
  base::Json array = base::Json::array();
  for (const corpus::Mark& mark : marks) array.push(corpus::to_json(mark));
  return array;
}

base::Result<std::vector<corpus::Mark>> marks_in(const base::Json& json, int32_t width,
                                                 int32_t height) {
  const auto* array = json.find_array("marks");
  if (array == nullptr || array->size() > corpus::kMaxMarks) return odd("marks");
  std::vector<corpus::Mark> marks;
  for (const base::Json& item : *array) {
    corpus::Diagnostics problems;
    const auto mark = corpus::mark_from_json(item, problems);
    if (!mark || !mark->box.inside(width, height)) return odd("mark");
    marks.push_back(*mark);
  }
  return marks;
}

base::Json stored_json(const StoredFrame& stored) {
  return base::Json::object({{"width", stored.width},
                             {"height", stored.height},
                             {"orientation", stored.orientation},
                             {"rotation", stored.rotation},
                             {"dpi", stored.dpi}});
}

base::Result<int32_t> quarter_turns(const base::Json& json) {
  const int32_t degrees = TRY(number(json, "rotation", 0, 270));
  if (degrees % 90 != 0) return odd("rotation");
  return degrees;
}

base::Result<StoredFrame> stored_in(const base::Json& json) {
  const base::Json* found = json.find("stored");
  if (found == nullptr) return odd("stored");
  StoredFrame stored;
  stored.width = TRY(number(*found, "width", 1, kSideCap));
  stored.height = TRY(number(*found, "height", 1, kSideCap));
  stored.orientation = TRY(number(*found, "orientation", 1, 8));
  stored.rotation = TRY(quarter_turns(*found));
  stored.dpi = TRY(number(*found, "dpi", 0, 100'000));
  return stored;
}

base::Json quality_json(const corpus::PageQuality& quality) {
  base::Json out = base::Json::object({{"skew", quality.skew},
                                       {"sharpness", quality.sharpness},
                                       {"contrast", quality.contrast},
                                       {"x_height", quality.x_height},
                                       {"ink", quality.ink},
                                       {"blank", quality.blank}});
  if (quality.look) out.set("look", corpus::print_look(*quality.look));
  return out;
}

base::Result<std::optional<corpus::PageQuality>> quality_in(const base::Json& json) {
  const base::Json* found = json.find("quality");
  if (found == nullptr) return std::optional<corpus::PageQuality>();
  corpus::PageQuality quality;
  quality.skew = TRY(number(*found, "skew", -36'000, 36'000));
  quality.sharpness = TRY(number(*found, "sharpness", 0, 1'000));
  quality.contrast = TRY(number(*found, "contrast", 0, 1'000));
  quality.x_height = TRY(number(*found, "x_height", 0, kSideCap));
  quality.ink = TRY(number(*found, "ink", 0, 1'000));
  quality.blank = flag_in(*found, "blank");
  if (const std::string look = found->string_or("look", ""); !look.empty()) {
    const auto parsed = corpus::parse_look(look);
    if (!parsed.ok()) return odd("look");
    quality.look = *parsed;
  }
  return std::optional(quality);
}

// The bytes are shown by browsers: they must at least begin as what they are said to be.
bool begins_as(std::string_view bytes, std::string_view media_type) {
  if (media_type == "image/png") return bytes.starts_with("\x89PNG\r\n\x1a\n");
  return media_type == "image/jpeg" && bytes.starts_with("\xff\xd8\xff");
}

base::Result<PageImage> image_in(const base::Json& json, std::string bytes) {
  PageImage image;
  image.width = TRY(number(json, "width", 1, kSideCap));
  image.height = TRY(number(json, "height", 1, kSideCap));
  image.dpi = TRY(number(json, "dpi", 0, 100'000));
  image.rotation = TRY(quarter_turns(json));
  image.media_type = json.string_or("media_type", "");
  image.is_source = flag_in(json, "is_source");
  const bool known_type = image.media_type == "image/png" || image.media_type == "image/jpeg";
  const bool without_bytes = image.is_source || flag_in(json, "without_image");
  const bool sound = without_bytes ? bytes.empty() : begins_as(bytes, image.media_type);
  if (!known_type || !sound) return odd("image");
  image.bytes = std::move(bytes);
  return image;
}

base::Json words_json(const std::vector<corpus::Word>& words) {
  base::Json array = base::Json::array();
  for (const corpus::Word& word : words) {
    array.push(word_json(word.block, word.line, word.box, word.confidence, word.text));
  }
  return array;
}

}  // namespace

std::string print_frame_header(const FrameSizes& sizes) {
  std::string out(kMagic);
  append_le32(out, sizes.json);
  append_le32(out, sizes.bytes);
  return out;
}

base::Result<FrameSizes> parse_frame_header(std::string_view header) {
  if (header.size() != kFrameHeader || !header.starts_with(kMagic)) return odd("frame");
  const FrameSizes sizes{load_le32(header.substr(4)), load_le32(header.substr(8))};
  if (sizes.json == 0 || sizes.json > kJsonCap || sizes.bytes > kBytesCap) return odd("size");
  return sizes;
}

base::Json to_json(const PageRequest& request) {
  base::Json layer = base::Json::array();
  for (const LayerWord& word : request.layer) {
    layer.push(word_json(word.block, word.line, word.box, 1000, word.text));
  }
  base::Json out = base::Json::object({{"verb", "page"},
                                       {"format", request.format},
                                       {"index", request.index},
                                       {"max_pixels", request.max_pixels},
                                       {"fast", request.fast},
                                       {"is_render", request.is_render},
                                       {"dpi", request.dpi},
                                       {"asks_first", request.asks_first},
                                       {"words_only", request.words_only},
                                       {"words", std::move(layer)}});
  if (request.extent) {
    out.set("at", request.extent->at);
    out.set("size", request.extent->size);
  }
  return out;
}

base::Result<PageRequest> parse_page_request(const base::Json& json) {
  const auto flag = [&](const char* key) { return flag_in(json, key); };
  PageRequest request;
  request.format = json.string_or("format", "");
  request.index = static_cast<uint32_t>(json.integer_or("index", 0));
  request.max_pixels = static_cast<uint64_t>(json.integer_or("max_pixels", 0));
  request.fast = flag("fast");
  request.is_render = flag("is_render");
  request.dpi = static_cast<int32_t>(json.integer_or("dpi", 0));
  request.asks_first = flag("asks_first");
  request.words_only = flag("words_only");
  if (json.find("at") != nullptr) {
    request.extent = Extent{static_cast<uint64_t>(json.integer_or("at", 0)),
                            static_cast<uint64_t>(json.integer_or("size", 0))};
  }
  for (corpus::Word& word : TRY(words_in(json, kSideCap, kSideCap))) {
    request.layer.push_back({word.block, word.line, word.box, std::move(word.text)});
  }
  return request;
}

base::Json to_json(const PageReply& reply) {
  if (reply.failure) return base::Json::object({{"failure", failure_json(*reply.failure)}});
  base::Json out = base::Json::object({{"width", reply.image.width},
                                       {"height", reply.image.height},
                                       {"dpi", reply.image.dpi},
                                       {"rotation", reply.image.rotation},
                                       {"media_type", reply.image.media_type},
                                       {"is_source", reply.image.is_source},
                                       {"without_image", reply.without_image},
                                       {"stored", stored_json(reply.stored)},
                                       {"from_layer", reply.from_layer},
                                       {"words", words_json(reply.words)},
                                       {"marks", marks_json(reply.marks)}});
  if (reply.quality) out.set("quality", quality_json(*reply.quality));
  return out;
}

base::Result<PageReply> parse_page_reply(const base::Json& json, std::string bytes) {
  PageReply reply;
  reply.failure = TRY(failure_in(json));
  if (reply.failure) return reply;
  reply.image = TRY(image_in(json, std::move(bytes)));
  reply.stored = TRY(stored_in(json));
  reply.without_image = flag_in(json, "without_image");
  reply.from_layer = flag_in(json, "from_layer");
  reply.words = TRY(words_in(json, reply.image.width, reply.image.height));
  reply.marks = TRY(marks_in(json, reply.image.width, reply.image.height));
  reply.quality = TRY(quality_in(json));
  return reply;
}

base::Json to_json(const ProbeReply& reply) {
  if (reply.failure) return base::Json::object({{"failure", failure_json(*reply.failure)}});
  return base::Json::object({{"pages", reply.pages}});
}

base::Result<ProbeReply> parse_probe_reply(const base::Json& json) {
  ProbeReply reply;
  reply.failure = TRY(failure_in(json));
  if (reply.failure) return reply;
  reply.pages = static_cast<uint32_t>(TRY(number(json, "pages", 1, 1'000'000)));
  return reply;
}

base::Json to_json(const PdfPageRequest& request) {
  return base::Json::object({{"width", request.width},
                             {"height", request.height},
                             {"dpi", request.dpi},
                             {"rotation", request.rotation},
                             {"image_at", request.image_at},
                             {"image_size", request.image_size},
                             {"words", words_json(request.words)}});
}

base::Result<PdfPageRequest> parse_pdf_page_request(const base::Json& json) {
  PdfPageRequest request;
  request.width = TRY(number(json, "width", 0, kSideCap));
  request.height = TRY(number(json, "height", 0, kSideCap));
  request.dpi = TRY(number(json, "dpi", 0, 100'000));
  request.rotation = TRY(quarter_turns(json));
  request.image_at = static_cast<uint64_t>(json.integer_or("image_at", 0));
  request.image_size = static_cast<uint64_t>(json.integer_or("image_size", 0));
  request.words = TRY(words_in(json, request.width, request.height));
  return request;
}

base::Json to_json(const StreamStep& step) {
  switch (step.kind) {
    case StreamStep::Kind::begin:
      return base::Json::object({{"begin", step.name}});
    case StreamStep::Kind::bytes:
      return base::Json::object({{"bytes", true}});
    case StreamStep::Kind::end:
      return base::Json::object({{"end", true}});
    case StreamStep::Kind::done:
      return base::Json::object({{"done", step.skipped}});
    case StreamStep::Kind::failed:
      break;
  }
  return base::Json::object({{"failure", failure_json(step.failure.value_or(Failure{}))}});
}

base::Result<StreamStep> parse_stream_step(const base::Json& json) {
  StreamStep step;
  step.failure = TRY(failure_in(json));
  if (step.failure) {
    step.kind = StreamStep::Kind::failed;
  } else if (const std::string* name = json.find_string("begin")) {
    step.kind = StreamStep::Kind::begin;
    if (name->size() > kWordCap) return odd("name");
    step.name = *name;
  } else if (json.find("bytes") != nullptr) {
    step.kind = StreamStep::Kind::bytes;
  } else if (json.find("end") != nullptr) {
    step.kind = StreamStep::Kind::end;
  } else {
    step.kind = StreamStep::Kind::done;
    step.skipped = static_cast<uint32_t>(TRY(number(json, "done", 0, 1'000'000'000)));
  }
  return step;
}

}  // namespace ocr::detail
