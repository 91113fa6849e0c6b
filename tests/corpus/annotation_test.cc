#include "corpus/annotation.h"

#include <gtest/gtest.h>

#include "tests/support/corpus_generators.h"
#include "tests/support/result_matchers.h"

namespace corpus {
namespace {

const std::string kId = "01JD8Z6V5N0M3K4H7Q9R2S1T0W";

std::string with_id(const std::string& rest) {
  return R"({"id":")" + kId + R"(",)" + rest + "}";
}

// All problems of the text, one a line.
std::string problems_of(const std::string& text) {
  std::string out;
  const ParsedAnnotations parsed = parse_annotations(text);
  for (const auto& problem : parsed.problems.list()) {
    out += (out.empty() ? "" : "\n") + to_string(problem);
  }
  return out;
}

TEST(Annotation, PrintsKeysInOneOrder) {
  const auto read = read_annotations(
      " {\"words\": [17, 18], \"x-b\": 1, \"x-a\": {\"z\": 1, \"y\": 2}, \"label\": "
      "\"total\",\r\n");
  EXPECT_FALSE(read.ok());
  const auto annotations = TAKE(read_annotations(
      "{\"words\": [17, 18], \"x-b\": 1, \"x-a\": {\"z\": 1, \"y\": 2}, \"attributes\": {\"b\": 1, "
      "\"a\": true}, \"label\": \"total\", \"type\": \"span\", \"id\": \"" +
      kId + "\"}\r\n"));
  EXPECT_EQ(
      print_annotations(annotations),
      with_id(R"("type":"span","label":"total","words":[17,18],"attributes":{"a":true,"b":1},)"
              R"("x-a":{"y":2,"z":1},"x-b":1)") +
          "\n");
}

TEST(Annotation, TextIsNormalised) {
  const auto annotations = TAKE(read_annotations(
      with_id("\"type\":\"value\",\"label\":\"name\",\"text\":\"Mu\xcc\x88ller\"")));
  EXPECT_EQ(annotations[0].text, "M\xc3\xbcller");
}

TEST(Annotation, NamesThePlaceOfEveryProblem) {
  const std::string text = with_id(R"("type":"spann","label":"total","words":[1])") + "\n\n" +
                           with_id(R"("type":"span","lable":"total","words":[1,1.5])") + "\n";
  EXPECT_EQ(problems_of(text),
            "1:43: \"type\" cannot be \"spann\"; did you mean \"span\"?\n"
            "3:77: a word id must be an integer, not a number with a fraction\n"
            "3:50: unknown key \"lable\"; did you mean \"label\"?");
}

TEST(Annotation, ReportsAllLinesUpToTheCap) {
  std::string text;
  for (int i = 0; i < 80; ++i) text += "{]\n";
  const auto parsed = parse_annotations(text);
  EXPECT_EQ(parsed.problems.list().size(), kMaxDiagnostics);
  EXPECT_EQ(parsed.problems.count(), 80u);
}

TEST(Annotation, GoodLinesSurviveBadOnes) {
  const auto parsed =
      parse_annotations("not json\n" + with_id(R"("type":"class","label":"letter")") + "\n");
  EXPECT_EQ(parsed.lines.size(), 1u);
  EXPECT_EQ(parsed.problems.list().size(), 1u);
}

TEST(Annotation, RefusesAnIdTwice) {
  const std::string line = with_id(R"("type":"class","label":"letter")") + "\n";
  EXPECT_EQ(problems_of(line + line), "2:7: the id " + kId + " is already in line 1");
}

TEST(Annotation, EachTypeNeedsItsShape) {
  EXPECT_EQ(problems_of(with_id(R"("type":"span","label":"a")")), "1:1: a span needs \"words\"");
  EXPECT_EQ(problems_of(with_id(R"("type":"box","label":"a")")), "1:1: a box needs \"box\"");
  EXPECT_EQ(problems_of(with_id(R"("type":"polygon","label":"a")")),
            "1:1: a polygon needs \"polygon\"");
  EXPECT_EQ(problems_of(with_id(R"("type":"relation","label":"a","from":")" + kId + "\"")),
            "1:1: a relation needs \"to\"");
  EXPECT_EQ(problems_of(with_id(R"("type":"table","label":"a")")),
            "1:1: a table needs \"rows\" or \"columns\"");
  EXPECT_EQ(problems_of(with_id(R"("type":"correction")")),
            "1:1: a correction needs \"words\" or \"replacements\"");
  EXPECT_EQ(problems_of(with_id(R"("type":"class")")), "1:1: a class needs \"label\"");
}

TEST(Annotation, RefusesWhatATypeDoesNotHave) {
  EXPECT_EQ(problems_of(with_id(R"("type":"class","label":"a","words":[1])")),
            "1:71: a class has no \"words\"");
  EXPECT_EQ(problems_of(with_id(R"("type":"correction","label":"a","words":[1])")),
            "1:64: a correction has no \"label\"");
}

TEST(Annotation, ChecksGeometryAndRanges) {
  EXPECT_EQ(problems_of(with_id(R"("type":"box","label":"a","box":[5,5,5,9])")),
            "1:67: the box is empty: [x0,y0,x1,y1] needs x0 < x1 and y0 < y1");
  EXPECT_EQ(problems_of(with_id(R"("type":"box","label":"a","box":[5,5,9])")),
            "1:67: a box is four integers: [x0,y0,x1,y1]");
  EXPECT_EQ(problems_of(with_id(R"("type":"polygon","label":"a","polygon":[[1,1],[2,2]])")),
            "1:75: a polygon has at least three corners");
  EXPECT_EQ(problems_of(with_id(R"("type":"class","label":"a","confidence":1001)")),
            "1:76: \"confidence\" is 1001, expected 0 to 1000");
  EXPECT_EQ(problems_of(with_id(R"("type":"span","label":"a","words":[3,3])")),
            "1:73: word 3 is named twice");
  EXPECT_EQ(problems_of(with_id(R"("type":"span","label":"a","words":[0])")),
            "1:71: a word id is 0, expected 1 to 4294967295");
}

TEST(Annotation, RefusesFractionsInForeignKeys) {
  EXPECT_EQ(problems_of(with_id(R"("type":"class","label":"a","x-score":0.5)")),
            "1:73: numbers are integers here; write a decimal as a string");
}

TEST(Annotation, RefusesAmbiguousText) {
  EXPECT_NE(problems_of(with_id(R"("type":"class","label":"a","label":"b")")), "");
  EXPECT_NE(problems_of(with_id(R"("type":"value","label":"a","text":"\ud800")")), "");
  EXPECT_NE(problems_of(with_id(R"("type":"value","label":"a","text":"\u0000")")), "");
  EXPECT_NE(problems_of("\xef\xbb\xbf" + with_id(R"("type":"class","label":"a")")), "");
}

TEST(Annotation, BoundsLinesAndDepth) {
  const std::string long_line = with_id(R"("type":"value","label":"a","x-pad":")" +
                                        std::string(kMaxAnnotationLineBytes, 'x') + "\"");
  EXPECT_EQ(problems_of(long_line), "1:1: the line has more than 1048576 bytes");
  const std::string deep = with_id(R"("type":"class","label":"a","x-deep":)" +
                                   std::string(40, '[') + std::string(40, ']'));
  EXPECT_NE(problems_of(deep).find("nested deeper"), std::string::npos);
  EXPECT_EQ(problems_of(with_id(R"("type":"value","label":"a","text":")" +
                                std::string(kMaxTextBytes + 1, 'x') + "\"")),
            "1:70: \"text\" is longer than 65536 bytes");
}

