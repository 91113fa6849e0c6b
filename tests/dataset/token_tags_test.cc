#include "dataset/detail/token_tags.h"

#include <gtest/gtest.h>

namespace dataset::detail {
namespace {

using corpus::Annotation;
using corpus::AnnotationType;

// A page with five words in a line and the annotations of a test.
struct Fixture {
  ExportDocument document;
  LossReport loss;

  Fixture() {
    document.document.id.hex = std::string(32, 'a');
    document.document.pages.resize(1);
    document.document.pages[0].width = 100;
    document.document.pages[0].height = 200;
    document.pages.resize(1);
    for (corpus::WordId id = 1; id <= 5; ++id) {
      const auto x = static_cast<int32_t>(id) * 10;
      document.pages[0].words.push_back(
          {id, 0, 0, {x, 0, x + 5, 10}, 900, std::string(1, static_cast<char>('a' + id))});
    }
  }

  Annotation& add(AnnotationType type, std::string label, std::vector<corpus::WordId> words) {
    Annotation& annotation = document.pages[0].annotations.emplace_back();
    annotation.id.text = std::to_string(document.pages[0].annotations.size());
    annotation.type = type;
    annotation.label = std::move(label);
    annotation.words = std::move(words);
    return annotation;
  }

  std::vector<std::string> tags(TagScheme scheme) {
    const ChosenPage page({}, {document, 1}, loss);
    return tag_tokens(page, scheme, loss);
  }
};

using Tags = std::vector<std::string>;

TEST(TokenTags, BeginAndContinue) {
  Fixture page;
  page.add(AnnotationType::span, "total", {2, 3, 4});
  EXPECT_EQ(page.tags(TagScheme::bio), (Tags{"O", "B-total", "I-total", "I-total", "O"}));
  EXPECT_EQ(page.tags(TagScheme::bioes), (Tags{"O", "B-total", "I-total", "E-total", "O"}));
}

TEST(TokenTags, OneWordAloneIsSingle) {
  Fixture page;
  page.add(AnnotationType::span, "total", {5});
  EXPECT_EQ(page.tags(TagScheme::bioes), (Tags{"O", "O", "O", "O", "S-total"}));
}

TEST(TokenTags, TheLongestOfOverlappingAnnotationsStays) {
  Fixture page;
  page.add(AnnotationType::span, "short", {2});
  page.add(AnnotationType::span, "long", {1, 2, 3});
  EXPECT_EQ(page.tags(TagScheme::bio), (Tags{"B-long", "I-long", "I-long", "O", "O"}));
  EXPECT_EQ(page.loss.lost.at("overlapping annotation"), 1u);
}

TEST(TokenTags, WordsApartAreSeveralPieces) {
  Fixture page;
  page.add(AnnotationType::span, "total", {1, 2, 4});
  EXPECT_EQ(page.tags(TagScheme::bioes), (Tags{"B-total", "E-total", "O", "S-total", "O"}));
  EXPECT_EQ(page.loss.lost.at("annotation in several pieces"), 1u);
}

TEST(TokenTags, ASplitWordKeepsItsLabel) {
  Fixture page;
  page.add(AnnotationType::span, "total", {2});
  Annotation& correction = page.add(AnnotationType::correction, "", {2});
  correction.replacements = {{"x", {20, 0, 22, 10}}, {"y", {22, 0, 25, 10}}};
  EXPECT_EQ(page.tags(TagScheme::bio), (Tags{"O", "B-total", "I-total", "O", "O", "O"}));
}

TEST(TokenTags, MergedWordsAreOneToken) {
  Fixture page;
  page.add(AnnotationType::span, "total", {3});
  Annotation& correction = page.add(AnnotationType::correction, "", {2, 3});
  correction.replacements = {{"xy", {20, 0, 35, 10}}};
  EXPECT_EQ(page.tags(TagScheme::bio), (Tags{"O", "B-total", "O", "O"}));
}

TEST(TokenTags, ADeletedWordIsNoToken) {
  Fixture page;
  page.add(AnnotationType::correction, "", {2});
  EXPECT_EQ(page.tags(TagScheme::bio).size(), 4u);
}

TEST(TokenTags, BoxesAreThousandthsOfThePage) {
  corpus::Page page;
  page.width = 300;
  page.height = 200;
  EXPECT_EQ(box_in_thousandths({1, 1, 299, 200}, page), (std::array<int32_t, 4>{3, 5, 996, 1000}));
  EXPECT_EQ(box_in_thousandths({-5, 0, 400, 999}, page),
            (std::array<int32_t, 4>{0, 0, 1000, 1000}));
}

}  // namespace
}  // namespace dataset::detail
