// The worker's own life: warm up, give up rights, serve. Whatever it is asked afterwards concerns
// strangers' bytes.
#include <fcntl.h>
#include <malloc.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <exception>
#include <new>

#include "base/digest.h"
#include "ocr/detail/confinement.h"
#include "ocr/detail/decode.h"
#include "ocr/detail/encode.h"
#include "ocr/detail/image_parts.h"
#include "ocr/detail/layer.h"
#include "ocr/detail/look.h"
#include "ocr/detail/marks.h"
#include "ocr/detail/pdf_writer.h"
#include "ocr/detail/quality.h"
#include "ocr/detail/recognizer.h"
#include "ocr/detail/signatures.h"
#include "ocr/detail/stages.h"
#include "ocr/detail/typeset.h"
#include "ocr/detail/unpack.h"
#include "ocr/detail/wire.h"

namespace ocr::detail {
namespace {

constexpr int kSocket = 3;

// The input file, mapped.
class Input {
 public:
  static base::Result<Input> map(const base::UniqueFd& fd) {
    struct stat status = {};
    if (!fd || fstat(fd.get(), &status) != 0) return base::system_error("look at the input", "");
    Input input;
    input.size_ = static_cast<size_t>(status.st_size);
    if (input.size_ == 0) return input;
    void* data = mmap(nullptr, input.size_, PROT_READ, MAP_PRIVATE, fd.get(), 0);
    if (data == MAP_FAILED) return base::system_error("map the input", "");
    input.data_ = static_cast<const char*>(data);
    return input;
  }
  Input(Input&& other) noexcept : data_(std::exchange(other.data_, nullptr)), size_(other.size_) {}
  ~Input() {
    if (data_ != nullptr) munmap(const_cast<char*>(data_), size_);
  }
  std::string_view bytes() const { return data_ == nullptr ? "" : std::string_view(data_, size_); }