TEST(Annotation, FromJsonRefusesWhatCouldNotBeReadAgain) {
  base::Json deep = 1;
  for (int i = 0; i < 20; ++i) deep = base::Json(base::Json::Array{deep});
  base::Json json = TAKE(base::parse_json(with_id(R"("type":"class","label":"a")")));
  json.set("x-deep", deep);
  Diagnostics problems;
  EXPECT_FALSE(annotation_from_json(json, problems));
}

std::vector<Annotation> many(size_t count) {
  std::vector<Annotation> out;
  for (size_t i = 0; i < count; ++i) {
    Annotation a;
    std::string digits = std::to_string(i);
    a.id.text = "01J" + std::string(23 - digits.size(), '0') + digits;
    a.label = "total";
    a.words = {1};
    out.push_back(std::move(a));
  }
  return out;
}

TEST(Annotation, IsWrittenUpToTheLimitOfAFile) {
  const auto full = many(kMaxAnnotationsPerFile);
  EXPECT_EQ(TAKE(read_annotations(TAKE(write_annotations(full)))), full);
  EXPECT_EQ(test::code_of(write_annotations(many(kMaxAnnotationsPerFile + 1))), base::Code::limit);
}

TEST(Annotation, IsWrittenOnlyIfItCanBeRead) {
  auto wrong = many(1);
  wrong[0].text = std::string("a\0", 2);
  EXPECT_EQ(test::code_of(write_annotations(wrong)), base::Code::invalid);
}

TEST(Annotation, AllTypesHaveNames) {
  for (const AnnotationType type : all_annotation_types()) {
    EXPECT_EQ(parse_annotation_type(name_of(type)), type);
  }
  EXPECT_EQ(name_of(AnnotationType::class_), "class");
}

}  // namespace
}  // namespace corpus
