#include "ocr/detail/typeset.h"

#include <gtest/gtest.h>

#include "tests/support/result_matchers.h"

namespace ocr::detail {
namespace {

constexpr l_uint32 rgb(l_uint32 red, l_uint32 green, l_uint32 blue) {
  return red << L_RED_SHIFT | green << L_GREEN_SHIFT | blue << L_BLUE_SHIFT;
}

Pix paper(int depth, int width = 301, int height = 200) {
  Pix out(pixCreate(width, height, depth));
  pixSetAllArbitrary(out.get(), depth == 32 ? rgb(255, 255, 255) : 255);
  return out;
}

void fill(const Pix& pix, int x, int y, int w, int h, l_uint32 colour) {
  BOX* area = boxCreate(x, y, w, h);
  pixSetInRectArbitrary(pix.get(), area, colour);
  boxDestroy(&area);
}

l_uint32 pixel(const Pix& pix, int x, int y) {
  l_uint32 value = 0;
  pixGetPixel(pix.get(), x, y, &value);
  return value;
}

Pix decoded(const Encoded& image) {
  return Pix(
      pixReadMemPng(reinterpret_cast<const l_uint8*>(image.bytes.data()), image.bytes.size()));
}

TEST(GrayOf, WeighsColoursAsLeptonicaDoes) {
  const Pix page = paper(32);
  for (int i = 0; i < 200; ++i) {
    fill(page, i, i, 1, 1, rgb(static_cast<l_uint32>(i), static_cast<l_uint32>(255 - i), 77));
  }
  const Pix ours = gray_of_typeset(page);
  const Pix theirs(pixConvertRGBToLuminance(page.get()));
  for (int y = 0; y < 200; ++y) {
    for (int x = 0; x < 301; ++x) {
      ASSERT_NEAR(static_cast<int>(pixel(ours, x, y)), static_cast<int>(pixel(theirs, x, y)), 1);
    }
  }
}

TEST(EncodeTypeset, KeepsLettersInSixteenLevels) {
  const Pix page = paper(8);
  fill(page, 10, 10, 40, 4, 0);
  fill(page, 300, 20, 1, 9, 100);  // the last column of an odd width
  const auto image = TAKE(encode_typeset(page, 200));
  ASSERT_TRUE(image);
  EXPECT_EQ(image->media_type, "image/png");
  EXPECT_EQ(image->bytes.at(24), 4);
  const Pix back = decoded(*image);
  ASSERT_EQ(width_of(back), 301);
  EXPECT_EQ(pixGetXRes(back.get()), 200);
  const auto level = [&](int x, int y) { return 17 * static_cast<int>(pixel(back, x, y)); };
  EXPECT_EQ(level(0, 0), 255);
  EXPECT_EQ(level(49, 13), 0);
  EXPECT_EQ(level(50, 13), 255);
  EXPECT_NEAR(level(300, 25), 100, 8);
}

TEST(EncodeTypeset, KeepsColoursOfAreasAsTheyAre) {
  const Pix page = paper(32);
  fill(page, 0, 30, 301, 20, rgb(13, 84, 92));
  fill(page, 5, 100, 3, 3, rgb(200, 100, 51));  // no area: an edge
  const auto image = TAKE(encode_typeset(page, 0));
  ASSERT_TRUE(image);
  const Pix back(pixRemoveColormap(decoded(*image).get(), REMOVE_CMAP_TO_FULL_COLOR));
  EXPECT_EQ(pixel(back, 0, 0) & 0xffffff00, rgb(255, 255, 255));
  EXPECT_EQ(pixel(back, 300, 49) & 0xffffff00, rgb(13, 84, 92));
  const l_uint32 edge = pixel(back, 6, 101);
  EXPECT_NEAR(static_cast<int>(edge >> L_RED_SHIFT & 0xff), 200, 8);
  EXPECT_NEAR(static_cast<int>(edge >> L_GREEN_SHIFT & 0xff), 100, 8);
  EXPECT_NEAR(static_cast<int>(edge >> L_BLUE_SHIFT & 0xff), 51, 8);
}

TEST(EncodeTypeset, GivesTheSameBytesForTheSamePage) {
  const Pix page = paper(32);
  fill(page, 0, 30, 301, 20, rgb(13, 84, 92));
  EXPECT_EQ(TAKE(encode_typeset(page, 200))->bytes, TAKE(encode_typeset(page, 200))->bytes);
}

TEST(EncodeTypeset, LeavesPicturesAlone) {
  const Pix colours = paper(32);
  for (l_uint32 x = 0; x < 256; ++x) {
    for (l_uint32 y = 0; y < 100; ++y) {
      fill(colours, static_cast<int>(x), static_cast<int>(y), 1, 1, rgb(x, 2 * y, 255 - x));
    }
  }
  EXPECT_FALSE(TAKE(encode_typeset(colours, 200)));
  const Pix shades = paper(8);
  fill(shades, 0, 0, 301, 60, 128);
  EXPECT_FALSE(TAKE(encode_typeset(shades, 200)));
}

}  // namespace
}  // namespace ocr::detail
