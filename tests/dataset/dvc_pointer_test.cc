#include "dataset/dvc_pointer.h"

#include <gtest/gtest.h>

#include "base/digest.h"
#include "tests/support/result_matchers.h"

namespace dataset {
namespace {

base::Md5 md5(std::string_view hex) {
  return TAKE(base::Md5::from_hex(hex));
}

DvcPointer docs_pointer() {
  return {.outs = {{.md5 = md5("dbe5cfe1c949b7b565d4566d14c46c50"),
                    .size = 30000006,
                    .nfiles = 3,
                    .path = "docs"}},
          .meta = {}};
}

constexpr std::string_view kDocsText =
    "outs:\n"
    "- md5: dbe5cfe1c949b7b565d4566d14c46c50.dir\n"
    "  size: 30000006\n"
    "  nfiles: 3\n"
    "  hash: md5\n"
    "  path: docs\n";

TEST(DvcPointer, PrintsADirectoryAsTheClientDoes) {
  EXPECT_EQ(print_dvc_pointer(docs_pointer()), kDocsText);
}

TEST(DvcPointer, PrintsAFileWithoutNfiles) {
  const DvcPointer pointer{
      .outs = {{.md5 = md5("d41d8cd98f00b204e9800998ecf8427e"), .path = "empty.txt"}}, .meta = {}};
  EXPECT_EQ(print_dvc_pointer(pointer),
            "outs:\n- md5: d41d8cd98f00b204e9800998ecf8427e\n  size: 0\n  hash: md5\n"
            "  path: empty.txt\n");
}

TEST(DvcPointer, ReadsBackSeveralOutsAndMeta) {
  DvcPointer pointer = docs_pointer();
  pointer.outs.push_back({.md5 = md5("d41d8cd98f00b204e9800998ecf8427e"), .path = "a/it's.txt"});
  pointer.meta = {{"release", "claims 1.3.0"}, {"digest", std::string(64, 'a')}};
  EXPECT_EQ(TAKE(parse_dvc_pointer(print_dvc_pointer(pointer))), pointer);
}

TEST(DvcPointer, QuotesHashesThatYamlWouldReadAsNumbers) {
  for (const char* hex : {"00000000000000000000000000000000", "12345678901234567890123e45678901"}) {
    const DvcPointer pointer{.outs = {{.md5 = md5(hex), .path = "a"}}, .meta = {}};
    const std::string text = print_dvc_pointer(pointer);
    EXPECT_NE(text.find("- md5: '" + std::string(hex) + "'\n"), std::string::npos) << text;
    EXPECT_EQ(TAKE(parse_dvc_pointer(text)), pointer);
  }
}

TEST(DvcPointer, LeavesOtherNamesPlainAsTheClientDoes) {
  for (const char* path : {"a b.txt", "it's.txt", "\u00e9.txt", "ab.dir", "123e", "e5", "a+b"}) {
    const DvcPointer pointer{
        .outs = {{.md5 = md5("1234567890123456789012345678901e"), .path = path}}, .meta = {}};
    const std::string text = print_dvc_pointer(pointer);
    EXPECT_NE(text.find("- md5: 1234567890123456789012345678901e\n"), std::string::npos) << text;
    EXPECT_NE(text.find("path: " + std::string(path) + "\n"), std::string::npos) << text;
    EXPECT_EQ(TAKE(parse_dvc_pointer(text)), pointer);
  }
}

TEST(DvcPointer, QuotesWordsThatYamlWouldReadAsOtherTypes) {
  for (const char* path : {"1.5", "true", "No", "null", "2026-11-21", "- a", "a: b", "0x10", ".5",
                           "1e5", "017", "a #b", "[a]", "'", "?"}) {
    const DvcPointer pointer{
        .outs = {{.md5 = md5("d41d8cd98f00b204e9800998ecf8427e"), .path = path}}, .meta = {}};
    const std::string text = print_dvc_pointer(pointer);
    EXPECT_NE(text.find("path: '"), std::string::npos) << text;
    EXPECT_EQ(TAKE(parse_dvc_pointer(text)), pointer);
  }
}

TEST(DvcPointer, RefusesAnotherSpellingWithItsPlace) {
  std::string text(kDocsText);
  text.replace(text.find("size: "), 6, "size:  ");
  const auto result = parse_dvc_pointer(text);
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(result.error().at, (base::Position{3, 9}));
}

TEST(DvcPointer, RefusesWhatIsNoPointer) {
  const std::string good(kDocsText);
  const std::string bad[] = {
      "",
      "outs:\n",
      "outs: []\n",
      good.substr(0, good.size() - 1),
      good + "\n",
      good + "meta:\n",
      good + "meta:\n  a_key_that_is_too_long_for_the_stack: 1\n",
      good + good.substr(6),
      "outs:\n- md5: DBE5cfe1c949b7b565d4566d14c46c50\n  size: 1\n  hash: md5\n  path: a\n",
      "outs:\n- md5: d41d8cd98f00b204e9800998ecf8427e\n  size: -1\n  hash: md5\n  path: a\n",
      "outs:\n- md5: d41d8cd98f00b204e9800998ecf8427e\n  size: 1\n  hash: sha\n  path: a\n",
      "outs:\n- md5: d41d8cd98f00b204e9800998ecf8427e\n  size: 1\n  hash: md5\n  path: ../a\n",
      "outs:\n- md5: d41d8cd98f00b204e9800998ecf8427e\n  size: 1\n  hash: md5\n  path: /a\n",
  };
  for (const std::string& text : bad) {
    EXPECT_EQ(test::code_of(parse_dvc_pointer(text)), base::Code::invalid) << text;
  }
}

}  // namespace
}  // namespace dataset
