#include "ocr/detail/image_parts.h"

#include <gtest/gtest.h>

#include "tests/ocr/samples.h"

namespace ocr::detail {
namespace {

std::string joined(Format format, const std::string& file) {
  std::string out;
  for (const std::string_view part : deciding_parts(format, file)) out += part;
  return out;
}

// A PNG chunk whose checksum nobody looks at.
std::string chunk(const std::string& type, const std::string& data) {
  return std::string(3, '\0') + static_cast<char>(data.size()) + type + data + "sums";
}

std::string with(std::string file, size_t at, const std::string& more) {
  return file.insert(at, more);
}

constexpr size_t kBehindPngHeader = 8 + 25;
constexpr size_t kBehindJpegStart = 2;

TEST(DecidingParts, OfPngLeaveOutWhatIsOnlySaid) {
  const std::string png = test::png_page();
  const std::string parts = joined(Format::png, png);
  EXPECT_EQ(parts.substr(4, 4), "IHDR");
  EXPECT_EQ(joined(Format::png, png + "another file"), parts);
  EXPECT_EQ(joined(Format::png, with(png, kBehindPngHeader, chunk("tEXt", "Author"))), parts);
  EXPECT_NE(joined(Format::png, with(png, kBehindPngHeader, chunk("pHYs", "123456789"))), parts);
  EXPECT_NE(joined(Format::png, test::png_page({.width = 1101})), parts);
}

TEST(DecidingParts, OfJpegLeaveOutWhatIsOnlySaid) {
  const std::string jpeg = test::jpeg_page();
  const std::string parts = joined(Format::jpeg, jpeg);
  EXPECT_FALSE(parts.empty());
  const std::string comment("\xff\xfe\x00\x06said", 8);
  EXPECT_EQ(joined(Format::jpeg, with(jpeg, kBehindJpegStart, comment)), parts);
  const std::string xmp = std::string("\xff\xe1\x00\x16", 4) + "http://ns.adobe.com/";
  EXPECT_EQ(joined(Format::jpeg, with(jpeg, kBehindJpegStart, xmp)), parts);
  const std::string exif(
      "\xff\xe1\x00\x08"
      "Exif\0\0",
      10);
  EXPECT_NE(joined(Format::jpeg, with(jpeg, kBehindJpegStart, exif)), parts);
  EXPECT_NE(joined(Format::jpeg, test::jpeg_page({.width = 1101})), parts);
}

TEST(DecidingParts, AreNotToldOfWhatIsNotWhole) {
  const std::string png = test::png_page();
  for (size_t size = 0; size < png.size(); ++size) {
    EXPECT_TRUE(deciding_parts(Format::png, png.substr(0, size)).empty()) << size;
  }
  EXPECT_TRUE(deciding_parts(Format::jpeg, "\xff\xd8\xff\xe1\xff\xff").empty());
  EXPECT_TRUE(deciding_parts(Format::tiff, test::tiff_pages(1)).empty());
}

}  // namespace
}  // namespace ocr::detail
