#include "ocr/detail/pdf_image.h"

#include <gtest/gtest.h>

#include "tests/ocr/samples.h"

namespace ocr::detail {
namespace {

TEST(PdfImage, TakesAJpegAsItIs) {
  const std::string file = test::jpeg_page();
  const auto image = as_stored(file);
  ASSERT_TRUE(image);
  EXPECT_TRUE(image->jpeg);
  EXPECT_EQ(image->width, 1100);
  EXPECT_EQ(image->channels, 1);
  ASSERT_EQ(image->data.size(), 1U);
  EXPECT_EQ(image->data[0].data(), file.data());
}

TEST(PdfImage, TakesThePixelStreamsOfAPng) {
  const std::string file = test::png_page();
  const auto image = as_stored(file);
  ASSERT_TRUE(image);
  EXPECT_FALSE(image->jpeg);
  EXPECT_EQ(image->bits, 8);
  EXPECT_EQ(image->height, 260);
  EXPECT_FALSE(image->data.empty());
}

TEST(PdfImage, LeavesInterlacedPngToTheDecoder) {
  std::string file = test::png_page();
  file[28] = 1;  // IHDR: the interlace method
  EXPECT_FALSE(as_stored(file));
}

TEST(PdfImage, LeavesTransparentPngToTheDecoder) {
  std::string file = test::png_page();
  file[25] = 4;  // IHDR: gray with alpha
  EXPECT_FALSE(as_stored(file));
}

TEST(PdfImage, TakesNothingThatIsCutOff) {
  const std::string file = test::png_page();
  for (size_t size = 0; size + 12 < file.size(); size += 7) {
    EXPECT_FALSE(as_stored(std::string_view(file).substr(0, size))) << size;
  }
}

TEST(PdfImage, TakesNoOtherKindOfFile) {
  EXPECT_FALSE(as_stored(test::tiff_pages(1)));
  EXPECT_FALSE(as_stored(""));
}

}  // namespace
}  // namespace ocr::detail
