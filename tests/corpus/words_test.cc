#include "corpus/words.h"

#include <gtest/gtest.h>

#include "tests/support/result_matchers.h"

namespace corpus {
namespace {

const std::string kHeader = "id\tblock\tline\tx0\ty0\tx1\ty1\tconfidence\ttext\n";

std::string error_of(const std::string& lines) {
  const auto result = parse_words(kHeader + lines);
  return result.ok() ? "no error" : to_string(result.error());
}

TEST(Words, PrintsAHeaderAndALineAWord) {
  const std::vector<Word> words = {{1, 0, 0, {10, 20, 60, 40}, 962, "Total"},
                                   {2, 0, 0, {70, 20, 90, 40}, 1000, "a\\b\tc"}};
  const std::string text =
      kHeader + "1\t0\t0\t10\t20\t60\t40\t962\tTotal\n2\t0\t0\t70\t20\t90\t40\t1000\ta\\\\b\\tc\n";
  EXPECT_EQ(print_words(words), text);
  EXPECT_EQ(TAKE(parse_words(text)), words);
}

TEST(Words, APageWithoutWordsHasAHeader) {
  EXPECT_EQ(print_words({}), kHeader);
  EXPECT_TRUE(TAKE(parse_words(kHeader)).empty());
  EXPECT_FALSE(parse_words("").ok());
}

TEST(Words, SaysWhereALineIsWrong) {
  EXPECT_EQ(error_of("1\t0\t0\t1\t2\t3\t4\t9\n"), "2:1: expected 9 columns, found 8");
  EXPECT_EQ(error_of("1\t0\t0\t1\t2\t3\t4\t01\tx\n"),
            "2:15: the confidence is not a plain integer");
  EXPECT_EQ(error_of("1\t0\t-0\t1\t2\t3\t4\t9\tx\n"), "2:5: the line is not a plain integer");
  EXPECT_EQ(error_of("1\t0\t-1\t1\t2\t3\t4\t9\tx\n"), "2:5: the line is out of range");
  EXPECT_EQ(error_of("1\t0\t0\t1\t2\t3\t4\t1001\tx\n"), "2:15: the confidence is out of range");
  EXPECT_EQ(error_of("1\t0\t0\t5\t2\t3\t4\t9\tx\n"), "2:7: the box is empty");
  EXPECT_EQ(error_of("1\t0\t0\t1\t2\t3\t4\t9\t\n"), "2:17: the text is empty");
  EXPECT_EQ(error_of("1\t0\t0\t1\t2\t3\t4\t9\ta\\x\n"), "2:17: the text has an unknown escape");
  EXPECT_EQ(error_of("1\t0\t0\t1\t2\t3\t4\t9\ta\xff\n"), "2:17: the text is malformed UTF-8");
  EXPECT_EQ(error_of("1\t0\t0\t1\t2\t3\t4\t9\tu\xcc\x88\n"),
            "2:17: the text is not in Unicode normal form C");
  EXPECT_EQ(error_of("1\t0\t0\t1\t2\t3\t4\t9\tx\r\n"), "2:17: a carriage return must be escaped");
  EXPECT_EQ(error_of("1\t0\t0\t1\t2\t3\t4\t9\tx"), "2:1: the last line does not end");
  EXPECT_EQ(error_of("1\t0\t0\t1\t2\t3\t4\t9\tx\n1\t0\t0\t1\t2\t3\t4\t9\tx\n"),
            "3:1: word ids must ascend");
}

TEST(Words, RefusesAnotherHeader) {
  EXPECT_FALSE(parse_words("id\ttext\n").ok());
}

TEST(Words, TextFollowsLinesAndBlocks) {
  const Box box{0, 0, 1, 1};
  const std::vector<Word> words = {{1, 0, 0, box, 0, "Dear"},
                                   {2, 0, 0, box, 0, "Sir"},
                                   {3, 0, 1, box, 0, "we"},
                                   {4, 1, 2, box, 0, "Total"}};
  EXPECT_EQ(text_of(words), "Dear Sir\nwe\n\nTotal\n");
  EXPECT_EQ(text_of({}), "");
}

}  // namespace
}  // namespace corpus
