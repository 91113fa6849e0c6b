#include "ocr/detail/strip.h"

#include <gtest/gtest.h>

#include <cmath>
#include <opencv2/imgproc.hpp>

namespace ocr::detail {
namespace {

constexpr double kDegree = CV_PI / 180;

Strip strip_at(double x, double y, double degrees, double length = 300, double height = 20) {
  return {{x, y}, degrees * kDegree, length, height, 1};
}

TEST(Strips, TellAPageOnItsSide) {
  EXPECT_TRUE(on_its_side({strip_at(0, 0, 89), strip_at(0, 0, -88), strip_at(0, 0, 1)}));
  EXPECT_FALSE(on_its_side({strip_at(0, 0, 89), strip_at(0, 0, 2), strip_at(0, 0, 1)}));
}

TEST(Strips, TurnWithTheirPage) {
  // The top left corner of a page goes to its top right when it is turned clockwise.
  const auto quarter = turned({strip_at(10, 20, 0)}, 1, {100, 200});
  EXPECT_NEAR(quarter[0].centre.x, 180, 1e-9);
  EXPECT_NEAR(quarter[0].centre.y, 10, 1e-9);
  EXPECT_NEAR(std::fabs(quarter[0].angle), 90 * kDegree, 1e-9);
  const auto half = turned({strip_at(10, 20, 3)}, 2, {100, 200});
  EXPECT_NEAR(half[0].centre.x, 90, 1e-9);
  EXPECT_NEAR(half[0].centre.y, 180, 1e-9);
  EXPECT_NEAR(half[0].angle, 3 * kDegree, 1e-9);
}

TEST(Strips, TellTheSkewByTheLongOnes) {
  EXPECT_NEAR(skew_of({strip_at(0, 0, 2), strip_at(0, 30, 2.2), strip_at(0, 60, 40, 30, 20)}),
              2.1 * kDegree, 0.2 * kDegree);
}

TEST(Strips, LoseTheScrapsInsideOthers) {
  const auto kept = without_scraps({strip_at(200, 50, 0, 300, 80), strip_at(300, 55, 5, 40, 30),
                                    strip_at(200, 130, 0, 300, 80)});
  ASSERT_EQ(kept.size(), 2U);
  EXPECT_EQ(kept[1].centre.y, 130);
}

TEST(Strips, LoseTheScrapBetweenTwoOthers) {
  const auto kept = without_scraps(
      {strip_at(200, 50, 0, 300, 80), strip_at(520, 50, 0, 300, 80), strip_at(360, 52, 5, 60, 30)});
  EXPECT_EQ(kept.size(), 2U);
}

TEST(PartNeighbours, EndsThemWhereTheyMeet) {
  std::vector<Strip> strips = {strip_at(200, 50, 0, 300, 40), strip_at(480, 52, 0, 300, 40),
                               strip_at(200, 90, 0, 300, 40)};
  part_neighbours(strips);
  EXPECT_NEAR(strips[0].centre.x + strips[0].length / 2, 340, 1e-6);
  EXPECT_NEAR(strips[1].centre.x - strips[1].length / 2, 340, 1e-6);
  EXPECT_EQ(strips[0].centre.x - strips[0].length / 2, 50);
  EXPECT_EQ(strips[2].length, 300);
}

TEST(Align, GivesAShortStripTheDirectionAroundIt) {
  std::vector<Strip> strips = {strip_at(200, 0, 3), strip_at(200, 30, 3),
                               strip_at(20, 60, -12, 30, 20)};
  align(strips);
  EXPECT_NEAR(strips[2].angle, 3 * kDegree, 0.1 * kDegree);
}

TEST(Align, LaysAShortStripDownThatSeemedToStand) {
  std::vector<Strip> strips = {strip_at(200, 0, 0), strip_at(200, 30, 0),
                               strip_at(20, 60, 90, 24, 14)};
  align(strips);
  EXPECT_NEAR(strips[2].angle, 0, 0.1 * kDegree);
  EXPECT_NEAR(strips[2].length, 14, 1);
  EXPECT_NEAR(strips[2].height, 24, 1);
}

TEST(Align, LeavesAStripThatRunsUpThePage) {
  std::vector<Strip> strips = {strip_at(200, 0, 0), strip_at(200, 30, 0), strip_at(20, 60, 90)};
  align(strips);
  EXPECT_NEAR(strips[2].angle, 90 * kDegree, 1e-9);
}

// A black bar on white, turned about the middle of the page.
cv::Mat bar(double degrees) {
  cv::Mat page(300, 400, CV_8UC1, cv::Scalar(255));
  const cv::RotatedRect rect({200, 150}, {200, 20}, static_cast<float>(degrees));
  cv::Point2f corners[4];
  rect.points(corners);
  std::vector<cv::Point> outline(corners, corners + 4);
  cv::fillConvexPoly(page, outline, cv::Scalar(0));
  return page;
}

TEST(Cut, LevelsASlopingStrip) {
  // A third of the strip's height is ink: half of it would be neither dark nor light ground.
  const Cutting cutting = cut(bar(20), strip_at(200, 150, 20, 200, 60), 60, 10);
  EXPECT_EQ(cutting.image.rows, 80);
  EXPECT_EQ(cutting.image.cols, 220);
  EXPECT_LT(cutting.image.at<uint8_t>(40, 20), 60);
  EXPECT_LT(cutting.image.at<uint8_t>(40, 200), 60);
  EXPECT_GT(cutting.image.at<uint8_t>(20, 20), 200);
  EXPECT_GT(cutting.image.at<uint8_t>(60, 200), 200);
}

TEST(Cut, TurnsLightLettersDark) {
  cv::Mat page(60, 300, CV_8UC1, cv::Scalar(30));
  cv::putText(page, "LETTERS", {30, 42}, cv::FONT_HERSHEY_SIMPLEX, 1, cv::Scalar(220), 2);
  const Cutting cutting = cut(page, strip_at(150, 30, 0, 260, 40), 40, 10);
  EXPECT_GT(cv::mean(cutting.image)[0], 180);
}

TEST(Cut, TakesShadingOut) {
  cv::Mat page(60, 600, CV_8UC1);
  for (int x = 0; x < page.cols; ++x) page.col(x) = 240 - x / 4;
  cv::putText(page, "some words on a shaded line", {20, 40}, cv::FONT_HERSHEY_SIMPLEX, 1,
              cv::Scalar(10), 2);
  const Cutting cutting = cut(page, strip_at(300, 30, 0, 580, 40), 40, 10);
  EXPECT_GT(cutting.image.at<uint8_t>(12, 20), 215);
  EXPECT_GT(cutting.image.at<uint8_t>(12, 560), 215);
  EXPECT_GT(cutting.contrast, 0.8);
}

TEST(Cut, TellsFaintPrint) {
  cv::Mat page(60, 300, CV_8UC1, cv::Scalar(230));
  cv::putText(page, "faint", {30, 42}, cv::FONT_HERSHEY_SIMPLEX, 1, cv::Scalar(190), 2);
  EXPECT_LT(cut(page, strip_at(150, 30, 0, 260, 40), 40, 10).contrast, 0.3);
}

TEST(InkWithin, ShrinksABoxToItsInk) {
  Cutting cutting;
  cutting.image = cv::Mat(60, 200, CV_8UC1, cv::Scalar(255));
  cutting.image(cv::Rect(50, 20, 30, 15)) = 0;
  EXPECT_EQ(ink_within(cutting, cv::Rect(40, 5, 60, 50)), cv::Rect(50, 20, 30, 15));
  EXPECT_EQ(ink_within(cutting, cv::Rect(100, 5, 20, 20)), cv::Rect(100, 5, 20, 20));
}

TEST(Cut, LeadsBackToThePage) {
  const Cutting cutting = cut(bar(0), strip_at(200, 150, 0, 200, 20), 40, 10);
  EXPECT_EQ(to_page(cv::Rect(10, 10, 400, 40), cutting, {400, 300}),
            (corpus::Box{100, 140, 300, 160}));
}

TEST(Cut, LeadsBackFromAStripThatRunsUpThePage) {
  const Cutting cutting = cut(bar(90), strip_at(200, 150, 90, 200, 20), 40, 10);
  const corpus::Box box = to_page(cv::Rect(10, 10, 400, 40), cutting, {400, 300});
  EXPECT_EQ(box, (corpus::Box{190, 50, 210, 250}));
}

}  // namespace
}  // namespace ocr::detail
