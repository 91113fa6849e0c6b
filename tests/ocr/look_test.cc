#include "ocr/detail/look.h"

#include <gtest/gtest.h>

#include "ocr/detail/quality.h"
#include "tests/ocr/invented_scans.h"

namespace ocr::detail {
namespace {

corpus::PageLook seen(const Pix& page) {
  const auto look = look_of(page, measure_quality(page).skew);
  EXPECT_TRUE(look);
  return look.value_or(corpus::PageLook());
}

TEST(Look, OfOnePageIsTheSame) {
  InventedScans scans(1);
  const Pix page = scans.scribble();
  EXPECT_EQ(seen(page), seen(page));
}

TEST(Look, OfAnotherScanIsAlike) {
  InventedScans scans(2);
  for (int i = 0; i < 5; ++i) {
    const Pix page = scans.scribble();
    EXPECT_LE(corpus::distance(seen(page), seen(scans.scanned_again(page, false))),
              corpus::kAlikeAtMost);
  }
}

TEST(Look, OfAStampedScanIsAlike) {
  InventedScans scans(3);
  for (int i = 0; i < 5; ++i) {
    const Pix page = scans.scribble();
    EXPECT_LE(corpus::distance(seen(page), seen(scans.scanned_again(page, true))),
              corpus::kAlikeAtMost);
  }
}

TEST(Look, OfOtherPagesIsNot) {
  InventedScans scans(4);
  std::vector<corpus::PageLook> looks;
  for (int i = 0; i < 12; ++i) looks.push_back(seen(scans.scribble()));
  for (size_t i = 0; i < looks.size(); ++i) {
    for (size_t k = 0; k < i; ++k) {
      EXPECT_GT(corpus::distance(looks[i], looks[k]), corpus::kAlikeAtMost + 10);
    }
  }
}

TEST(Look, DoesNotDependOnTheDepthOfTheImage) {
  InventedScans scans(5);
  const Pix page = scans.scribble();
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
