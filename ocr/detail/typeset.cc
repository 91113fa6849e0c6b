#include "ocr/detail/typeset.h"

#include <algorithm>
#include <array>
#include <map>
#include <string>
#include <vector>

#include "ocr/detail/png.h"

namespace ocr::detail {
namespace {

constexpr l_uint32 kWhite = 0xffffff00;      // of 32 bits
constexpr l_uint32 kFourWhite = 0xffffffff;  // of 8 bits each
constexpr uint32_t kMostColours = 4096;      // more: it is a picture
constexpr uint64_t kAreaShare = 2000;        // a colour of one in so many pixels is that of an area
constexpr size_t kMostInPalette = 256;

uint8_t luminance(l_uint32 colour) {
  const l_uint32 red = colour >> L_RED_SHIFT & 0xff, green = colour >> L_GREEN_SHIFT & 0xff,
                 blue = colour >> L_BLUE_SHIFT & 0xff;
  return static_cast<uint8_t>((77 * red + 128 * green + 51 * blue + 128) >> 8);
}

// Most of a page is paper, which is done with four pixels at a time.
void gray_row(const l_uint32* from, int32_t width, l_uint32* to) {
  int32_t x = 0;
  for (; x + 4 <= width; x += 4, from += 4) {
    const bool paper = (from[0] & from[1] & from[2] & from[3]) == kWhite;
    *to++ = paper ? kFourWhite
                  : l_uint32{luminance(from[0])} << 24 | l_uint32{luminance(from[1])} << 16 |
                        l_uint32{luminance(from[2])} << 8 | luminance(from[3]);
  }
  for (int32_t rest = 0; x < width; ++x, ++rest) SET_DATA_BYTE(to, rest, luminance(from[rest]));
}

uint32_t sixteenth(uint32_t level) {
  return (level * 15 + 127) / 255;
}

// ---- gray

// Gray that is neither paper nor ink: edges of letters have little of it, pictures and tinted areas
// much.
bool is_letters_on_paper(const Pix& gray) {
  constexpr int kDark = 16, kLight = 239;
  constexpr double kMostBetween = 0.1;
  size_t between = 0;
  size_t seen = 0;
  for (int y = 0; y < height_of(gray); y += 3) {
    const l_uint32* line = row_of(gray, y);
    for (int x = 0; x < width_of(gray); ++x) {
      const auto level = static_cast<int>(GET_DATA_BYTE(line, x));
      between += level > kDark && level < kLight ? 1 : 0;
    }
    seen += static_cast<size_t>(width_of(gray));
  }
  return static_cast<double>(between) <= kMostBetween * static_cast<double>(seen);
}

// Two pixels a byte.
PngRows gray_rows(const Pix& gray) {
  std::array<uint8_t, 256> steps = {};
  for (uint32_t level = 0; level < steps.size(); ++level) {
    steps[level] = static_cast<uint8_t>(sixteenth(level));
  }
  PngRows png{width_of(gray), height_of(gray), 4, {}, {}};
  const auto row_size = static_cast<size_t>(png.width + 1) / 2;
  png.rows.resize((row_size + 1) * static_cast<size_t>(png.height));
  char* to = png.rows.data();
  for (int32_t y = 0; y < png.height; ++y) {
    const l_uint32* line = row_of(gray, y);
    *to++ = 0;
    for (int32_t x = 0; x < png.width; x += 2) {
      if (x % 4 == 0 && x + 4 <= png.width && line[x / 4] == kFourWhite) {
        to = std::fill_n(to, 2, '\xff');
        x += 2;
        continue;
      }
      const uint8_t left = steps[GET_DATA_BYTE(line, x)];
      const uint8_t right = x + 1 < png.width ? steps[GET_DATA_BYTE(line, x + 1)] : uint8_t{0};
      *to++ = static_cast<char>(left << 4 | right);
    }
  }
  return png;
}

// ---- colour

// The colours of a page, each with a number, in a table of open addresses.
class Colours {
 public:
  Colours() : slots_(kSlots, kFree) {}

  // False when there are too many.
  bool count(l_uint32 colour, int32_t pixels) {
    uint32_t& number = slots_[slot_of(colour)];
    if (number == kFree) {
      if (list_.size() == kMostColours) return false;
      number = static_cast<uint32_t>(list_.size());
      list_.push_back({colour, 0});
    }
    list_[number].pixels += static_cast<uint64_t>(pixels);
    return true;
  }
  uint32_t number_of(l_uint32 colour) const { return slots_[slot_of(colour)]; }

