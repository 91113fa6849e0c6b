#include "ocr/detail/quality.h"

#include <gtest/gtest.h>

#include "tests/ocr/samples.h"

namespace ocr::detail {
namespace {

Pix decoded(const std::string& png) {
  return Pix(pixReadMem(reinterpret_cast<const l_uint8*>(png.data()), png.size()));
}

// A page of text, a fair part of it covered.
Pix page() {
  Pix out(pixCreate(1100, 780, 8));
  pixSetAll(out.get());
  const Pix text = decoded(test::png_page());
  for (int y = 0; y < 780; y += 260)
    pixRasterop(out.get(), 0, y, 1100, 260, PIX_SRC, text.get(), 0, 0);
  return out;
}

Pix blurred(const Pix& pix) {
  return Pix(pixBlockconv(pix.get(), 4, 4));
}

TEST(PageQuality, TellsCleanPrint) {
  const auto quality = measure_quality(page());
  EXPECT_FALSE(quality.blank);
  EXPECT_GT(quality.contrast, 900);
  EXPECT_GT(quality.sharpness, 800);
  EXPECT_GT(quality.ink, 5);
  EXPECT_LT(quality.ink, 200);
  EXPECT_EQ(quality.skew, 0);
  EXPECT_GT(quality.x_height, 10);
}

TEST(PageQuality, TellsBlurredPrint) {
  EXPECT_LT(measure_quality(blurred(page())).sharpness, 400);
}

TEST(PageQuality, TellsHowFarThePageIsTurned) {
  const Pix turned(pixRotate(page().get(), 0.035F, L_ROTATE_AREA_MAP, L_BRING_IN_WHITE, 0, 0));
  EXPECT_NEAR(measure_quality(turned).skew, 200, 20);  // 2 degrees clockwise
}

TEST(PageQuality, TellsFaintPrint) {
  Pix faint = page();
  pixMultConstantGray(faint.get(), 0.3F);
  pixAddConstantGray(faint.get(), 170);
  const auto quality = measure_quality(faint);
  EXPECT_LT(quality.contrast, 400);
  EXPECT_FALSE(quality.blank);
}

TEST(PageQuality, TellsBlankPaper) {
  Pix paper(pixCreate(600, 800, 8));
  pixSetAllArbitrary(paper.get(), 240);
  const auto quality = measure_quality(paper);
  EXPECT_TRUE(quality.blank);
  EXPECT_EQ(quality.ink, 0);
}

TEST(PageQuality, IsTheSameForOneBitAndColour) {
  const Pix gray = page();
  const Pix colour(pixConvertTo32(gray.get()));
  EXPECT_EQ(measure_quality(colour), measure_quality(gray));
  const Pix bilevel(pixThresholdToBinary(gray.get(), 128));
  EXPECT_NEAR(measure_quality(bilevel).x_height, measure_quality(gray).x_height, 2);
}

}  // namespace
}  // namespace ocr::detail