 private:
  Input() = default;
  const char* data_ = nullptr;
  size_t size_ = 0;
};

Failure failure_of(const base::Error& error) {
  switch (error.code) {
    case base::Code::limit:
      return {kPageTooLarge, error.what};
    case base::Code::denied:
      return {kUnsupported, error.what};
    default:
      return {kDamaged, error.what};
  }
}

// What the image is, to those who would read it: its pixels, and how they came into the file.
std::string digest_of(const Decoded& decoded) {
  base::Hasher<base::Sha256> hasher;
  const Pix& pix = decoded.pix;
  std::string frame;
  for (const int64_t number :
       {int64_t{width_of(pix)}, int64_t{height_of(pix)}, int64_t{depth_of(pix)},
        int64_t{decoded.stored_width}, int64_t{decoded.stored_height}, int64_t{decoded.orientation},
        int64_t{decoded.dpi}, int64_t{decoded.lossy}, int64_t{decoded.showable}}) {
    frame += std::to_string(number) + ' ';
  }
  hasher.update(frame);
  const size_t size =
      size_t{4} * static_cast<size_t>(pixGetWpl(pix.get())) * static_cast<size_t>(height_of(pix));
  hasher.update({reinterpret_cast<const char*>(pixGetData(pix.get())), size});
  return hasher.finish().hex();
}

// The same of an image that is not decoded yet; nothing if only its pixels tell.
std::optional<std::string> digest_of(const PageRequest& request, std::string_view bytes) {
  const auto format = identify(bytes.substr(0, kHeadSize)).format;
  if (request.is_render || !format || request.format != name_of(*format)) return std::nullopt;
  const std::vector<std::string_view> parts = deciding_parts(*format, bytes);
  if (parts.empty()) return std::nullopt;
  base::Hasher<base::Sha256> hasher;
  for (const std::string_view part : parts) hasher.update(part);
  return hasher.finish().hex();
}

// Whether the page is to be read: nobody remembers it.
base::Result<bool> ask_first(const std::string& digest) {
  TRY(send_frame(kSocket, base::Json::object({{"digest", digest}}), {}));
  const auto answer = TRY(receive_request(kSocket));
  const base::Json* go_on = answer ? answer->json.find("go_on") : nullptr;
  if (go_on == nullptr || go_on->as_boolean() == nullptr) {
    return base::Error{base::Code::io, "no answer to the digest"};
  }
  return *go_on->as_boolean();
}

// The layer's words, and behind them what is read on the rest of the page. What lies turned there
// tells of a page that is better read as a whole.
base::Result<Recognition> read_beside(Recognizer& recognizer, const PageRequest& request,
                                      const Pix& gray, std::vector<corpus::Word> words) {
  const Pix rest = beside_layer(gray, request.layer);
  if (!rest) return base::Error{base::Code::limit, "not enough memory for the page"};
  Recognition read = TRY(recognizer.read(rest, measure_quality(rest), request.fast));
  if (read.rotation != 0) return recognizer.read(gray, measure_quality(gray), request.fast);
  uint32_t block = 0, line = 0;
  for (const corpus::Word& word : words) {
    block = std::max(block, word.block + 1);
    line = std::max(line, word.line + 1);
  }
  for (corpus::Word& word : read.words) {
    word.block += block;
    word.line += line;
    words.push_back(std::move(word));
  }
  return Recognition{std::move(words), 0};
}

// A page with a text layer, seen without reading.
struct LayerPage {
  Pix gray;
  LayerJudgement layer;
  bool typeset = false;  // drawn from type, and all its text is known
};

LayerPage look_at_layer(const PageRequest& request, const Pix& page) {
  LayerPage out;
  if (request.layer.empty()) return out;
  out.gray = gray_of_typeset(page);
  if (!out.gray) return out;
  out.layer = judge_layer(out.gray, request.layer);
  // What is drawn from type lies straight and has no grain; below it may still be a scan.
  out.typeset = out.layer.sound && request.is_render && !is_noisy(out.gray);
  return out;
}

// Nothing has to be read, and marks can only be where something besides words was drawn.
base::Result<PageReply> take_typeset_page(const PageRequest& request, const Decoded& decoded,
                                          LayerPage page) {
  PageReply reply;
  reply.from_layer = true;
  reply.words = std::move(page.layer.words);
  if (!page.layer.alone || asks_for_signature(reply.words)) {
    const Pix beside = beside_typeset(decoded.pix, request.layer);
    if (!beside) return base::Error{base::Code::limit, "not enough memory for the page"};
    std::vector<corpus::Word> seen = reply.words;  // what they say is beyond doubt
    reply.marks = find_marks(beside, seen);
  }
  reply.image.media_type = "image/png";
  reply.image.width = reply.stored.width = width_of(decoded.pix);
  reply.image.height = reply.stored.height = height_of(decoded.pix);
  reply.image.dpi = reply.stored.dpi = decoded.dpi;
  reply.without_image = request.words_only;
  if (request.words_only) return reply;
  reply.quality = measure_typeset(page.gray, reply.words);
  reply.quality->look = look_of(page.gray, 0);
  auto encoded = TRY(encode_typeset(decoded.pix, decoded.dpi));
  if (!encoded) encoded = TRY(encode_canonical(decoded.pix, Pixels::exact, decoded.dpi));
  reply.image.bytes = std::move(encoded->bytes);
  reply.image.media_type = std::move(encoded->media_type);
  return reply;
}

base::Result<PageReply> read_page(Recognizer& recognizer, const PageRequest& request,
                                  Decoded decoded, LayerPage layered) {
  Pix upright = oriented(std::move(decoded.pix), decoded.orientation);
  PageReply reply;
  Recognition read;
  LayerJudgement& layer = layered.layer;
  Pix gray = layered.gray ? std::move(layered.gray) : gray_of(upright);
  if (!gray) return base::Error{base::Code::limit, "not enough memory for the page"};
  reply.quality = measure_quality(gray);
  reply.from_layer = layer.sound;
  if (layer.sound) {
    read.words = std::move(layer.words);
  } else if (layer.partial) {
    read = TRY(read_beside(recognizer, request, gray, std::move(layer.words)));
  } else {
    read = TRY(recognizer.read(gray, *reply.quality, request.fast));
  }
  if (read.rotation != 0) {
    upright = Pix(pixRotateOrth(upright.get(), read.rotation / 90));
    gray = upright ? gray_of(upright) : Pix();
  }
  if (!upright || !gray) return base::Error{base::Code::limit, "not enough memory for the page"};
  if (!reply.quality->blank) {
    reply.quality->look = look_of(depth_of(upright) == 1 ? upright : gray, reply.quality->skew);
  }
  reply.marks = find_marks(upright, read.words);

  const bool as_it_is = decoded.showable && decoded.orientation == 1 && read.rotation == 0;
  const bool full_size = as_it_is && decoded.shrunk;
  reply.image.is_source = as_it_is;
  reply.image.width = full_size ? decoded.stored_width : width_of(upright);
  reply.image.height = full_size ? decoded.stored_height : height_of(upright);
  reply.image.rotation = read.rotation;
  reply.stored = {decoded.stored_width, decoded.stored_height, decoded.orientation, read.rotation,
                  decoded.dpi};
  reply.image.dpi = decoded.shrunk && !full_size
                        ? static_cast<int32_t>(int64_t{decoded.dpi} * width_of(upright) /
                                               std::max(1, decoded.stored_width))
                        : decoded.dpi;
  if (full_size) {
    const auto grown = [](int32_t value, int32_t from, int32_t to) {
      return static_cast<int32_t>(int64_t{value} * to / from);
    };
    const auto grow = [&](corpus::Box& box) {
      box = {grown(box.x0, width_of(upright), reply.image.width),
             grown(box.y0, height_of(upright), reply.image.height),
             grown(box.x1, width_of(upright), reply.image.width),
             grown(box.y1, height_of(upright), reply.image.height)};
    };
    for (corpus::Word& word : read.words) grow(word.box);
    for (corpus::Mark& mark : reply.marks) grow(mark.box);
  }
  reply.words = std::move(read.words);
  reply.image.media_type = request.format == "jpeg" ? "image/jpeg" : "image/png";
  reply.without_image = request.words_only;
  if (!as_it_is && !request.words_only) {
    Encoded encoded = TRY(
        encode_canonical(upright, decoded.lossy ? Pixels::lossy : Pixels::exact, reply.image.dpi));
    reply.image.bytes = std::move(encoded.bytes);
    reply.image.media_type = std::move(encoded.media_type);
  }
  return reply;
}

base::Result<void> serve_page(Recognizer& recognizer, const base::Json& json,
                              std::string_view bytes) {
  const PageRequest request = TRY(parse_page_request(json));
  const auto refuse = [](const base::Error& error) {
    PageReply failed;
    failed.failure = failure_of(error);
    return send_frame(kSocket, to_json(failed), {});
  };
  if (request.extent) {
    const auto [at, size] = *request.extent;
    if (at > bytes.size() || size > bytes.size() - at) {
      return base::Error{base::Code::invalid, "the page lies outside of its file"};
    }
    bytes = bytes.substr(at, size);
  }
  if (request.asks_first) {
    const auto stored = digest_of(request, bytes);
    if (stored && !TRY(ask_first(*stored))) return {};
  }
  auto decoded = decode_image(request, bytes);
  if (!decoded.ok()) return refuse(decoded.error());
  LayerPage layered = look_at_layer(request, decoded->pix);
  // To look for a typeset page among those that were read takes as long as to do it anew.
  const bool asks = request.asks_first && !layered.typeset;
  if (asks && !TRY(ask_first(digest_of(*decoded)))) return {};
  const auto reply = layered.typeset
                         ? take_typeset_page(request, *decoded, std::move(layered))
                         : read_page(recognizer, request, std::move(*decoded), std::move(layered));
  if (!reply.ok()) return refuse(reply.error());
  return send_frame(kSocket, to_json(*reply), reply->image.bytes);
}

base::Result<std::string> thumbnail_of(const base::Json& json, std::string_view bytes) {
  constexpr int64_t kWidest = 1'000;
  const PageRequest request = TRY(parse_page_request(json));
  const base::Json* width = json.find("width");
  const int64_t* pixels = width == nullptr ? nullptr : width->as_integer();
  if (pixels == nullptr || *pixels < 1 || *pixels > kWidest) {
    return base::Error{base::Code::invalid, "a thumbnail has a width"};
  }
  Decoded decoded = TRY(decode_image(request, bytes));
  const Pix upright = oriented(std::move(decoded.pix), decoded.orientation);
  if (!upright) return base::Error{base::Code::limit, "not enough memory for the page"};
  return encode_thumbnail(upright, static_cast<int32_t>(*pixels));
}

base::Result<void> serve_thumbnail(const base::Json& json, std::string_view bytes) {
  const auto made = thumbnail_of(json, bytes);
  if (made.ok())
    return send_frame(kSocket, to_json(StreamStep{StreamStep::Kind::bytes, {}, 0, {}}), *made);
  return send_frame(
      kSocket, to_json(StreamStep{StreamStep::Kind::failed, {}, 0, failure_of(made.error())}), {});
}

base::Result<void> serve_probe(const base::Json& json, std::string_view bytes) {
  ProbeReply reply;
  const auto count = count_images(json.string_or("format", ""), bytes);
  if (count.ok()) {
    reply.pages = *count;
  } else {
    reply.failure = failure_of(count.error());
  }
  return send_frame(kSocket, to_json(reply), {});
}

base::Result<void> serve(Recognizer& recognizer, const ReceivedRequest& request,
                         const HiddenVerbs& verbs) {
  const std::string verb = request.json.string_or("verb", "");
  if (verbs.worker_request) {
    if (const auto answer = verbs.worker_request(verb)) {
      return send_frame(kSocket, base::Json::object({{"answer", *answer}}), {});
    }
  }
  const Input input = TRY(Input::map(request.input));
  if (verb == "page") return serve_page(recognizer, request.json, input.bytes());
  if (verb == "thumbnail") return serve_thumbnail(request.json, input.bytes());
  if (verb == "probe") return serve_probe(request.json, input.bytes());
  if (verb == "archive") return unpack(kSocket, request.json, input.bytes());
  if (verb == "searchable") return write_searchable(kSocket, request.json, input.bytes());
  return base::Error{base::Code::invalid, "an unknown request"};
}

base::Result<void> confine(const WorkerPlan& plan) {
  TRY(restrict_resources(plan.limits, true));
  if (plan.mode == SandboxMode::full) TRY(restrict_files({}));
  return restrict_calls_of_worker();
}

// Until the server closes the conversation.
base::Result<void> serve_all(Recognizer& recognizer, const HiddenVerbs& verbs) {
  while (true) {
    const auto request = TRY(receive_request(kSocket));
    if (!request) return {};
    TRY(serve(recognizer, *request, verbs));
  }
}

// The first frame tells whether the worker is ready.
int refuse(const std::string& why) {
  (void)send_frame(kSocket, base::Json::object({{"refused", why}}), {});
  return 1;
}

// Each page takes the same tens of megabytes, many times over. Given back to the kernel in between,
// they come back as page faults, which cost a tenth of a page's time.
void keep_memory() {
#ifndef GLOSSATOR_SANITIZED
  constexpr int kLargest = 32 << 20;  // glibc allows no more
  constexpr int kKept = 256 << 20;
  mallopt(M_MMAP_THRESHOLD, kLargest);
  mallopt(M_TRIM_THRESHOLD, kKept);
#endif
}

int live(const WorkerPlan& plan, const HiddenVerbs& verbs) {
  setMsgSeverity(L_SEVERITY_NONE);
  keep_memory();
  auto recognizer = Recognizer::open(plan.languages, plan.tessdata, plan.detector);
  if (!recognizer.ok()) return refuse(recognizer.error().what);
  const auto confined = confine(plan);
  if (!confined.ok()) return refuse("sandbox: " + confined.error().what);
  if (!send_frame(kSocket, base::Json::object({{"ready", true}}), {}).ok()) return 1;
  const auto served = serve_all(*recognizer, verbs);
  // Destructors would only cost time, and libraries may do forbidden things at exit.
  _exit(served.ok() ? 0 : 1);
}

}  // namespace

int run_worker(const WorkerPlan& plan, const HiddenVerbs& verbs) {
  fcntl(kSocket, F_SETFD, FD_CLOEXEC);
  try {
    return live(plan, verbs);
  } catch (const std::bad_alloc&) {
    _exit(3);
  } catch (const std::exception&) {  // a library's; the parent sees a crash of this page
    _exit(4);
  }
}

}  // namespace ocr::detail
