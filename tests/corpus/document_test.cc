#include "corpus/document.h"

#include <gtest/gtest.h>

#include "tests/support/result_matchers.h"

namespace corpus {
namespace {

using test::code_of;

Source source(std::string external_id, std::string claim) {
  Source out;
  out.external_id = std::move(external_id);
  out.customer = "C-1";
  out.claim = std::move(claim);
  out.received_at = 1'700'000'000'123;
  return out;
}

StoredFile stored(std::string_view content, std::string media_type) {
  const auto hashes = base::hashes_of(content);
  return {hashes.md5, hashes.sha256, hashes.size, std::move(media_type)};
}

Document example() {
  Document out;
  out.source = stored("source", "application/pdf");
  out.id = DocumentId::of(out.source.sha256);
  out.sources = {source("A-1", "K-1")};
  out.sources[0].group_keys["vehicle"] = {"M-AB 1", "M-AB 2"};
  out.pages = {{2480, 3508, 300, 90, TextOrigin::text_layer, stored("image", "image/png"), ""},
               {0, 0, 0, 0, TextOrigin::ocr, {}, "the page could not be decoded"}};
  out.next_word = 412;
  out.pipeline = {"1", base::Json::object({{"profile", "accurate"}})};
  return out;
}

TEST(Document, ReadsBackAsPrinted) {
  EXPECT_EQ(TAKE(parse_document(print_document(example()))), example());
}

TEST(Document, IsWrittenOnlyIfItCanBeRead) {
  EXPECT_EQ(TAKE(write_document(example())), print_document(example()));
  Document wrong = example();
  wrong.sources[0].group_keys["vehicle"] = {""};
  EXPECT_EQ(code_of(write_document(wrong)), base::Code::invalid);
  wrong = example();
  wrong.sources[0].customer = std::string("a\0b", 3);
  EXPECT_EQ(code_of(write_document(wrong)), base::Code::invalid);
}

TEST(Document, TellsWhatItsPagesAreLike) {
  Document measured = example();
  measured.pages[0].quality = PageQuality{-150, 820, 910, 24, 63, false, PageLook()};
  const std::string text = print_document(measured);
  EXPECT_EQ(TAKE(parse_document(text)), measured);
  EXPECT_EQ(TAKE(parse_page(to_json(measured.pages[0]).print())), measured.pages[0]);
  EXPECT_FALSE(parse_page("{}").ok());
}

TEST(Document, TellsWhatMarksItsPagesHave) {
  Document marked = example();
  marked.pages[0].marks = {{MarkKind::tick_box, MarkState::crossed, {118, 300, 142, 324}, 950},
                           {MarkKind::handwriting, MarkState::none, {200, 300, 700, 360}, 810}};
  EXPECT_EQ(TAKE(parse_document(print_document(marked))), marked);
  EXPECT_EQ(TAKE(parse_page(to_json(marked.pages[0]).print())), marked.pages[0]);
}

TEST(Document, IsOneLine) {
  const std::string text = print_document(example());
  EXPECT_EQ(text.find('\n'), text.size() - 1);
}

TEST(Document, RefusesAnIdThatIsNotItsHash) {
  Document wrong = example();
  wrong.id.hex = std::string(32, '0');
  EXPECT_EQ(code_of(parse_document(print_document(wrong))), base::Code::invalid);
}

TEST(Document, RefusesFractionsAndUnknownKeys) {
  Document wrong = example();
  wrong.pipeline.settings = base::Json::object({{"scale", 1.5}});
  EXPECT_FALSE(parse_document(print_document(wrong)).ok());
  std::string text = print_document(example());
  text.replace(text.find("next_word"), 9, "next_wrod");
  const auto result = parse_document(text);
  ASSERT_FALSE(result.ok());
}

TEST(Document, AnotherUploadAddsASource) {
  Document document = example();
  ASSERT_OK(add_source(document, source("A-2", "K-2")));
  EXPECT_EQ(document.sources.size(), 2u);
}

TEST(Document, ARepeatedUploadChangesNothing) {
  Document document = example();
  Source again = document.sources[0];
  again.received_at += 1000;
  ASSERT_OK(add_source(document, again));
  EXPECT_EQ(document, example());
}

TEST(Document, GroupKeysOfOneSourceAreJoined) {
  Document document = example();
  Source more = source("A-1", "K-1");
  more.group_keys["vehicle"] = {"M-AB 3"};
  ASSERT_OK(add_source(document, more));
  EXPECT_EQ(document.sources.size(), 1u);
  EXPECT_EQ(document.sources[0].group_keys["vehicle"],
            (std::vector<std::string>{"M-AB 1", "M-AB 2", "M-AB 3"}));
}

TEST(Document, ConflictingMetadataNamesBoth) {
  Document document = example();
  const auto result = add_source(document, source("A-1", "K-9"));
  ASSERT_EQ(code_of(result), base::Code::conflict);
  EXPECT_NE(result.error().what.find("K-1"), std::string::npos);
  EXPECT_NE(result.error().what.find("K-9"), std::string::npos);
  EXPECT_EQ(document, example());
}

TEST(Document, ExtensionFollowsTheMediaType) {
  EXPECT_EQ(extension_of("application/pdf"), "pdf");
  EXPECT_EQ(extension_of("image/jpeg"), "jpg");
  EXPECT_EQ(extension_of("application/x-sh"), "bin");
}

}  // namespace
}  // namespace corpus
