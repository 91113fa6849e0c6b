#include "dataset/release_figures.h"

#include <gtest/gtest.h>

#include "dataset/bar_chart.h"
#include "tests/dataset/fixtures.h"

namespace dataset {
namespace {

TEST(BarChart, GivesTheSameBytes) {
  const BarChart chart{.title = "A & B", .series = {"x", "y"}, .rows = {{"<one>", {1, 3}}}};
  const std::string svg = print_svg(chart);
  EXPECT_EQ(svg, print_svg(chart));
  EXPECT_NE(svg.find("A &amp; B"), svg.npos);
  EXPECT_NE(svg.find("&lt;one&gt;"), svg.npos);
  // 440 pixels for the longest row: a quarter, and three
  EXPECT_NE(svg.find("width=\"110\" height=\"16\""), svg.npos);
  EXPECT_NE(svg.find("width=\"330\" height=\"16\""), svg.npos);
}

TEST(BarChart, HoldsNothingThatXmlCannot) {
  const std::string svg = print_svg({.title = "a\x01"
                                              "b\uFFFFc\uFFFEd",
                                     .series = {"x"},
                                     .rows = {}});
  EXPECT_NE(svg.find("a\uFFFDb\uFFFDc\uFFFDd"), svg.npos);
}

TEST(BarChart, CutsLongNamesBetweenCharacters) {
  std::string name;
  for (int i = 0; i < 40; ++i) name += "ß";
  const std::string svg = print_svg({.title = "", .series = {"x"}, .rows = {{name, {0}}}});
  EXPECT_EQ(svg.find(name), svg.npos);
  EXPECT_NE(svg.find("ß…</text>"), svg.npos);
}

TEST(ReleaseFigures, CountLabelsAndPagesByPart) {
  ReleaseFigures figures;
  figures.add(test::record_of("a", "train"));
  figures.add(test::record_of("b", "train"));
  figures.add(test::record_of("c", "test"));
  EXPECT_EQ(figures.labels.at("total"),
            (std::map<std::string, uint64_t>{{"train", 4}, {"test", 2}}));
  EXPECT_EQ(figures.pages.at("train")[0], 2u);
}

TEST(ReleaseFigures, CountWordsByTenthsOfConfidence) {
  ReleaseFigures figures;
  const std::string words =
      "id\tblock\tline\tx0\ty0\tx1\ty1\tconfidence\ttext\n"
      "1\t1\t1\t0\t0\t9\t9\t0\ta\n2\t1\t1\t0\t0\t9\t9\t999\tb\n3\t1\t1\t0\t0\t9\t9\t1000\t9\n";
  figures.add_words(words);
  EXPECT_EQ(figures.confidence[0], 1u);
  EXPECT_EQ(figures.confidence[9], 2u);
  figures.add_words(words);
  figures.remove_words(words);
  EXPECT_EQ(figures.confidence[9], 2u);
}

TEST(ReleaseFigures, CountDocumentsByTenthsOfAgreement) {
  ReleaseFigures figures;
  ManifestRecord record = test::record_of("a", "");
  figures.add(record);
  for (const int64_t f1 : {0, 899, 900, 1000}) {
    record.agreement = f1;
    figures.add(record);
  }
  EXPECT_EQ(figures.agreement, (std::array<uint64_t, 10>{1, 0, 0, 0, 0, 0, 0, 0, 1, 2}));
  EXPECT_EQ(print_figures(figures).back().path, "figures/agreement.svg");
}

TEST(ReleaseFigures, AreDrawnWhereThereIsSomething) {
  ReleaseFigures figures;
  EXPECT_TRUE(print_figures(figures).empty());
  figures.add(test::record_of("a", ""));
  const auto drawn = print_figures(figures);
  ASSERT_EQ(drawn.size(), 2u);
  EXPECT_EQ(drawn[0].path, "figures/labels.svg");
  EXPECT_NE(drawn[0].svg.find("total"), std::string::npos);
}

}  // namespace
}  // namespace dataset
