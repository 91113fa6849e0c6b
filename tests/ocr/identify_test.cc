#include "ocr/identify.h"

#include <gtest/gtest.h>

#include <string>

#include "ocr/failure.h"

namespace ocr {
namespace {

using namespace std::string_literals;

std::string bmp_head() {
  std::string head(54, '\0');
  head.replace(0, 2, "BM");
  head[14] = 40;
  return head;
}

std::string tar_head() {
  std::string head(512, '\0');
  head.replace(257, 5, "ustar");
  return head;
}

TEST(Identify, KnowsEachFormatByItsFirstBytes) {
  EXPECT_EQ(identify("%PDF-1.7\n").format, Format::pdf);
  EXPECT_EQ(identify("\x89PNG\r\n\x1a\n").format, Format::png);
  EXPECT_EQ(identify("\xff\xd8\xff\xe0"s).format, Format::jpeg);
  EXPECT_EQ(identify("II*\0\x08\0\0\0"s).format, Format::tiff);
  EXPECT_EQ(identify("MM\0*\0\0\0\x08"s).format, Format::tiff);
  EXPECT_EQ(identify("RIFF\x10\0\0\0WEBPVP8 "s).format, Format::webp);
  EXPECT_EQ(identify(bmp_head()).format, Format::bmp);
  EXPECT_EQ(identify("GIF89a").format, Format::gif);
  EXPECT_EQ(identify("\0\0\0\x0cjP  \r\n\x87\n"s).format, Format::jp2);
  EXPECT_EQ(identify("PK\x03\x04").format, Format::zip);
  EXPECT_EQ(identify(tar_head()).format, Format::tar);
  EXPECT_EQ(identify("\x1f\x8b\x08"s).format, Format::gzip);
}

TEST(Identify, FindsPdfHeaderWithinTheFirstKilobyteOnly) {
  EXPECT_EQ(identify(std::string(1024, 'x') + "%PDF-1.4").format, Format::pdf);
  EXPECT_FALSE(identify(std::string(1025, 'x') + "%PDF-1.4").format);
}

TEST(Identify, SaysThatNothingIsEmpty) {
  EXPECT_EQ(identify(""), (Identity{std::nullopt, kEmpty, "the file is empty"}));
}

TEST(Identify, NamesWhatItRefuses) {
  const auto reason = [](const std::string& head) {
    const Identity identity = identify(head);
    EXPECT_EQ(identity.code, kUnsupported);
    return identity.reason;
  };
  EXPECT_NE(reason("\x7f"
                   "ELF\x02")
                .find("ELF"),
            std::string::npos);
  EXPECT_NE(reason("%!PS-Adobe-3.0").find("PostScript"), std::string::npos);
  EXPECT_NE(reason(" \n<!DOCTYPE HTML><p>").find("HTML"), std::string::npos);
  EXPECT_NE(reason("<?xml version=\"1.0\"?><svg/>").find("SVG"), std::string::npos);
  EXPECT_NE(reason("hello").find("no known kind"), std::string::npos);
}

TEST(Identify, TakesNoPostScriptOrPageForPdf) {
  EXPECT_FALSE(identify("%!PS\n%PDF-1.4").format);
  EXPECT_FALSE(identify("<html>%PDF-1.4").format);
}

TEST(Identify, TellsArchivesFromDocuments) {
  EXPECT_TRUE(is_archive(Format::zip));
  EXPECT_TRUE(is_archive(Format::gzip));
  EXPECT_FALSE(is_archive(Format::pdf));
}

}  // namespace
}  // namespace ocr
