#include "ocr/detail/dictionary.h"

#include <gtest/gtest.h>

#include "tests/ocr/language_data.h"
#include "tests/support/result_matchers.h"

namespace ocr::detail {
namespace {

// Where a word of digits leads.
std::optional<Dictionary::Place> place_of(const Dictionary& words, const std::string& word) {
  std::optional<Dictionary::Place> place = words.after(0, static_cast<size_t>(word[0] - '0'));
  for (size_t i = 1; i < word.size(); ++i) {
    if (!place || place->node == 0) return std::nullopt;
    place = words.after(place->node, static_cast<size_t>(word[i] - '0'));
  }
  return place;
}

TEST(Dictionary, KnowsItsWords) {
  const auto words = Dictionary::parse(test::word_graph({"123", "12", "145", "7"}));
  ASSERT_OK(words);
  for (const char* word : {"123", "12", "145", "7"}) {
    const auto place = place_of(*words, word);
    ASSERT_TRUE(place) << word;
    EXPECT_TRUE(place->is_word) << word;
  }
  ASSERT_TRUE(place_of(*words, "14"));
  EXPECT_FALSE(place_of(*words, "14")->is_word);
  for (const char* word : {"2", "13", "1234", "77"}) EXPECT_FALSE(place_of(*words, word)) << word;
}

TEST(Dictionary, RefusesDamage) {
  const std::string whole = test::word_graph({"123", "45"});
  for (size_t size = 0; size < whole.size(); ++size) {
    EXPECT_FALSE(Dictionary::parse(whole.substr(0, size)).ok()) << size;
  }
  std::string other = whole;
  other[0] = 0;
  EXPECT_FALSE(Dictionary::parse(other).ok());
}

TEST(Dictionary, StaysWithinItsEdges) {
  std::string bytes = test::word_graph({"12"});
  // The first edge leads far away, the last of a node is not marked.
  for (size_t i = bytes.size() - 16; i < bytes.size(); ++i) bytes[i] = static_cast<char>(0xf1);
  const auto words = Dictionary::parse(bytes);
  ASSERT_OK(words);
  const auto place = words->after(0, 1);
  ASSERT_TRUE(place);
  EXPECT_FALSE(words->after(place->node, 2));
  EXPECT_FALSE(words->after(0, 5));
}

}  // namespace
}  // namespace ocr::detail
