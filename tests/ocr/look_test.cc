#include "ocr/detail/look.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

#include "ocr/detail/quality.h"

namespace ocr::detail {
namespace {

// Pages without any words: lines of scribble, as of handwriting that no reader makes sense of.
class Scribbles {
 public:
  explicit Scribbles(uint32_t seed) : random_(seed) {}

  Pix page() {
    Pix page = paper(800, 1100);
    double y = between(80, 150);
    for (int line = 0; line < 20 && y < 1040; ++line) {
      y += between(34, 44);
      const double end = between(450, 740);
      for (double x = between(70, 90); x < end; x += between(12, 24)) x = word(page, x, y);
    }
    return page;
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

  double word(const Pix& page, double x, double y) {
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

corpus::PageLook seen(const Pix& page) {
  const auto look = look_of(page, measure_quality(page).skew);
  EXPECT_TRUE(look);
  return look.value_or(corpus::PageLook());
}

TEST(Look, OfOnePageIsTheSame) {
  Scribbles scribbles(1);
  const Pix page = scribbles.page();
  EXPECT_EQ(seen(page), seen(page));
}

TEST(Look, OfAnotherScanIsAlike) {
  Scribbles scribbles(2);
  for (int i = 0; i < 5; ++i) {
    const Pix page = scribbles.page();
    EXPECT_LE(corpus::distance(seen(page), seen(scribbles.scanned_again(page, false))),
              corpus::kAlikeAtMost);
  }
}

TEST(Look, OfAStampedScanIsAlike) {
  Scribbles scribbles(3);
  for (int i = 0; i < 5; ++i) {
    const Pix page = scribbles.page();
    EXPECT_LE(corpus::distance(seen(page), seen(scribbles.scanned_again(page, true))),
              corpus::kAlikeAtMost);
  }
}

TEST(Look, OfOtherPagesIsNot) {
  Scribbles scribbles(4);
  std::vector<corpus::PageLook> looks;
  for (int i = 0; i < 12; ++i) looks.push_back(seen(scribbles.page()));
  for (size_t i = 0; i < looks.size(); ++i) {
    for (size_t k = 0; k < i; ++k) {
      EXPECT_GT(corpus::distance(looks[i], looks[k]), corpus::kAlikeAtMost + 10);
    }
  }
}

TEST(Look, DoesNotDependOnTheDepthOfTheImage) {
  Scribbles scribbles(5);
  const Pix page = scribbles.page();
  const Pix binary(pixThresholdToBinary(page.get(), 128));
  const Pix colour(pixConvertTo32(page.get()));
  EXPECT_EQ(seen(page), seen(colour));
  EXPECT_LE(corpus::distance(seen(page), seen(binary)), 16);
}

TEST(Look, OfBlankPaperIsNone) {
  Pix paper(pixCreate(600, 800, 8));
  pixSetAllArbitrary(paper.get(), 240);
  EXPECT_FALSE(look_of(paper, 0));
  EXPECT_FALSE(look_of(Pix(pixCreate(1, 1, 8)), 0));
}

}  // namespace
}  // namespace ocr::detail
