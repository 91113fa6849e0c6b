#include "corpus/validate.h"

#include <gtest/gtest.h>

#include "tests/support/corpus_generators.h"
#include "tests/support/result_matchers.h"

namespace corpus {
namespace {

const std::string kPath = "documents/0/f/3/a/0f3a/pages/0001.annotations.jsonl";

// Page 1 of 100 x 200 pixels with words 1 to 9; page 2 has words 10 to 19; another file has the
// label test::ulid(30).
PageContext context(const Schema& schema) {
  PageContext out;
  out.page = 1;
  out.width = 100;
  out.height = 200;
  out.schema = &schema;
  out.page_has_word = [](WordId id) { return id < 10; };
  out.document_has_word = [](WordId id) { return id < 20; };
  out.elsewhere = [](const AnnotationId& id) -> std::optional<AnnotationFact> {
    if (id.text != test::ulid(30)) return std::nullopt;
    return AnnotationFact{"pages/0002.annotations.jsonl", AnnotationType::span, "question"};
  };
  return out;
}

std::string line(int id, const std::string& rest) {
  return R"({"id":")" + test::ulid(id) + R"(",)" + rest + "}\n";
}

std::string check(const std::string& text, PageContext page) {
  auto file = parse_annotations(text, kPath);
  validate_annotations(file.lines, page, file.problems);
  std::string out;
  for (const auto& problem : file.problems.list()) {
    out += (out.empty() ? "" : "\n") + to_string(problem).substr(kPath.size() + 1);
  }
  return out;
}

std::string check(const std::string& text) {
  const Schema schema = default_schema();
  return check(text, context(schema));
}

TEST(Validate, AcceptsGoodLabels) {
  EXPECT_EQ(
      check(
          line(1,
               R"("type":"span","label":"total","words":[1,2],"attributes":{"currency":"EUR"})") +
          line(2, R"("type":"box","label":"signature","box":[0,0,100,200])") +
          line(3, R"("type":"class","label":"invoice")") +
          line(4, R"("type":"span","label":"answer","words":[3,12])") +
          line(5, R"("type":"relation","label":"answers","from":")" + test::ulid(30) +
                      R"(","to":")" + test::ulid(4) + "\"") +
          line(6,
               R"("type":"correction","words":[4],"replacements":[{"text":"x","box":[1,1,2,2]}])")),
      "");
}

TEST(Validate, NamesTheNearestLabelExactly) {
  const Schema schema = default_schema();
  auto file = parse_annotations(line(1, R"("type":"span","label":"totl","words":[1])"), kPath);
  validate_annotations(file.lines, context(schema), file.problems);
  ASSERT_EQ(file.problems.list().size(), 1u);
  EXPECT_EQ(to_string(file.problems.list()[0]),
            kPath + ":1:58: label \"totl\" is not in schema.json; did you mean \"total\"?");
}

TEST(Validate, LabelsKnowTheirTypes) {
  EXPECT_EQ(check(line(1, R"("type":"span","label":"signature","words":[1])")),
            "1:58: label \"signature\" is not for a span");
  EXPECT_EQ(check(line(1, R"("type":"class","label":"invoce")")),
            "1:59: class \"invoce\" is not in schema.json; did you mean \"invoice\"?");
}

TEST(Validate, AttributesFollowTheSchema) {
  EXPECT_EQ(
      check(line(1, R"("type":"span","label":"total","words":[1],"attributes":{"curency":"EUR"})")),
      "1:92: attribute \"curency\" of \"total\" is not in schema.json; did you mean "
      "\"currency\"?");
  EXPECT_EQ(
      check(
          line(1, R"("type":"span","label":"total","words":[1],"attributes":{"currency":"EURO"})")),
      "1:103: attribute \"currency\" cannot be \"EURO\"; did you mean \"EUR\"?");
  EXPECT_EQ(
      check(line(
          1, R"("type":"box","label":"checkbox","box":[1,1,2,2],"attributes":{"checked":"yes"})")),
      "1:108: attribute \"checked\" must be true or false");
  EXPECT_EQ(check(line(1, R"("type":"box","label":"checkbox","box":[1,1,2,2])")),
            "1:1: \"checkbox\" needs the attribute \"checked\"");
}

TEST(Validate, ProposalsMayLackWhatIsRequired) {
  EXPECT_EQ(check(line(1, R"("type":"box","label":"checkbox","box":[1,1,2,2],"state":"proposed")")),
            "");
}

TEST(Validate, DatesAreDates) {
  Schema schema =
      TAKE(parse_schema(R"({"labels":[{"name":"d","attributes":[{"name":"on","kind":"date"}]}]})"));
  const auto with = [&](const std::string& date) {
    return check(
        line(1, R"("type":"span","label":"d","words":[1],"attributes":{"on":")" + date + "\"}"),
        context(schema));
  };
  EXPECT_EQ(with("2026-11-21"), "");
  EXPECT_NE(with("21.11.2026"), "");
  EXPECT_NE(with("2026-13-01"), "");
}

