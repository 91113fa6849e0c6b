#include "corpus/mark.h"

#include <gtest/gtest.h>

#include "tests/support/result_matchers.h"

namespace corpus {
namespace {

std::optional<Mark> parsed(const std::string& text) {
  Diagnostics problems;
  return mark_from_json(TAKE(base::parse_json(text)), problems);
}

TEST(Mark, ReadsBackAsPrinted) {
  for (const Mark& mark : {Mark{MarkKind::tick_box, MarkState::crossed, {10, 20, 30, 40}, 950},
                           Mark{MarkKind::handwriting, MarkState::none, {10, 20, 300, 40}, 720},
                           Mark{MarkKind::signature, MarkState::absent, {0, 0, 1, 1}, 0},
                           Mark{MarkKind::stamp, MarkState::none, {5, 5, 9, 9}, 1000}}) {
    EXPECT_EQ(parsed(to_json(mark).print()), mark);
  }
}

TEST(Mark, HasOneSpelling) {
  EXPECT_EQ(to_json({MarkKind::tick_box, MarkState::ticked, {1, 2, 3, 4}, 970}).print(),
            R"({"kind":"tick_box","state":"ticked","box":[1,2,3,4],"confidence":970})");
  EXPECT_EQ(to_json({MarkKind::stamp, MarkState::none, {1, 2, 3, 4}, 970}).print(),
            R"({"kind":"stamp","box":[1,2,3,4],"confidence":970})");
}

TEST(Mark, IsRefusedIfItsStateIsOfAnotherKind) {
  EXPECT_FALSE(parsed(R"({"kind":"tick_box","box":[1,2,3,4],"confidence":970})"));
  EXPECT_FALSE(parsed(R"({"kind":"stamp","state":"ticked","box":[1,2,3,4],"confidence":970})"));
  EXPECT_FALSE(parsed(R"({"kind":"signature","state":"empty","box":[1,2,3,4],"confidence":970})"));
}

TEST(Mark, IsRefusedIfSomethingIsMissingOrWrong) {
  EXPECT_FALSE(parsed(R"({"kind":"stamp","confidence":970})"));
  EXPECT_FALSE(parsed(R"({"kind":"stamp","box":[1,2,3,4]})"));
  EXPECT_FALSE(parsed(R"({"kind":"stamp","box":[3,2,1,4],"confidence":970})"));
  EXPECT_FALSE(parsed(R"({"kind":"stamp","box":[1,2,3,4],"confidence":1001})"));
  EXPECT_FALSE(parsed(R"({"kind":"blot","box":[1,2,3,4],"confidence":970})"));
  EXPECT_FALSE(parsed(R"({"kind":"stamp","box":[1,2,3,4],"confidence":970,"more":1})"));
}

}  // namespace
}  // namespace corpus
