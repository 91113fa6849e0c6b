#include "ocr/detail/tiff.h"

#include <tiffio.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <unordered_set>

#include "base/handle.h"

namespace ocr::detail {
namespace {

using base::Code;
using base::Error;

constexpr size_t kDirectoriesCap = 100'000;

class Cursor {
 public:
  explicit Cursor(std::string_view bytes) : bytes_(bytes), little_(bytes.starts_with("II")) {}
  // Nothing beyond the end.
  bool read(uint64_t at, int count, uint64_t& value) const {
    if (at > bytes_.size() || static_cast<size_t>(count) > bytes_.size() - at) return false;
    value = 0;
    for (int i = 0; i < count; ++i) {
      const int from = little_ ? count - 1 - i : i;
      value = value << 8 | static_cast<uint8_t>(bytes_[at + static_cast<size_t>(from)]);
    }
    return true;
  }

 private:
  std::string_view bytes_;
  bool little_;
};

// ---- the file in memory, as libtiff's client

struct Memory {
  std::string_view bytes;
  uint64_t at = 0;
};

tmsize_t read_memory(thandle_t handle, void* out, tmsize_t size) {
  auto* memory = static_cast<Memory*>(handle);
  if (memory->at >= memory->bytes.size() || size <= 0) return 0;
  const size_t count =
      std::min<size_t>(static_cast<size_t>(size), memory->bytes.size() - memory->at);
  std::memcpy(out, memory->bytes.data() + memory->at, count);
  memory->at += count;
  return static_cast<tmsize_t>(count);
}
tmsize_t write_nothing(thandle_t, void*, tmsize_t) {
  return 0;
}
toff_t seek_memory(thandle_t handle, toff_t offset, int whence) {
  auto* memory = static_cast<Memory*>(handle);
  const uint64_t base = whence == SEEK_CUR   ? memory->at
                        : whence == SEEK_END ? memory->bytes.size()
                                             : 0;
  memory->at = base + offset;
  return memory->at;
}
int close_memory(thandle_t) {
  return 0;
}
toff_t size_of_memory(thandle_t handle) {
  return static_cast<Memory*>(handle)->bytes.size();
}
int map_memory(thandle_t handle, void** out, toff_t* size) {
  auto* memory = static_cast<Memory*>(handle);
  *out = const_cast<char*>(memory->bytes.data());
  *size = memory->bytes.size();
  return 1;
}
void unmap_memory(thandle_t, void*, toff_t) {}

using Tiff = base::Handle<TIFF, TIFFClose>;

Error damaged(const char* what) {
  return {Code::invalid, what};
}

uint32_t field(TIFF* tiff, uint32_t tag, uint32_t fallback) {
  uint16_t value = 0;
  return TIFFGetFieldDefaulted(tiff, tag, &value) == 1 ? value : fallback;
}

int32_t dpi_of(TIFF* tiff) {
  float resolution = 0;
  if (TIFFGetField(tiff, TIFFTAG_XRESOLUTION, &resolution) != 1) return 0;
  const double dpi = field(tiff, TIFFTAG_RESOLUTIONUNIT, RESUNIT_INCH) == RESUNIT_CENTIMETER
                         ? resolution * 2.54
                         : resolution;
  return dpi >= 50 && dpi <= 4800 ? static_cast<int32_t>(std::lround(dpi)) : 0;
}

bool is_bilevel(TIFF* tiff) {
  return field(tiff, TIFFTAG_BITSPERSAMPLE, 1) == 1 &&
         field(tiff, TIFFTAG_SAMPLESPERPIXEL, 1) == 1 &&
         field(tiff, TIFFTAG_PHOTOMETRIC, PHOTOMETRIC_MINISWHITE) <= PHOTOMETRIC_MINISBLACK &&
         TIFFIsTiled(tiff) == 0;
}

// One bit a pixel, row by row, so that a large fax costs an eighth of a byte a pixel.
base::Result<Pix> read_bilevel(TIFF* tiff, uint32_t width, uint32_t height) {
  Pix pix(pixCreate(static_cast<l_int32>(width), static_cast<l_int32>(height), 1));
  if (!pix) return Error{Code::limit, "not enough memory for the image"};
  const size_t row_bytes = static_cast<size_t>(TIFFScanlineSize(tiff));
  std::vector<uint8_t> row(std::max<size_t>(row_bytes, (width + 7) / 8));
  uint32_t good = 0;
  for (uint32_t y = 0; y < height; ++y) {
    if (TIFFReadScanline(tiff, row.data(), y) == 1) {
      ++good;
    }  // a damaged row repeats the one before, as faxes do
    l_uint32* line = pixGetData(pix.get()) + size_t{y} * static_cast<size_t>(pixGetWpl(pix.get()));
    for (size_t i = 0; i < (width + 7) / 8; ++i) SET_DATA_BYTE(line, i, row[i]);
  }
  if (good == 0) return damaged("no row of the image could be read");
  pixSetPadBits(pix.get(), 0);
  if (field(tiff, TIFFTAG_PHOTOMETRIC, PHOTOMETRIC_MINISWHITE) == PHOTOMETRIC_MINISBLACK) {
    pixInvert(pix.get(), pix.get());
  }
  return pix;
}

// One sample of `bits` bits out of a row, as 0 to 255.
uint32_t sample_at(const std::vector<uint8_t>& row, size_t index, uint32_t bits) {
  if (bits == 8) return row[index];
  if (bits == 16) {
    uint16_t wide = 0;
    std::memcpy(&wide, &row[2 * index], 2);  // libtiff has put it into our byte order
    return wide >> 8;
  }
  const size_t bit = index * bits;
  const uint32_t most = (1u << bits) - 1;
  const uint32_t value = row[bit / 8] >> (8 - bits - bit % 8) & most;
  return value * 255 / most;
}

bool is_separated(TIFF* tiff) {
  const uint32_t bits = field(tiff, TIFFTAG_BITSPERSAMPLE, 1);
  return field(tiff, TIFFTAG_PHOTOMETRIC, PHOTOMETRIC_MINISWHITE) == PHOTOMETRIC_SEPARATED &&
         field(tiff, TIFFTAG_SAMPLESPERPIXEL, 1) >= 4 && TIFFIsTiled(tiff) == 0 &&
         field(tiff, TIFFTAG_PLANARCONFIG, PLANARCONFIG_CONTIG) == PLANARCONFIG_CONTIG &&
         (bits == 1 || bits == 2 || bits == 4 || bits == 8 || bits == 16);
}

// CMYK of any depth; libtiff's own conversion knows 8 bits only.
base::Result<Pix> read_separated(TIFF* tiff, uint32_t width, uint32_t height) {
  Pix pix(pixCreate(static_cast<l_int32>(width), static_cast<l_int32>(height), 32));
  if (!pix) return Error{Code::limit, "not enough memory for the image"};
  const uint32_t bits = field(tiff, TIFFTAG_BITSPERSAMPLE, 1);
  const uint32_t samples = field(tiff, TIFFTAG_SAMPLESPERPIXEL, 4);
  const size_t needed = (size_t{width} * samples * bits + 7) / 8;
  std::vector<uint8_t> row(std::max(static_cast<size_t>(TIFFScanlineSize(tiff)), needed));
  uint32_t good = 0;
  for (uint32_t y = 0; y < height; ++y) {
    good += TIFFReadScanline(tiff, row.data(), y) == 1 ? 1 : 0;
    l_uint32* line = pixGetData(pix.get()) + size_t{y} * static_cast<size_t>(pixGetWpl(pix.get()));
    for (size_t x = 0; x < width; ++x) {
      const uint32_t light = 255 - sample_at(row, x * samples + 3, bits);
      const auto mixed = [&](size_t ink) {
        return (255 - sample_at(row, x * samples + ink, bits)) * light / 255;
      };
      line[x] = mixed(0) << L_RED_SHIFT | mixed(1) << L_GREEN_SHIFT | mixed(2) << L_BLUE_SHIFT;
    }
  }
  if (good == 0) return damaged("no row of the image could be read");
  return pix;
}

// Every other layout through libtiff's own conversion: tiled, CMYK, palette, YCbCr, 16 bit.
base::Result<Pix> read_colour(TIFF* tiff, uint32_t width, uint32_t height) {
  char why[1024] = "";
  if (TIFFRGBAImageOK(tiff, why) != 1) {
    return Error{Code::denied, "this kind of TIFF is not supported (float or unusual samples)"};
  }
  Pix pix(pixCreate(static_cast<l_int32>(width), static_cast<l_int32>(height), 32));
  if (!pix) return Error{Code::limit, "not enough memory for the image"};
  auto* raster = reinterpret_cast<uint32_t*>(pixGetData(pix.get()));
  const int as_stored = static_cast<int>(field(tiff, TIFFTAG_ORIENTATION, ORIENTATION_TOPLEFT));
  // libtiff only mirrors; asking for the file's own orientation leaves the rows as stored.
  if (TIFFReadRGBAImageOriented(tiff, width, height, raster,
                                as_stored == 0 ? ORIENTATION_TOPLEFT : as_stored, 0) != 1) {
    return damaged("the image data of the TIFF are damaged");
  }
  for (size_t i = 0; i < size_t{width} * height; ++i) {
    const uint32_t abgr = raster[i];
    const uint32_t alpha = TIFFGetA(abgr);
    // Alpha comes multiplied into the colours: add the white paper that shows through.
    const auto over = [&](uint32_t c) { return std::min<uint32_t>(255, c + (255 - alpha)); };
    raster[i] = over(TIFFGetR(abgr)) << L_RED_SHIFT | over(TIFFGetG(abgr)) << L_GREEN_SHIFT |
                over(TIFFGetB(abgr)) << L_BLUE_SHIFT;
  }
  return pix;
}

base::Result<Tiff> open_tiff(Memory& memory, uint64_t directory) {
  Tiff tiff(TIFFClientOpen("image", "rm", &memory, read_memory, write_nothing, seek_memory,
                           close_memory, size_of_memory, map_memory, unmap_memory));
  if (!tiff || TIFFSetSubDirectory(tiff.get(), directory) != 1) {
    return damaged("the TIFF's directory is damaged");
  }
  return tiff;
}

}  // namespace

std::vector<uint64_t> tiff_directories(std::string_view bytes) {
  std::vector<uint64_t> found;
  const Cursor cursor(bytes);
  uint64_t version = 0;
  if (!cursor.read(2, 2, version)) return found;
  const bool big = version == 43;
  const int word = big ? 8 : 4;
  uint64_t at = 0;
  if (!cursor.read(big ? 8 : 4, word, at)) return found;
  std::unordered_set<uint64_t> seen;
  while (at != 0 && found.size() < kDirectoriesCap && seen.insert(at).second) {
    uint64_t count = 0;
    if (!cursor.read(at, big ? 8 : 2, count) || count == 0 || count > 65535) break;
    found.push_back(at);
    const uint64_t next = at + (big ? 8 + 20 * count : 2 + 12 * count);
    if (!cursor.read(next, word, at)) break;
  }
  return found;
}

base::Result<Decoded> decode_tiff(std::string_view bytes, uint32_t index, uint64_t max_pixels) {
  TIFFSetWarningHandler(nullptr);
  TIFFSetErrorHandler(nullptr);
  const std::vector<uint64_t> directories = tiff_directories(bytes);
  if (index >= directories.size()) return damaged("the TIFF holds no such image");
  Memory memory{bytes};
  const Tiff tiff = TRY(open_tiff(memory, directories[index]));
  uint32_t width = 0;
  uint32_t height = 0;
  TIFFGetField(tiff.get(), TIFFTAG_IMAGEWIDTH, &width);
  TIFFGetField(tiff.get(), TIFFTAG_IMAGELENGTH, &height);
  if (width == 0 || height == 0) return damaged("the image has no usable size");
  const bool bilevel = is_bilevel(tiff.get());
  // libtiff's conversion takes four bytes a pixel.
  const uint64_t cap = bilevel ? max_pixels : max_pixels / 2;
  if (uint64_t{width} * height > cap) {
    return Error{Code::limit, "the image has " + std::to_string(uint64_t{width} * height) +
                                  " pixels; the limit is " + std::to_string(cap)};
  }
  Decoded decoded;
  decoded.pix = bilevel                    ? TRY(read_bilevel(tiff.get(), width, height))
                : is_separated(tiff.get()) ? TRY(read_separated(tiff.get(), width, height))
                                           : TRY(read_colour(tiff.get(), width, height));
  decoded.stored_width = static_cast<int32_t>(width);
  decoded.stored_height = static_cast<int32_t>(height);
  decoded.orientation = static_cast<int32_t>(field(tiff.get(), TIFFTAG_ORIENTATION, 1));
  if (decoded.orientation < 1 || decoded.orientation > 8) decoded.orientation = 1;
  decoded.dpi = dpi_of(tiff.get());
  const uint32_t compression = field(tiff.get(), TIFFTAG_COMPRESSION, COMPRESSION_NONE);
  decoded.lossy = compression == COMPRESSION_JPEG || compression == COMPRESSION_OJPEG;
  return decoded;
}

}  // namespace ocr::detail
