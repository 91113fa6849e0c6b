#include "corpus/source.h"

#include <gtest/gtest.h>

#include "corpus/document.h"
#include "tests/support/result_matchers.h"

namespace corpus {
namespace {

using test::code_of;

base::Result<SourceDetails> parse(std::string_view text) {
  return parse_source_details(TAKE(base::parse_json(text)));
}

std::string refusal_of(std::string_view text) {
  const auto details = parse(text);
  return details.ok() ? "" : details.error().what;
}

bool names(const std::string& message, std::string_view part) {
  return message.find(part) != std::string::npos;
}

Document holding(Source source) {
  Document out;
  out.source.media_type = "image/png";
  out.id = DocumentId::of(out.source.sha256);
  out.sources = {std::move(source)};
  return out;
}

TEST(Source, TakesWhatAnUploaderSaysOfAllAndOfSingleFiles) {
  const auto details =
      TAKE(parse(R"({"customer":"C","claim":"K","group_keys":{"vehicle":"M 1","person":["a","b"]},)"
                 R"("files":{"a.pdf":{"external_id":"A-1"}}})"));
  const Source& common = details.of("other.pdf");
  EXPECT_EQ(common.customer, "C");
  EXPECT_EQ(common.group_keys.at("vehicle"), std::vector<std::string>{"M 1"});
  EXPECT_EQ(common.group_keys.at("person"), (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(details.of("a.pdf").external_id, "A-1");
  EXPECT_EQ(details.of("a.pdf").claim, "");
}

TEST(Source, RefusesUnknownKeysAndWrongTypes) {
  EXPECT_TRUE(names(refusal_of(R"({"costumer":"C"})"), "did you mean \"customer\"?"));
  EXPECT_TRUE(names(refusal_of(R"({"bogus":1})"), "\"bogus\""));
  EXPECT_TRUE(names(refusal_of(R"({"x-mine":1})"), "\"x-mine\""));
  EXPECT_TRUE(names(refusal_of(R"({"customer":5})"), "\"customer\" must be a string"));
  EXPECT_TRUE(names(refusal_of(R"({"group_keys":[]})"), "\"group_keys\" must be an object"));
  EXPECT_TRUE(names(refusal_of(R"({"files":{"a":{"files":{}}}})"), "unknown key \"files\""));
  EXPECT_TRUE(names(refusal_of(R"({"files":{"a":[]}})"), "expected an object"));
  EXPECT_NE(refusal_of("[]"), "");
}

TEST(Source, RefusesWhatDocumentJsonCouldNotHold) {
  const std::string longer(70'000, 'x');
  for (const std::string& text :
       {std::string(R"({"group_keys":{"a":""}})"), std::string(R"({"customer":"a\u0000b"})"),
        std::string(R"({"group_keys":{"":"v"}})"), std::string(R"({"group_keys":{"a\nb":"v"}})"),
        std::string(R"({"group_keys":{"a":["v","v"]}})"), "{\"customer\":\"" + longer + "\"}",
        "{\"group_keys\":{\"a\":\"" + longer + "\"}}",
        "{\"group_keys\":{\"" + longer + "\":\"v\"}}",
        "{\"files\":{\"a.pdf\":{\"claim\":\"" + longer + "\"}}}"}) {
    EXPECT_EQ(code_of(parse(text)), base::Code::invalid) << text.substr(0, 60);
  }
}

TEST(Source, ThatWasTakenCanBeWrittenIntoADocument) {
  const auto details = TAKE(
      parse(R"({"customer":"e\u0301\n","external_id":"\u202e","group_keys":{"k":["e\u0301"]}})"));
  Source source = details.common;
  source.file_name = clean_file_name("a\x01\xff.png");
  source.received_at = 1'700'000'000'000;
  const Document document = holding(source);
  EXPECT_EQ(TAKE(parse_document(TAKE(write_document(document)))), document);
}

TEST(Source, HasAFileNameThatShowsWhatItIs) {
  EXPECT_EQ(clean_file_name("größe 1.pdf"), "größe 1.pdf");
  EXPECT_EQ(clean_file_name("a\nb\x7f.pdf"), "a\uFFFDb\uFFFD.pdf");
  EXPECT_EQ(clean_file_name("evil\u202Efdp.exe"), "evil\uFFFDfdp.exe");
  EXPECT_EQ(clean_file_name("e\u0301.pdf"), "\u00e9.pdf");
}

TEST(Source, KeepsTheEndingOfALongFileName) {
  std::string name;
  for (int i = 0; i < 500; ++i) name += "\u00fc";
  const std::string clean = clean_file_name(name + ".pdf");
  EXPECT_LE(clean.size(), kMaxFileNameBytes);
  EXPECT_GE(clean.size(), kMaxFileNameBytes - 2);
  EXPECT_TRUE(clean.ends_with("\u00fc.pdf"));
  EXPECT_LE(clean_file_name(std::string(1'000, '.')).size(), kMaxFileNameBytes);
}

TEST(Source, ReachesALimitOfADocument) {
  Document document = holding({});
  Source large;
  large.external_id = "1";
  large.customer = std::string(kMaxSourcesBytes * 2 / 3, 'x');
  ASSERT_OK(add_source(document, large));
  large.external_id = "2";
  EXPECT_EQ(code_of(add_source(document, large)), base::Code::limit);
  EXPECT_EQ(code_of(write_document(document)), base::Code::limit);
}

}  // namespace
}  // namespace corpus
