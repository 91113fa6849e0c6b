#include <gtest/gtest.h>

#include "corpus/validate.h"
#include "tests/support/corpus_generators.h"
#include "tests/support/result_matchers.h"

namespace corpus {
namespace {

using test::code_of;

std::string span(int id, int word) {
  return R"({"id":")" + test::ulid(id) + R"(","type":"span","label":"total","words":[)" +
         std::to_string(word) + "]}\n";
}

// Two pages of 100 x 100; page n has the words 10n to 10n + 9.
class ValidateDocument : public testing::Test {
 protected:
  ValidateDocument() {
    document_.pages.resize(2);
    for (Page& page : document_.pages) page.width = page.height = 100;
  }

  DocumentContext context() {
    return {&document_, &schema_, [this](PageNumber page) -> base::Result<std::vector<Word>> {
              ++reads_;
              if (broken_) return base::Error{base::Code::io, "no words"};
              std::vector<Word> out;
              for (WordId id = page * 10; id < page * 10 + 10; ++id) {
                out.push_back({id, 0, 0, {0, 0, 1, 1}, 0, "w"});
              }
              return out;
            }};
  }

  std::string check(const std::vector<AnnotationText>& files) {
    std::string out;
    for (const auto& problems : TAKE(validate_document(context(), files))) {
      for (const auto& problem : problems.list()) out += to_string(problem) + "\n";
    }
    return out;
  }

  Document document_;
  Schema schema_ = default_schema();
  int reads_ = 0;
  bool broken_ = false;
};

TEST_F(ValidateDocument, AcceptsSpansOverPages) {
  EXPECT_EQ(check({{"1", 1, span(1, 10), ""}, {"2", 2, span(2, 25), ""}}), "");
}

TEST_F(ValidateDocument, FindsIdsInTwoFiles) {
  EXPECT_EQ(check({{"p1", 1, span(1, 10), ""}, {"p2", 2, span(1, 25), ""}}),
            "p1:1:7: the id " + test::ulid(1) + " is already in p2\n" + "p2:1:7: the id " +
                test::ulid(1) + " is already in p1\n");
}

TEST_F(ValidateDocument, RelationsCrossFiles) {
  const std::string relation = R"({"id":")" + test::ulid(3) +
                               R"(","type":"relation","label":"belongs_to","from":")" +
                               test::ulid(1) + R"(","to":")" + test::ulid(2) + "\"}\n";
  EXPECT_EQ(check({{"p1", 1, span(1, 10), ""}, {"p2", 2, span(2, 25) + relation, ""}}), "");
  EXPECT_EQ(check({{"p2", 2, span(2, 25) + relation, ""}}),
            "p2:2:82: \"from\": there is no annotation " + test::ulid(1) + " in this document\n");
}

TEST_F(ValidateDocument, RefusesPagesThatAreNotThere) {
  EXPECT_EQ(check({{"p3", 3, "", ""}}), "p3: the document has no page 3\n");
}

TEST_F(ValidateDocument, ReadsWordsOfTouchedPagesOnce) {
  EXPECT_EQ(check({{"1", 1, span(1, 10) + span(2, 11), ""}}), "");
  EXPECT_EQ(reads_, 1);
}

TEST_F(ValidateDocument, PassesOnThatWordsCannotBeHad) {
  broken_ = true;
  const std::vector<AnnotationText> files = {{"1", 1, span(1, 10), ""}};
  EXPECT_EQ(code_of(validate_document(context(), files)), base::Code::io);
}

}  // namespace
}  // namespace corpus
