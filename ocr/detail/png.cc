#include "ocr/detail/png.h"

#include <libdeflate.h>

#include <cmath>
#include <string_view>

#include "base/handle.h"

namespace ocr::detail {
namespace {

using Compressor = base::Handle<libdeflate_compressor, libdeflate_free_compressor>;

constexpr int kEffort = 2;  // of 12: beyond it pages hardly shrink
constexpr char kGray = 0, kIndexed = 3;
constexpr double kInchesPerMetre = 1 / 0.0254;

void append_be32(std::string& out, uint32_t value) {
  for (int shift = 24; shift >= 0; shift -= 8) out += static_cast<char>(value >> shift & 0xff);
}

void append_chunk(std::string& out, std::string_view type, std::string_view data) {
  append_be32(out, static_cast<uint32_t>(data.size()));
  const size_t begin = out.size();
  out += type;
  out += data;
  append_be32(out, libdeflate_crc32(0, out.data() + begin, out.size() - begin));
}

std::string header_of(const PngRows& image) {
  std::string out;
  append_be32(out, static_cast<uint32_t>(image.width));
  append_be32(out, static_cast<uint32_t>(image.height));
  out += static_cast<char>(image.bits);
  out += image.palette.empty() ? kGray : kIndexed;
  return out + std::string(3, '\0');  // deflate, its filters, not interlaced
}

std::string resolution_of(int32_t dpi) {
  const auto per_metre = static_cast<uint32_t>(std::lround(dpi * kInchesPerMetre));
  std::string out;
  append_be32(out, per_metre);
  append_be32(out, per_metre);
  return out + '\1';  // the unit is the metre
}

base::Result<std::string> packed(std::string_view rows) {
  const Compressor compressor(libdeflate_alloc_compressor(kEffort));
  if (!compressor) return base::Error{base::Code::limit, "not enough memory for the page image"};
  std::string out(libdeflate_zlib_compress_bound(compressor.get(), rows.size()), '\0');
  out.resize(
      libdeflate_zlib_compress(compressor.get(), rows.data(), rows.size(), out.data(), out.size()));
  return out;
}

}  // namespace

base::Result<std::string> print_png(const PngRows& image, int32_t dpi) {
  const std::string pixels = TRY(packed(image.rows));
  std::string out = "\x89PNG\r\n\x1a\n";
  append_chunk(out, "IHDR", header_of(image));
  if (dpi > 0) append_chunk(out, "pHYs", resolution_of(dpi));
  if (!image.palette.empty()) append_chunk(out, "PLTE", image.palette);
  append_chunk(out, "IDAT", pixels);
  append_chunk(out, "IEND", {});
  return out;
}

}  // namespace ocr::detail
