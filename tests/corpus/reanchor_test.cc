#include "corpus/reanchor.h"

#include <gtest/gtest.h>

#include <set>

#include "tests/support/corpus_generators.h"
#include "tests/support/result_matchers.h"

namespace corpus {
namespace {

constexpr int32_t kWidth = 1'000;
constexpr int32_t kHeight = 1'400;

struct Placed {
  std::string text;
  Box box;
};

// A page with these words, whose ids begin at `first`.
PageOfReading page_of(WordId first, const std::vector<Placed>& words) {
  PageOfReading page{kWidth, kHeight, 0, {}};
  for (const Placed& word : words) {
    page.words.push_back({first++, 0, 0, word.box, 900, word.text});
  }
  return page;
}

// Words in a row from the left, each ten pixels a letter wide.
PageOfReading row_of(WordId first, const std::vector<std::string>& texts, int32_t y = 100) {
  std::vector<Placed> words;
  int32_t x = 50;
  for (const std::string& text : texts) {
    const auto width = static_cast<int32_t>(text.size()) * 10;
    words.push_back({text, {x, y, x + width, y + 20}});
    x += width + 10;
  }
  return page_of(first, words);
}

Annotation span(int n, std::vector<WordId> words) {
  Annotation a;
  a.id = {test::ulid(n)};
  a.label = "total";
  a.words = std::move(words);
  return a;
}

Annotation correction(int n, std::vector<WordId> words, std::vector<Replacement> replacements) {
  Annotation a = span(n, std::move(words));
  a.type = AnnotationType::correction;
  a.label.clear();
  a.replacements = std::move(replacements);
  return a;
}

Annotation carried_alone(const PageOfReading& before, const PageOfReading& after,
                         const Annotation& annotation) {
  return Rereading({before}, {after}).carried(1, {annotation}).front();
}

using Ids = std::vector<WordId>;

TEST(Reanchor, FollowsWordsThatReadTheSame) {
  const auto now = carried_alone(row_of(1, {"Total", "12.50", "EUR"}),
                                 row_of(10, {"Total", "12.50", "EUR"}), span(1, {2, 3}));
  EXPECT_EQ(now.words, (Ids{11, 12}));
  ASSERT_TRUE(now.anchor);
  EXPECT_EQ(now.anchor->status, AnchorStatus::exact);
  EXPECT_EQ(now.anchor->quote, "12.50 EUR");
  EXPECT_EQ(now.anchor->prefix, "Total");
  EXPECT_EQ(now.anchor->suffix, "");
  EXPECT_EQ(now.anchor->box, (Box{110, 100, 200, 120}));
}

TEST(Reanchor, FollowsAWordThatWasSplit) {
  const auto before = page_of(1, {{"12.50EUR", {100, 100, 180, 120}}});
  const auto after = page_of(5, {{"12.50", {100, 100, 148, 120}}, {"EUR", {152, 100, 180, 120}}});
  const auto now = carried_alone(before, after, span(1, {1}));
  EXPECT_EQ(now.words, (Ids{5, 6}));
  EXPECT_EQ(now.anchor->status, AnchorStatus::exact);
}

TEST(Reanchor, FollowsWordsThatWereMerged) {
  const auto before = page_of(1, {{"12.50", {100, 100, 148, 120}}, {"EUR", {152, 100, 180, 120}}});
  const auto after = page_of(5, {{"12.50EUR", {100, 100, 180, 120}}});
  EXPECT_EQ(carried_alone(before, after, span(1, {1, 2})).words, (Ids{5}));
  EXPECT_EQ(carried_alone(before, after, span(1, {1, 2})).anchor->status, AnchorStatus::exact);
  const auto part = carried_alone(before, after, span(1, {2}));
  EXPECT_EQ(part.words, (Ids{5}));
  EXPECT_EQ(part.anchor->status, AnchorStatus::moved) << "it covers more now";
}

TEST(Reanchor, AsksAboutWhatReadsOtherwise) {
  const auto now =
      carried_alone(row_of(1, {"Total", "l2.5O"}), row_of(3, {"Total", "12.50"}), span(1, {2}));
  EXPECT_EQ(now.words, (Ids{4}));
  EXPECT_EQ(now.anchor->status, AnchorStatus::moved);
  EXPECT_EQ(now.anchor->quote, "l2.5O");
}

TEST(Reanchor, KnowsWhatPeopleHadCorrected) {
  const Rereading rereading({row_of(1, {"Total", "l2.5O"})}, {row_of(3, {"Total", "12.50"})});
  const auto now =
      rereading.carried(1, {span(1, {2}), correction(2, {2}, {{"12.50", {110, 100, 160, 120}}})});
  EXPECT_EQ(now[0].anchor->status, AnchorStatus::exact);
  EXPECT_EQ(now[1].words, (Ids{4}));
  EXPECT_EQ(now[1].anchor->status, AnchorStatus::exact);
  EXPECT_EQ(now[1].replacements.front().text, "12.50");
}

TEST(Reanchor, FollowsBoxesThatMovedALittle) {
  const auto before = page_of(1, {{"Total", {100, 100, 150, 120}}});
  const auto after = page_of(2, {{"Total", {104, 97, 155, 119}}});
  const auto now = carried_alone(before, after, span(1, {1}));
  EXPECT_EQ(now.words, (Ids{2}));
  EXPECT_EQ(now.anchor->status, AnchorStatus::exact);
}

TEST(Reanchor, FindsTheOnlyPlaceThatSaysTheSame) {
  const auto before = row_of(1, {"Total", "12.50"}, 100);
  const auto after = row_of(3, {"Total", "12.50"}, 700);
  const auto now = carried_alone(before, after, span(1, {1, 2}));
  EXPECT_EQ(now.words, (Ids{3, 4}));
  EXPECT_EQ(now.anchor->status, AnchorStatus::moved);
}

TEST(Reanchor, TellsEqualQuotesApartByTheirNeighbours) {
  const auto before = row_of(1, {"net", "12.50", "gross", "12.50"}, 100);
  const auto after = row_of(5, {"net", "12.50", "gross", "12.50"}, 700);
  EXPECT_EQ(carried_alone(before, after, span(1, {4})).words, (Ids{8}));
  const auto among_others = row_of(5, {"12.50", "12.50", "12.50"}, 700);
  const auto lost = carried_alone(before, among_others, span(1, {4}));
  EXPECT_EQ(lost.anchor->status, AnchorStatus::orphaned) << "any of them would be a guess";
}

TEST(Reanchor, OrphansKeepWhatTheyHad) {
  const auto before = row_of(1, {"Total", "12.50"});
  const auto now = carried_alone(before, page_of(3, {}), span(1, {1, 2}));
  EXPECT_EQ(now.words, (Ids{1, 2}));
  EXPECT_EQ(now.anchor->status, AnchorStatus::orphaned);
  EXPECT_EQ(now.anchor->quote, "Total 12.50");
  EXPECT_EQ(now.anchor->box, (Box{50, 100, 160, 120}));
}

TEST(Reanchor, AnOrphanIsFoundByALaterReading) {
  const auto before = row_of(1, {"Total", "12.50"});
  const auto orphan = carried_alone(before, page_of(3, {}), span(1, {1, 2}));
  const auto found = carried_alone(page_of(3, {}), row_of(3, {"Total", "12.50"}), orphan);
  EXPECT_EQ(found.words, (Ids{3, 4}));
  EXPECT_EQ(found.anchor->status, AnchorStatus::moved);
  const auto still_lost = carried_alone(page_of(3, {}), page_of(3, {}), orphan);
  EXPECT_EQ(still_lost, orphan);
}

TEST(Reanchor, WhatNobodyHasLookedAtStaysMoved) {
  const auto first = carried_alone(row_of(1, {"Tota1"}), row_of(2, {"Total"}), span(1, {1}));
  ASSERT_EQ(first.anchor->status, AnchorStatus::moved);
  const auto second = carried_alone(row_of(2, {"Total"}), row_of(3, {"Total"}), first);
  EXPECT_EQ(second.words, (Ids{3}));
  EXPECT_EQ(second.anchor->status, AnchorStatus::moved);
  EXPECT_EQ(second.anchor->quote, "Tota1");
  const auto back = carried_alone(row_of(2, {"Total"}), row_of(3, {"Tota1"}), first);
  EXPECT_EQ(back.anchor->status, AnchorStatus::exact);
}

TEST(Reanchor, OneSpeckLessIsNoLoss) {
  const auto before = page_of(1, {{"Total", {100, 100, 150, 120}},
                                  {".", {156, 112, 159, 116}},
                                  {"12.50", {170, 100, 220, 120}}});
  const auto after = page_of(4, {{"Total", {100, 100, 150, 120}}, {"12.50", {170, 100, 220, 120}}});
  const auto now = carried_alone(before, after, span(1, {1, 2, 3}));
  EXPECT_EQ(now.words, (Ids{4, 5}));
  EXPECT_EQ(now.anchor->status, AnchorStatus::moved);
}

TEST(Reanchor, AnInsertedWordThatIsNowReadIsNotThereTwice) {
  const auto before = row_of(1, {"Total"});
  const auto after = row_of(2, {"Total", "12.50"});
  const auto inserted = correction(1, {}, {{"12.50", {110, 100, 160, 120}}});
  const auto now = carried_alone(before, after, inserted);
  EXPECT_EQ(now.words, (Ids{3}));
  EXPECT_EQ(now.anchor->status, AnchorStatus::exact);
  EXPECT_EQ(carried_alone(before, before, inserted), inserted) << "nothing was read anew";
  EXPECT_EQ(carried_alone(before, row_of(2, {"Total"}), inserted), inserted);
}

TEST(Reanchor, ACorrectionNeverReplacesMoreThanItNamed) {
  const auto before = page_of(1, {{"l2", {100, 100, 120, 120}}, {"EUR", {124, 100, 160, 120}}});
  const auto after = page_of(3, {{"12EUR", {100, 100, 160, 120}}});
  const auto now = carried_alone(before, after, correction(1, {1}, {{"12", {100, 100, 120, 120}}}));
  EXPECT_EQ(now.words, (Ids{1}));
  EXPECT_EQ(now.anchor->status, AnchorStatus::orphaned);
}

TEST(Reanchor, ACorrectionOfAVanishedWordIsKept) {
  const auto now = carried_alone(row_of(1, {"Tota1"}), page_of(2, {}),
                                 correction(1, {1}, {{"Total", {50, 100, 100, 120}}}));
  EXPECT_EQ(now.anchor->status, AnchorStatus::orphaned);
  EXPECT_EQ(now.replacements.front().text, "Total");
}

TEST(Reanchor, AreasFollowAPageThatWasTurnedAndScaled) {
  PageOfReading before{100, 200, 0, {}};
  const PageOfReading after{400, 200, 90, {}};
  Annotation area;
  area.id = {test::ulid(1)};
  area.type = AnnotationType::box;
  area.label = "total";
  area.box = Box{10, 20, 30, 60};
  const auto now = carried_alone(before, after, area);
  EXPECT_EQ(now.box, (Box{280, 20, 360, 60}));
  ASSERT_TRUE(now.anchor);
  EXPECT_EQ(now.anchor->status, AnchorStatus::exact);
  EXPECT_EQ(carried_alone(before, before, area), area);
}

TEST(Reanchor, ScalingDownKeepsBoxes) {
  const PageOfReading before{1'000, 1'000, 0, {}};
  const PageOfReading after{100, 100, 0, {}};
  Annotation area;
  area.id = {test::ulid(1)};
  area.type = AnnotationType::box;
  area.label = "total";
  area.box = Box{999, 999, 1'000, 1'000};
  EXPECT_EQ(carried_alone(before, after, area).box, (Box{99, 99, 100, 100}));
}

TEST(Reanchor, TablesKeepTheirRows) {
  Annotation table = span(1, {});
  table.type = AnnotationType::table;
  table.rows = {{"", {1, 2}, {}}, {"", {3, 4}, {}}};
  table.columns = {{"item", {1, 3}, {}}, {"price", {2, 4}, {}}};
  const auto before = row_of(1, {"tea", "3", "milk", "2"});
  const auto now = carried_alone(before, row_of(11, {"tea", "3", "milk", "2"}), table);
  EXPECT_EQ(now.rows[1].words, (Ids{13, 14}));
  EXPECT_EQ(now.columns[0].words, (Ids{11, 13}));
  EXPECT_EQ(now.anchor->status, AnchorStatus::exact);
}

TEST(Reanchor, LabelsMayGoOnToTheNextPage) {
  const auto two = [](WordId first) {
    return std::vector<PageOfReading>{row_of(first, {"Total"}), row_of(first + 1, {"12.50"})};
  };
  const auto now = Rereading(two(1), two(7)).carried(1, {span(1, {1, 2})}).front();
  EXPECT_EQ(now.words, (Ids{7, 8}));
  EXPECT_EQ(now.anchor->status, AnchorStatus::exact);
  // What lies with its first word cannot lie where that is not.
  const auto half = Rereading(two(1), {page_of(7, {}), row_of(8, {"12.50"})})
                        .carried(1, {span(1, {1, 2})})
                        .front();
  EXPECT_EQ(half.anchor->status, AnchorStatus::orphaned);
  EXPECT_EQ(half.words, (Ids{1, 2}));
}

TEST(Reanchor, PagesThatWereNotReadAnewStayAsTheyAre) {
  const auto page = row_of(1, {"Total", "12.50"});
  EXPECT_EQ(carried_alone(page, page, span(1, {1, 2})), span(1, {1, 2}));
}

TEST(Reanchor, GarbageAcrossLinesDoesNotTieThemTogether) {
  const auto before = page_of(1, {{"one", {100, 100, 150, 120}}, {"two", {100, 140, 150, 160}}});
  const auto after = page_of(
      3,
      {{"|", {120, 90, 128, 170}}, {"one", {100, 100, 150, 120}}, {"two", {100, 140, 150, 160}}});
  const auto now = carried_alone(before, after, span(1, {2}));
  EXPECT_EQ(now.words, (Ids{5}));
  EXPECT_EQ(now.anchor->status, AnchorStatus::exact);
}

TEST(Reanchor, BoundsWhatAHostilePageCosts) {
  std::vector<Placed> words(20'000, {"x", {0, 0, kWidth, kHeight}});
  const auto now = carried_alone(page_of(1, words), page_of(50'000, words), span(1, {1, 20'000}));
  ASSERT_TRUE(now.anchor);
  EXPECT_EQ(now.id.text, test::ulid(1));
}

TEST(Reanchor, TellsHowEachCameOver) {
  Annotation moved = span(2, {1});
  moved.anchor = Anchor{"x", "", "", {}, AnchorStatus::moved};
  const std::vector<AnchoredAnnotation> expected{
      {moved.id, 4, AnnotationType::span, "total", AnchorStatus::moved}};
  EXPECT_EQ(anchored(4, {span(1, {1}), moved}), expected);
}

// ---- laws ----

PageOfReading any_page(WordId first) {
  PageOfReading page{*rc::gen::inRange(100, 120), *rc::gen::inRange(100, 120),
                     90 * *rc::gen::inRange(0, 4), *test::word_list()};
  for (Word& word : page.words) word.id = first++;
  return page;
}

TEST(ReanchorProperties, NothingVanishesAndNoGoneWordComesBack) {
  EXPECT_TRUE(rc::check([] {
    const auto annotations = *test::annotation_list();
    const auto before = any_page(1);
    const auto after = any_page(100);
    const Rereading rereading({before}, {after});
    const auto now = rereading.carried(1, annotations);
    RC_ASSERT(now.size() == annotations.size());
    for (size_t i = 0; i < now.size(); ++i) {
      Annotation same = now[i];
      same.words = annotations[i].words;
      same.box = annotations[i].box;
      same.polygon = annotations[i].polygon;
      same.rows = annotations[i].rows;
      same.columns = annotations[i].columns;
      same.replacements = annotations[i].replacements;
      same.anchor = annotations[i].anchor;
      RC_ASSERT(same == annotations[i]);  // label, text, attributes, review, extra, ...
      RC_ASSERT(now[i].replacements.size() == annotations[i].replacements.size());
      RC_ASSERT(now[i].rows.size() == annotations[i].rows.size());
      const bool orphaned = now[i].anchor && now[i].anchor->status == AnchorStatus::orphaned;
      for (const WordId id : now[i].words) RC_ASSERT(orphaned || id >= 100);
      if (orphaned) RC_ASSERT(now[i].words == annotations[i].words);
    }
    RC_ASSERT(rereading.carried(1, annotations) == now);
  }));
}

TEST(ReanchorProperties, WhatComesOutIsOfTheFormat) {
  EXPECT_TRUE(rc::check([] {
    const auto annotations = *test::annotation_list();
    const auto now = Rereading({any_page(1)}, {any_page(100)}).carried(1, annotations);
    RC_ASSERT(TAKE(read_annotations(print_annotations(now))) == now);
  }));
}

TEST(ReanchorProperties, ThereAndBackIsExactForSoundPages) {
  EXPECT_TRUE(rc::check([] {
    std::vector<std::string> texts(*rc::gen::inRange<size_t>(1, 12));
    for (std::string& text : texts) text = *rc::gen::element<std::string>("a", "bc", "12.50");
    const auto first = *rc::gen::inRange<size_t>(0, texts.size());
    const auto last = *rc::gen::inRange(first, texts.size());
    std::vector<WordId> words;
    for (size_t i = first; i <= last; ++i) words.push_back(static_cast<WordId>(i + 1));
    const auto now = carried_alone(row_of(1, texts), row_of(101, texts), span(1, words));
    for (WordId& id : words) id += 100;
    RC_ASSERT(now.words == words);
    RC_ASSERT(now.anchor->status == AnchorStatus::exact);
  }));
}

}  // namespace
}  // namespace corpus
