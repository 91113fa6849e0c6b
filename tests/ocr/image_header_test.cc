#include "ocr/detail/image_header.h"

#include <gtest/gtest.h>

#include "ocr/detail/tiff.h"
#include "tests/ocr/samples.h"
#include "tests/support/result_matchers.h"

namespace ocr::detail {
namespace {

using namespace std::string_literals;

TEST(ImageHeader, TellsThePngSize) {
  const ImageHeader header = TAKE(read_image_header(Format::png, test::png_page()));
  EXPECT_EQ(header.width, 1100U);
  EXPECT_EQ(header.height, 260U);
}

TEST(ImageHeader, TellsTheJpegSizeAndOrientation) {
  const std::string jpeg = test::jpeg_page_with_orientation(8, {});
  const ImageHeader header = TAKE(read_image_header(Format::jpeg, jpeg));
  EXPECT_EQ(header.width, 1100U);
  EXPECT_EQ(header.orientation, 8);
  EXPECT_TRUE(header.has_scan);
}

TEST(ImageHeader, BelievesNoNonsenseOrientation) {
  const std::string jpeg = test::jpeg_page_with_orientation(99, {});
  EXPECT_EQ(TAKE(read_image_header(Format::jpeg, jpeg)).orientation, 1);
}

TEST(ImageHeader, SeesThatAJpegHasNoImageData) {
  const std::string jpeg = test::jpeg_page();
  const size_t scan = jpeg.find("\xff\xda");
  EXPECT_FALSE(TAKE(read_image_header(Format::jpeg, jpeg.substr(0, scan))).has_scan);
}

TEST(ImageHeader, RefusesAHeaderThatIsCutOff) {
  for (const Format format :
       {Format::png, Format::jpeg, Format::gif, Format::bmp, Format::webp, Format::jp2}) {
    EXPECT_FALSE(read_image_header(format, "").ok()) << name_of(format);
    EXPECT_FALSE(read_image_header(format, "abc").ok()) << name_of(format);
  }
}

TEST(TiffDirectories, AreCountedOnce) {
  EXPECT_EQ(tiff_directories(test::tiff_pages(3)).size(), 3U);
}

TEST(TiffDirectories, EndWhereTheChainBitesItsTail) {
  // One directory of one entry, whose next is itself.
  std::string tiff = "II*\0\x08\0\0\0\x01\0"s + std::string(12, '\0') + "\x08\0\0\0"s;
  EXPECT_EQ(tiff_directories(tiff), std::vector<uint64_t>{8});
}

TEST(TiffDirectories, AreNoneInNonsense) {
  EXPECT_TRUE(tiff_directories("").empty());
  EXPECT_TRUE(tiff_directories("II*\0\xff\xff\xff\xff"s).empty());
}

}  // namespace
}  // namespace ocr::detail