  struct Entry {
    l_uint32 colour = 0;
    uint64_t pixels = 0;
  };
  const std::vector<Entry>& list() const { return list_; }

 private:
  static constexpr uint32_t kSlots = 4 * kMostColours;
  static constexpr uint32_t kFree = ~0U;

  size_t slot_of(l_uint32 colour) const {
    size_t slot = (colour >> 8) * 0x9e3779b1U >> 18;
    while (slots_[slot] != kFree && list_[slots_[slot]].colour != colour) {
      slot = (slot + 1) % kSlots;
    }
    return slot;
  }

  std::vector<uint32_t> slots_;
  std::vector<Entry> list_;
};

// Calls visit(colour, pixels) for each stretch of one colour, while it says true.
template <typename Visit>
bool for_each_stretch(const l_uint32* line, int32_t width, const Visit& visit) {
  for (int32_t x = 0; x < width;) {
    const int32_t begin = x;
    const l_uint32 colour = line[x];
    while (x < width && line[x] == colour) ++x;
    if (!visit(colour, x - begin)) return false;
  }
  return true;
}

bool count_colours(const Pix& page, Colours& colours) {
  for (int32_t y = 0; y < height_of(page); ++y) {
    const bool few = for_each_stretch(
        row_of(page, y), width_of(page),
        [&](l_uint32 colour, int32_t pixels) { return colours.count(colour, pixels); });
    if (!few) return false;
  }
  return true;
}

l_uint32 in_sixteen_steps(l_uint32 colour) {
  l_uint32 out = 0;
  for (const int shift : {L_RED_SHIFT, L_GREEN_SHIFT, L_BLUE_SHIFT}) {
    out |= 17 * sixteenth(colour >> shift & 0xff) << shift;
  }
  return out;
}

// What each colour is shown as, by its number; nothing if they are too many for a palette.
struct Palette {
  std::string colours;  // as PNG has them
  std::vector<uint8_t> index;
};
std::optional<Palette> palette_of(const Colours& colours, uint64_t pixels) {
  Palette palette;
  std::map<l_uint32, uint8_t> known;
  for (const Colours::Entry& entry : colours.list()) {
    const bool area = entry.pixels * kAreaShare >= pixels;
    const l_uint32 shown = area ? entry.colour : in_sixteen_steps(entry.colour);
    const auto [at, added] = known.emplace(shown, static_cast<uint8_t>(known.size()));
    if (added) {
      if (known.size() > kMostInPalette) return std::nullopt;
      for (const int shift : {L_RED_SHIFT, L_GREEN_SHIFT, L_BLUE_SHIFT}) {
        palette.colours += static_cast<char>(shown >> shift & 0xff);
      }
    }
    palette.index.push_back(at->second);
  }
  return palette;
}

std::optional<PngRows> colour_rows(const Pix& page) {
  Colours colours;
  if (!count_colours(page, colours)) return std::nullopt;
  PngRows png{width_of(page), height_of(page), 8, {}, {}};
  const auto pixels = static_cast<uint64_t>(png.width) * static_cast<uint64_t>(png.height);
  auto palette = palette_of(colours, pixels);
  if (!palette) return std::nullopt;
  png.palette = std::move(palette->colours);
  png.rows.resize(pixels + static_cast<uint64_t>(png.height));
  char* to = png.rows.data();
  for (int32_t y = 0; y < png.height; ++y) {
    *to++ = 0;
    for_each_stretch(row_of(page, y), png.width, [&](l_uint32 colour, int32_t stretch) {
      const uint8_t index = palette->index[colours.number_of(colour)];
      to = std::fill_n(to, stretch, static_cast<char>(index));
      return true;
    });
  }
  return png;
}

}  // namespace

Pix gray_of_typeset(const Pix& page) {
  if (depth_of(page) != 32) return gray_of(page);
  Pix gray(pixCreateNoInit(width_of(page), height_of(page), 8));
  for (int32_t y = 0; gray && y < height_of(page); ++y) {
    gray_row(row_of(page, y), width_of(page), row_of(gray, y));
  }
  if (gray) pixSetPadBits(gray.get(), 0);
  return gray;
}

base::Result<std::optional<Encoded>> encode_typeset(const Pix& page, int32_t dpi) {
  std::optional<PngRows> rows;
  if (depth_of(page) == 32) rows = colour_rows(page);
  if (depth_of(page) == 8 && is_letters_on_paper(page)) rows = gray_rows(page);
  if (!rows) return std::optional<Encoded>();
  return std::optional(Encoded{TRY(print_png(*rows, dpi)), "image/png"});
}

}  // namespace ocr::detail