TEST(Validate, WordsMustExist) {
  EXPECT_EQ(check(line(1, R"("type":"span","label":"total","words":[1,77])")),
            "1:77: word 77 is not in this document");
  EXPECT_EQ(check(line(1, R"("type":"span","label":"total","words":[12])")),
            "1:75: word 12 is on another page: an annotation lies with its first word");
  EXPECT_EQ(check(line(1, R"("type":"table","label":"positions","rows":[{"words":[99]}])")),
            "1:79: word 99 is not in this document");
}

TEST(Validate, SaysOfWordsThatAreGoneWhy) {
  const Schema schema = default_schema();
  PageContext page = context(schema);
  page.next_word = 90;
  const auto with = [&](const std::string& word) {
    return check(line(1, R"("type":"span","label":"total","words":[)" + word + "]"), page);
  };
  EXPECT_EQ(with("77"),
            "1:75: word 77 is gone: the document was read again, and its words have other ids now");
  EXPECT_EQ(with("90"), "1:75: word 90 is not in this document");
}

TEST(Validate, OrphansMayNameWordsThatAreGone) {
  EXPECT_EQ(
      check(line(
          1,
          R"("type":"span","label":"total","words":[77],"anchor":{"quote":"9","status":"orphaned"})")),
      "");
}

TEST(Validate, GeometryStaysOnThePage) {
  EXPECT_EQ(check(line(1, R"("type":"box","label":"total","box":[90,10,101,20])")),
            "1:71: box [90,10,101,20] reaches beyond the page of 100 x 200 pixels");
  EXPECT_EQ(check(line(1, R"("type":"polygon","label":"total","polygon":[[1,1],[5,1],[5,201]])")),
            "1:92: corner [5,201] lies off the page of 100 x 200 pixels");
  EXPECT_EQ(
      check(line(
          1, R"("type":"correction","words":[4],"replacements":[{"text":"x","box":[1,1,2,999]}])")),
      "1:84: box [1,1,2,999] reaches beyond the page of 100 x 200 pixels");
}

TEST(Validate, RelationsArrive) {
  EXPECT_EQ(check(line(1, R"("type":"relation","label":"belongs_to","from":")" + test::ulid(8) +
                              R"(","to":")" + test::ulid(30) + "\"")),
            "1:82: \"from\": there is no annotation " + test::ulid(8) + " in this document");
  EXPECT_EQ(check(line(1, R"("type":"span","label":"total","words":[1])") +
                  line(2, R"("type":"relation","label":"answers","from":")" + test::ulid(1) +
                              R"(","to":")" + test::ulid(30) + "\"")),
            "2:79: \"from\" cannot be \"total\": it is one of question");
}

TEST(Validate, IdsAreUniqueInTheDocument) {
  EXPECT_EQ(check(line(30, R"("type":"class","label":"letter")")),
            "1:7: the id " + test::ulid(30) + " is already in pages/0002.annotations.jsonl");
}

TEST(Validate, TheDocumentItselfHasNoGeometry) {
  const Schema schema = default_schema();
  PageContext document = context(schema);
  document.page = 0;
  EXPECT_EQ(check(line(1, R"("type":"class","label":"letter")"), document), "");
  EXPECT_EQ(check(line(1, R"("type":"value","label":"total","text":"1","words":[12])"), document),
            "");
  EXPECT_EQ(check(line(1, R"("type":"box","label":"total","box":[1,1,2,2])"), document),
            "1:71: annotations of the document as a whole have no place on a page");
}

TEST(Validate, RetiredLabelsStayWhereTheyAre) {
  const Schema schema = default_schema();
  PageContext page = context(schema);
  const std::string old = line(1, R"("type":"span","label":"retired","words":[1])");
  page.before = TAKE(read_annotations(old));
  EXPECT_EQ(check(old, page), "");
  EXPECT_NE(check(line(1, R"("type":"span","label":"retired","words":[2])"), page), "");
}

}  // namespace
}  // namespace corpus
