#include "ocr/thumbnail.h"

#include "ocr/detail/wire.h"
#include "ocr/detail/worker.h"

namespace ocr {
namespace {

constexpr size_t kMostBytes = size_t{4} << 20;
constexpr uint64_t kMostPixels = 120'000'000;

// The worker's name of a format.
std::string format_of(const std::string& media_type) {
  return media_type == "image/jpeg" ? "jpeg" : "png";
}

base::Result<Thumbnail> converse(Worker& worker, int image, const ThumbnailOrder& order) {
  detail::PageRequest page;
  page.format = format_of(order.media_type);
  page.max_pixels = kMostPixels;
  base::Json request = to_json(page);
  request.set("verb", "thumbnail");
  request.set("width", order.width);
  TRY(worker.ask(request, image));
  detail::Frame frame = TRY(worker.next());
  Thumbnail out;
  const auto step = TRY(detail::parse_stream_step(frame.json));
  if (step.kind == detail::StreamStep::Kind::failed) {
    out.refusal = step.failure;
    return out;
  }
  if (step.kind != detail::StreamStep::Kind::bytes || frame.bytes.size() > kMostBytes ||
      !frame.bytes.starts_with("\xff\xd8\xff")) {
    return base::Error{base::Code::invalid, "a worker's answer is malformed: no small image"};
  }
  out.jpeg = std::move(frame.bytes);
  return out;
}

}  // namespace

base::Result<Thumbnail> make_thumbnail(WorkerPool& pool, int image, const ThumbnailOrder& order) {
  auto lease = TRY(pool.lease("eng", Urgency::urgent));
  auto made = converse(*lease, image, order);
  if (made.ok()) return made;
  if (!lease->healthy()) return Thumbnail{detail::failure_of(lease->ending()), ""};
  lease->abandon();
  return made;
}

}  // namespace ocr
