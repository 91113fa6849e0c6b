#include "base/text.h"

#include <gtest/gtest.h>

#include "tests/support/result_matchers.h"

namespace base {
namespace {

TEST(Text, RefusesMalformedUtf8) {
  EXPECT_TRUE(is_utf8("a é € 😀"));
  for (const char* bad : {"\xc0\xaf", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xe2\x82", "\xff"}) {
    EXPECT_FALSE(is_utf8(bad));
  }
  EXPECT_EQ(find_malformed_utf8("ab\xff"), 2u);
}

TEST(Text, ComposesToNfc) {
  EXPECT_EQ(TAKE(to_nfc("e\xcc\x81")), "é");
  EXPECT_TRUE(is_nfc("é"));
  EXPECT_FALSE(is_nfc("e\xcc\x81"));
}

TEST(Text, IsOneFieldWithoutBlanksOfAnyWidth) {
  EXPECT_EQ(replace_blanks("gr\u00fc\u00df\u2019", '_'), "gr\u00fc\u00df\u2019");
  EXPECT_EQ(replace_blanks("a b\tc\nd\u00a0e\u2028f\u0085g\x1ch\u3000i", '_'), "a_b_c_d_e_f_g_h_i");
  EXPECT_EQ(replace_blanks("a\xff"
                           "b",
                           '_'),
            "a\xff"
            "b");
}

TEST(Text, ReplacesWhatDoesNotShow) {
  EXPECT_EQ(replace_unprintable("gr\u00fc\u00df dich"), "gr\u00fc\u00df dich");
  EXPECT_EQ(replace_unprintable("a\nb\u0085c\u2028d"), "a\uFFFDb\uFFFDc\uFFFDd");
  EXPECT_EQ(replace_unprintable("a\u202eb\u2066c\u200f"), "a\uFFFDb\uFFFDc\uFFFD");
  EXPECT_EQ(replace_unprintable("a\xff\xc3"), "a\uFFFD\uFFFD");
}

TEST(Text, IsCutBetweenCodePoints) {
  EXPECT_EQ(cut_utf8("abc", 3), "abc");
  EXPECT_EQ(cut_utf8("a\u00fc\u00fc", 4), "a\u00fc");
  EXPECT_EQ(cut_utf8("\u20ac", 2), "");
}

TEST(Text, FindsTheNearestSpelling) {
  const std::vector<std::string> labels = {"total", "date", "invoice_number"};
  EXPECT_EQ(nearest_spelling("totl", labels), "total");
  EXPECT_EQ(nearest_spelling("Dtae", labels), "date");
  EXPECT_EQ(nearest_spelling("signature", labels), std::nullopt);
  EXPECT_EQ(did_you_mean("totl", labels), "; did you mean \"total\"?");
}

TEST(Text, ParsesIntegersOnly) {
  EXPECT_EQ(parse_integer("-12"), -12);
  EXPECT_EQ(parse_integer("12a"), std::nullopt);
  EXPECT_EQ(parse_integer(""), std::nullopt);
  EXPECT_EQ(parse_integer("99999999999999999999"), std::nullopt);
}

TEST(Text, SplitsAndTrims) {
  EXPECT_EQ(split("a,,b", ',').size(), 3u);
  EXPECT_EQ(trim(" \ta b\n"), "a b");
  EXPECT_EQ(fold_for_search("ÄPFEL ﬁ"), "apfel fi");
}

}  // namespace
}  // namespace base
