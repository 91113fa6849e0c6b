// Invented pages as images, and what scanners, stamps and scissors make of them. For the tests of
// looks and of planted leaks. Drawn in a millisecond or so: thousands of them are no trouble.
#pragma once

#include <algorithm>
#include <cmath>
#include <random>
#include <string>
#include <vector>

#include "corpus/words.h"
#include "ocr/detail/pix.h"

namespace ocr::detail {

class InventedScans {
 public:
  explicit InventedScans(uint32_t seed) : random_(seed) {}

  // Without any words: lines of scribble, as of handwriting that no reader makes sense of.
  Pix scribble() {
    Pix page = paper(800, 1100);
    double y = between(80, 150);
    for (int line = 0; line < 20 && y < 1040; ++line) {
      y += between(34, 44);
      const double end = between(450, 740);
      for (double x = between(70, 90); x < end; x += between(12, 24)) x = scrawl(page, x, y);
    }
    return page;
  }

  // Words in print: the same letters look the same wherever they stand.
  Pix printed(const std::vector<corpus::Word>& words) {
    Pix page = paper(840, 1100);
    for (const corpus::Word& word : words) {
      int x = 20 + word.box.x0;
      const int y = 80 + word.box.y0 * 7 / 5;
      for (const char letter : word.text) {
        draw_letter(page, x, y, static_cast<unsigned char>(letter));
        x += 9;
      }
    }
    return page;
  }

  // What scissors leave: so much of the sheet, in its middle.
  static Pix cropped(const Pix& page, double share) {
    const auto width = static_cast<int>(width_of(page) * share);
    const auto height = static_cast<int>(height_of(page) * share);
    BOX* middle =
        boxCreate((width_of(page) - width) / 2, (height_of(page) - height) / 2, width, height);
    Pix left(pixClipRectangle(page.get(), middle, nullptr));
    boxDestroy(&middle);
    return left;
  }

  // Another scan of it: in another size and grey, turned, shifted, with the grain of its paper.
  Pix scanned_again(const Pix& page, bool stamped) {
    const auto scale = static_cast<float>(between(0.7, 1.2));
    Pix scan(pixScale(page.get(), scale, scale));
    if (stamped) stamp(scan);
    const auto angle = static_cast<float>(between(-1.5, 1.5) * M_PI / 180);
    scan = Pix(pixRotate(scan.get(), angle, L_ROTATE_AREA_MAP, L_BRING_IN_WHITE, 0, 0));
    const auto shift = static_cast<int>(between(-0.01, 0.01) * width_of(scan));
    scan = Pix(pixTranslate(nullptr, scan.get(), shift, shift, L_BRING_IN_WHITE));
    scan = Pix(pixBlockconv(scan.get(), 1, 1));
    grain(scan);
    return scan;
  }

 private:
  static Pix paper(int width, int height) {
    Pix page(pixCreate(width, height, 8));
    pixSetAll(page.get());
    return page;
  }

  double between(double low, double high) {
    return low + (high - low) * static_cast<double>(random_() % 10'000) / 10'000;
  }

  static void ink(const Pix& page, int x, int y, int width, int height) {
    pixRasterop(page.get(), x, y, width, height, PIX_CLR, nullptr, 0, 0);
  }

  // A stem and three bars, by the bits of the letter.
  static void draw_letter(const Pix& page, int x, int y, unsigned letter) {
    const unsigned bits = letter * 2'654'435'761u >> 16;
    ink(page, x + static_cast<int>(bits % 6), y, 2, 14);
    for (int bar = 0; bar < 3; ++bar) {
      const unsigned part = bits >> (3 + bar * 4);
      ink(page, x, y + bar * 6, 2 + static_cast<int>(part % 5), 1 + static_cast<int>(part / 5 % 2));
    }
  }

  double scrawl(const Pix& page, double x, double y) {
    const double end = x + between(25, 110);
    double height = 0;
    for (; x < end; x += 3) {
      const double next = between(-9, 9);
      const double low = y + std::min(height, next);
      ink(page, static_cast<int>(x), static_cast<int>(low), 2,
          static_cast<int>(std::abs(next - height)) + 2);
      height = next;
    }
    return end;
  }

  void stamp(const Pix& scan) {
    const int width = width_of(scan) / 6, height = height_of(scan) / 25;
    const int x = width_of(scan) / 2, y = height_of(scan) / 3;
    ink(scan, x, y, width, 3);
    ink(scan, x, y + height, width, 3);
    ink(scan, x, y, 3, height);
    ink(scan, x + width, y, 3, height);
  }

  void grain(const Pix& scan) {
    const double strength = between(0.7, 1);
    for (int y = 0; y < height_of(scan); ++y) {
      for (int x = 0; x < width_of(scan); ++x) {
        l_uint32 value = 0;
        pixGetPixel(scan.get(), x, y, &value);
        const double grey = 245 - (255 - static_cast<double>(value)) * strength + between(-10, 10);
        pixSetPixel(scan.get(), x, y, static_cast<l_uint32>(std::clamp(grey, 0.0, 255.0)));
      }
    }
  }

  std::mt19937 random_;
};

}  // namespace ocr::detail
