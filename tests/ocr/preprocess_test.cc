#include "ocr/detail/preprocess.h"

#include <gtest/gtest.h>

namespace ocr::detail {
namespace {

TEST(MatOf, KeepsEachPixelInItsPlace) {
  const Pix pix(pixCreate(7, 3, 8));
  for (int y = 0; y < 3; ++y) {
    for (int x = 0; x < 7; ++x) pixSetPixel(pix.get(), x, y, static_cast<l_uint32>(10 * y + x));
  }
  const cv::Mat mat = mat_of(pix);
  ASSERT_EQ(mat.size(), cv::Size(7, 3));
  for (int y = 0; y < 3; ++y) {
    for (int x = 0; x < 7; ++x) EXPECT_EQ(mat.at<uint8_t>(y, x), 10 * y + x);
  }
}

TEST(IsBlank, TellsNoisyPaperFromPrint) {
  const Pix paper(pixCreate(400, 400, 8));
  pixSetAllArbitrary(paper.get(), 230);
  EXPECT_TRUE(is_blank(paper));
  for (int x = 100; x < 300; ++x) {
    for (int y = 100; y < 110; ++y) pixSetPixel(paper.get(), x, y, 20);
  }
  EXPECT_FALSE(is_blank(paper));
}

TEST(GlyphHeight, IsTheMedianOfWhatLooksLikeLetters) {
  const Pix page(pixCreate(800, 400, 8));
  pixSetAllArbitrary(page.get(), 255);
  for (int i = 0; i < 40; ++i) {
    const int left = 20 + (i % 20) * 35;
    const int top = 60 + (i / 20) * 100;
    for (int y = 0; y < 18; ++y) {
      for (int x = 0; x < 10; ++x) pixSetPixel(page.get(), left + x, top + y, 0);
    }
  }
  EXPECT_NEAR(glyph_height(page), 18, 1);
}

}  // namespace
}  // namespace ocr::detail
