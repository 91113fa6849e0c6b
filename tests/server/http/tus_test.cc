#include "server/http/tus.h"

#include <gtest/gtest.h>

#include "tests/support/result_matchers.h"

namespace server::http {
namespace {

using base::Code;

std::string encoded(std::string_view text) {
  return base::to_base64(base::as_bytes(text));
}

TEST(UploadMetadata, HasANameAndTheFormsDetails) {
  const auto said = TAKE(parse_upload_metadata("filename " + encoded("größe.pdf") + ",metadata " +
                                               encoded(R"({"claim":"C-7"})")));
  EXPECT_EQ(said.file_name, "größe.pdf");
  EXPECT_EQ(said.details.string_or("claim", ""), "C-7");
}

TEST(UploadMetadata, MayBeAbsent) {
  EXPECT_EQ(TAKE(parse_upload_metadata("")).file_name, "document");
  EXPECT_EQ(TAKE(parse_upload_metadata("")).details, base::Json::object());
}

TEST(UploadMetadata, TakesNoDirectories) {
  const auto name = [](std::string_view path) {
    return TAKE(parse_upload_metadata("filename " + encoded(path))).file_name;
  };
  EXPECT_EQ(name("../../etc/passwd"), "passwd");
  EXPECT_EQ(name("C:\\scans\\a.tif"), "a.tif");
}

TEST(UploadMetadata, LetsPassWhatCommonClientsAdd) {
  EXPECT_OK(parse_upload_metadata("filetype YXBwbGljYXRpb24vcGRm,name YQ==, type,relativePath"));
}

TEST(UploadMetadata, RefusesWhatWouldBeLost) {
  for (const char* wrong :
       {"metdata e30=", "filename !", "filename YQ==,filename YQ==", ",", "filename YQ==,",
        "filename /w==", "metadata e30", "metadata e30= e30="}) {
    EXPECT_EQ(test::code_of(parse_upload_metadata(wrong)), Code::invalid) << wrong;
  }
  EXPECT_EQ(test::code_of(parse_upload_metadata("metadata " + encoded("{claim"))), Code::invalid);
}

TEST(UploadCount, IsDecimalAndNotNegative) {
  const auto count = [](const std::string& text) {
    return parse_upload_count("Upload-Offset", &text);
  };
  EXPECT_EQ(TAKE(count("0")), 0u);
  EXPECT_EQ(TAKE(count("9223372036854775807")), 9223372036854775807u);
  for (const char* wrong : {"", "-1", "+1", "0x1", "1 ", "9223372036854775808"}) {
    EXPECT_EQ(test::code_of(count(wrong)), Code::invalid) << wrong;
  }
  EXPECT_EQ(test::code_of(parse_upload_count("Upload-Offset", nullptr)), Code::invalid);
}

TEST(UploadChecksum, KnowsThreeAlgorithms) {
  const auto matches = [](std::string algorithm, base::ByteView digest, std::string_view text) {
    auto checksum = TAKE(UploadChecksum::parse(algorithm + " " + base::to_base64(digest)));
    checksum.update(text.substr(0, 2));
    checksum.update(text.substr(2));
    return checksum.matches();
  };
  EXPECT_TRUE(matches("sha1", base::sha1_of("hello").bytes, "hello"));
  EXPECT_TRUE(matches("sha256", base::sha256_of("hello").bytes, "hello"));
  EXPECT_TRUE(matches("md5", base::md5_of("hello").bytes, "hello"));
  EXPECT_FALSE(matches("sha1", base::sha1_of("hello").bytes, "hallo"));
  EXPECT_FALSE(matches("sha1", base::sha256_of("hello").bytes, "hello"));
}

TEST(UploadChecksum, RefusesWhatItDoesNotKnow) {
  for (const char* wrong : {"", "crc32 AAAA", "sha1 ?", "SHA1 AAAA"}) {
    EXPECT_EQ(test::code_of(UploadChecksum::parse(wrong)), Code::invalid) << wrong;
  }
}

}  // namespace
}  // namespace server::http
