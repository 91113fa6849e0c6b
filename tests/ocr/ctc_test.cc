#include "ocr/detail/ctc.h"

#include <gtest/gtest.h>

#include "ocr/detail/spelling.h"
#include "tests/ocr/language_data.h"
#include "tests/support/result_matchers.h"

namespace ocr::detail {
namespace {

constexpr size_t kBlank = 5;

// The space, letters 1 to 3, a digit, and the blank.
Alphabet alphabet(const std::vector<std::string>& words = {}) {
  Alphabet out;
  out.blank = kBlank;
  out.characters.resize(6);
  const std::string texts = " abc4";
  for (size_t i = 0; i < texts.size(); ++i) {
    Character& character = out.characters[i];
    character = {texts.substr(i, 1), i, i, i >= 1 && i <= 3, i == 4};
  }
  if (!words.empty()) out.words = MUST(Dictionary::parse(test::word_graph(words)));
  return out;
}

Chances chances(const std::vector<std::vector<float>>& rows) {
  Chances out(rows.size(), 6, 16);
  for (size_t i = 0; i < rows.size(); ++i) std::copy(rows[i].begin(), rows[i].end(), out.at(i));
  return out;
}

std::string text_of(const Chances& seen, const Alphabet& letters) {
  std::string out;
  for (const SeenCharacter& character : decode(seen, letters)) {
    out += letters.characters[character.code].text;
  }
  return out;
}

TEST(Decode, JoinsRepeatsUnlessThereIsAPause) {
  const Chances seen = chances({{0, 1, 0, 0, 0, 0},
                                {0, 1, 0, 0, 0, 0},
                                {0, 0, 0, 0, 0, 1},
                                {0, 1, 0, 0, 0, 0},
                                {1, 0, 0, 0, 0, 0},
                                {0, 0, 1, 0, 0, 0}});
  EXPECT_EQ(text_of(seen, alphabet()), "aa b");
}

TEST(Decode, TellsWhereCharactersAreAndHowSure) {
  const Chances seen = chances({{0, 0, 0, 0, 0, 1},
                                {0, .5F, 0, 0, 0, .5F},
                                {0, .9F, 0, 0, 0, .1F},
                                {0, 0, 0, 0, 0, 1},
                                {0, 0, .8F, 0, 0, .2F}});
  const auto characters = decode(seen, alphabet());
  ASSERT_EQ(characters.size(), 2U);
  EXPECT_EQ(characters[0].begin, 1U);
  EXPECT_EQ(characters[0].end, 3U);
  EXPECT_FLOAT_EQ(static_cast<float>(characters[0].chance), .9F);
  EXPECT_EQ(characters[1].begin, 4U);
  EXPECT_EQ(characters[1].end, 5U);
}

TEST(Decode, AddsUpTheWaysToAText) {
  // Step by step the blank is likeliest, yet "a" has three ways: .24 + .24 + .16.
  const Chances seen = chances({{0, .4F, 0, 0, 0, .6F}, {0, .4F, 0, 0, 0, .6F}});
  EXPECT_EQ(text_of(seen, alphabet()), "a");
}

TEST(Decode, LetsTheDictionaryDecideWhatLooksAlike) {
  const Chances seen = chances(
      {{0, 1, 0, 0, 0, 0}, {0, 0, .4F, .6F, 0, 0}, {1, 0, 0, 0, 0, 0}, {0, 0, .9F, .1F, 0, 0}});
  EXPECT_EQ(text_of(seen, alphabet()), "ac b");
  EXPECT_EQ(text_of(seen, alphabet({"12"})), "ab b");
}

TEST(Decode, BelievesItsEyesWhereTheyAreSure) {
  const Chances seen = chances({{0, 1, 0, 0, 0, 0}, {0, 0, .01F, .99F, 0, 0}});
  EXPECT_EQ(text_of(seen, alphabet({"12"})), "ac");
}

TEST(Decode, GivesNothingForNothing) {
  EXPECT_TRUE(decode(chances({}), alphabet()).empty());
}

double share_after(const std::vector<size_t>& codes, const Alphabet& letters) {
  Spelled text;
  double share = 1;
  for (const size_t code : codes) {
    text = spelled_after(text, code, letters);
    share *= text.share;
  }
  return share * share_at_end(text);
}

TEST(Spelled, MakesStrangeWordsLessLikelyOnce) {
  const Alphabet letters = alphabet({"12", "123"});
  EXPECT_EQ(share_after({1, 2}, letters), 1);
  EXPECT_EQ(share_after({1, 2, 3, 0, 1, 2}, letters), 1);
  const double strange = share_after({1, 3}, letters);
  EXPECT_LT(strange, 1);
  EXPECT_EQ(share_after({1, 3, 3, 3, 0}, letters), strange);
}

TEST(Spelled, LeavesSingleLettersAndNumbersAlone) {
  const Alphabet letters = alphabet({"12"});
  EXPECT_EQ(share_after({2}, letters), 1);
  EXPECT_EQ(share_after({2, 0, 4, 4, 4}, letters), 1);
  EXPECT_LT(share_after({4, 1}, letters), 1);  // rather a word whose first letter was misread
}

TEST(Spelled, KnowsWordsInCapitalsBySmallLetters) {
  Alphabet letters = alphabet({"12"});
  letters.characters[3].lower = 1;  // "c" is a capital of "a"
  EXPECT_EQ(share_after({3, 2}, letters), 1);
}

}  // namespace
}  // namespace ocr::detail
