#include "ocr/detail/rules.h"

#include <gtest/gtest.h>

#include <opencv2/imgproc.hpp>

namespace ocr::detail {
namespace {

constexpr double kGlyph = 16;  // height of the letters below

// Gray paper, 600 x 300, with a line of letters whose feet stand at y = 150.
cv::Mat written() {
  cv::Mat page(300, 600, CV_8U, cv::Scalar(230));
  cv::putText(page, "gypsy 97 fl.", {100, 150}, cv::FONT_HERSHEY_SIMPLEX, 0.75, cv::Scalar(20), 2);
  return page;
}

cv::Mat bare(const cv::Mat& page, double glyph_height = kGlyph) {
  return without_rules(page, glyph_height).without_any;
}

// Of how many pixels ink has become paper, or paper ink.
int differences(const cv::Mat& a, const cv::Mat& b) {
  const cv::Mat changed = cv::abs(a - b) > 100;
  return cv::countNonZero(changed);
}

TEST(WithoutRules, LeavesAPageOfLettersAlone) {
  const cv::Mat page = written();
  EXPECT_EQ(bare(page).data, page.data);
}

TEST(WithoutRules, TakesOutWhatPeopleWriteOn) {
  cv::Mat page = written();
  cv::line(page, {50, 154}, {550, 154}, cv::Scalar(20), 2);  // through the descenders
  // Where tails of letters run along it they go with it.
  EXPECT_LT(differences(bare(page), written()), 80);
  EXPECT_GT(differences(page, written()), 800);
}

TEST(WithoutRules, TakesOutTheSidesOfCells) {
  cv::Mat page = written();
  for (const int x : {90, 320}) cv::line(page, {x, 60}, {x, 240}, cv::Scalar(20), 3);
  EXPECT_LT(differences(bare(page), written()), 12);
}

TEST(WithoutRules, KeepsWhatPeopleWriteOnWhereOnlySidesAreToGo) {
  cv::Mat page = written();
  cv::line(page, {50, 170}, {550, 170}, cv::Scalar(20), 2);
  const cv::Mat underlined = page.clone();
  cv::line(page, {90, 60}, {90, 240}, cv::Scalar(20), 3);
  EXPECT_LT(differences(without_rules(page, kGlyph).without_upright, underlined), 12);
}

TEST(WithoutRules, AllowsForASlope) {
  cv::Mat page = written();
  cv::line(page, {50, 170}, {550, 173}, cv::Scalar(20), 2);
  EXPECT_LT(differences(bare(page), written()), 12);
}

TEST(WithoutRules, KeepsLargeLettersDashesAndWhatIsBlack) {
  cv::Mat page = written();
  cv::putText(page, "FIT", {350, 100}, cv::FONT_HERSHEY_SIMPLEX, 3, cv::Scalar(20), 12);
  cv::line(page, {100, 200}, {160, 200}, cv::Scalar(20), 2);
  cv::rectangle(page, {50, 230, 500, 40}, cv::Scalar(20), cv::FILLED);
  EXPECT_LT(differences(bare(page), page), 12);
}

TEST(WithoutRules, WorksOnALargeScan) {
  cv::Mat page, clean;
  cv::resize(written(), page, {}, 3, 3, cv::INTER_CUBIC);
  page.copyTo(clean);
  cv::line(page, {150, 500}, {1650, 500}, cv::Scalar(20), 6);
  EXPECT_LT(differences(bare(page, 3 * kGlyph), clean), 12);
}

TEST(WithoutRules, TakesAnyPage) {
  EXPECT_EQ(bare(cv::Mat(3, 3, CV_8U, cv::Scalar(255)), 0).rows, 3);
}

}  // namespace
}  // namespace ocr::detail
