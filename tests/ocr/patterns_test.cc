#include "ocr/detail/patterns.h"

#include <gtest/gtest.h>

namespace ocr::detail {
namespace {

std::vector<corpus::Word> line_of(const std::vector<std::string>& texts, int32_t confidence) {
  std::vector<corpus::Word> words;
  for (const std::string& text : texts) words.push_back({0, 0, 0, {}, confidence, text});
  return words;
}

std::vector<int32_t> believed(std::vector<corpus::Word> words) {
  const std::vector<corpus::Word> before = words;
  believe(words);
  std::vector<int32_t> out;
  for (size_t i = 0; i < words.size(); ++i) {
    EXPECT_EQ(words[i].text, before[i].text);
    EXPECT_GE(words[i].confidence, before[i].confidence);
    out.push_back(words[i].confidence);
  }
  return out;
}

TEST(Patterns, ADateIsInTheCalendar) {
  for (const char* text : {"31.12.2024", "1.2.24", "29.02.2024,", "(31/12/24)", "12/31/2024",
                           "2024-12-31", "7/16/68"}) {
    EXPECT_TRUE(is_date(text)) << text;
  }
  for (const char* text : {"", "31.11.2024", "29.02.2023", "12.31.2024", "31/12-24", "1.2.123",
                           "2024-13-01", "1.2", "1.2.3.4", "l.2.24", "0.1.24"}) {
    EXPECT_FALSE(is_date(text)) << text;
  }
}

TEST(Patterns, ATimeIsOfADay) {
  EXPECT_TRUE(is_time("23:59"));
  EXPECT_TRUE(is_time("7:05:59,"));
  for (const char* text : {"", "24:00", "12:60", "12:5", ":30", "1:2:3:4", "12:3O"}) {
    EXPECT_FALSE(is_time(text)) << text;
  }
}

TEST(Patterns, AnAmountHasTwoDecimalsAndWholeGroups) {
  EXPECT_EQ(decimal_mark_of("7.50"), '.');
  EXPECT_EQ(decimal_mark_of("$1,234.50"), '.');
  EXPECT_EQ(decimal_mark_of("1.234.567,50€"), ',');
  EXPECT_EQ(decimal_mark_of("(12.00)"), '.');
  EXPECT_EQ(decimal_mark_of("1234.00-"), '.');
  for (const char* text : {"", "7.5", ".50", "12,34.50", "1,2345.00", "1.234", "7.5O", "1..00"}) {
    EXPECT_EQ(decimal_mark_of(text), std::nullopt) << text;
  }
}

TEST(Patterns, AnAccountNumberHasItsCheckDigits) {
  EXPECT_TRUE(is_iban("DE89370400440532013000"));
  EXPECT_TRUE(is_iban("GB29NWBK60161331926819"));
  EXPECT_TRUE(is_iban("NO9386011117947"));
  EXPECT_FALSE(is_iban("DE89370400440532013001"));  // a digit is wrong
  EXPECT_FALSE(is_iban("DE8937040044053201300"));   // too short
  EXPECT_FALSE(is_iban("XX89370400440532013000"));
  EXPECT_FALSE(is_iban("DE"));
}

TEST(Patterns, AVatNumberHasItsCheckDigit) {
  EXPECT_TRUE(is_vat_id("DE136695976"));
  EXPECT_TRUE(is_vat_id("ATU13585627"));
  EXPECT_TRUE(is_vat_id("BE0428759497"));
  EXPECT_TRUE(is_vat_id("IT00743110157"));
  EXPECT_FALSE(is_vat_id("DE136695978"));
  EXPECT_FALSE(is_vat_id("ATU13585626"));
  EXPECT_FALSE(is_vat_id("BE0428759498"));
  EXPECT_FALSE(is_vat_id("IT00743110158"));
  EXPECT_FALSE(is_vat_id("FR136695976"));
  EXPECT_FALSE(is_vat_id("D"));
}

TEST(Patterns, RaiseTheOddsOfWhatHasAForm) {
  // One to one becomes three to one.
  EXPECT_EQ(believed(line_of({"31.12.2024"}, 500)), (std::vector<int32_t>{750}));
  EXPECT_EQ(believed(line_of({"7.50", "7,50"}, 500)), (std::vector<int32_t>{750, 500}));
  EXPECT_EQ(believed(line_of({"hullo", "7.5O", "4711"}, 500)),
            (std::vector<int32_t>{500, 500, 500}));
}

TEST(Patterns, RaiseAllPartsOfANumberThatPassesItsCheck) {
  EXPECT_EQ(believed(line_of({"IBAN", "DE89", "3704", "0044", "0532", "0130", "00", "BIC"}, 500)),
            (std::vector<int32_t>{500, 989, 989, 989, 989, 989, 989, 500}));
  EXPECT_EQ(believed(line_of({"DE89", "3704", "0044", "0532", "0130", "01"}, 500)),
            std::vector<int32_t>(6, 500));
  EXPECT_EQ(believed(line_of({"DE", "136695976"}, 500)), (std::vector<int32_t>{909, 909}));
  auto two_lines = line_of({"DE", "136695976"}, 500);
  two_lines[1].line = 1;
  EXPECT_EQ(believed(two_lines), (std::vector<int32_t>{500, 500}));
}

TEST(Patterns, NeverMakeAWordSurerThanTheSurest) {
  EXPECT_EQ(believed(line_of({"7.50"}, 990)), (std::vector<int32_t>{995}));
  EXPECT_EQ(believed(line_of({"7.50"}, 1000)), (std::vector<int32_t>{1000}));
  EXPECT_EQ(believed(line_of({"7.50"}, 0)), (std::vector<int32_t>{0}));
}

}  // namespace
}  // namespace ocr::detail
