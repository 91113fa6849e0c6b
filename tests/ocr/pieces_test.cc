#include "ocr/detail/pieces.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <opencv2/imgproc.hpp>

namespace ocr::detail {
namespace {

// '#' is ink.
cv::Mat mask_of(const std::vector<std::string>& rows) {
  cv::Mat out(static_cast<int>(rows.size()), static_cast<int>(rows.front().size()), CV_8U);
  for (int y = 0; y < out.rows; ++y) {
    for (int x = 0; x < out.cols; ++x) {
      out.at<uint8_t>(y, x) = rows[static_cast<size_t>(y)][static_cast<size_t>(x)] == '#' ? 1 : 0;
    }
  }
  return out;
}

std::vector<std::string> rows_of(const cv::Mat& mask) {
  std::vector<std::string> out;
  for (int y = 0; y < mask.rows; ++y) {
    out.emplace_back();
    for (int x = 0; x < mask.cols; ++x) out.back() += mask.at<uint8_t>(y, x) != 0 ? '#' : '.';
  }
  return out;
}

cv::Mat noise(int width, int height, double share, uint64_t seed) {
  cv::Mat out(height, width, CV_8U);
  cv::RNG random(seed);
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      out.at<uint8_t>(y, x) = random.uniform(0.0, 1.0) < share ? 255 : 0;
    }
  }
  return out;
}

// The same pieces as OpenCV finds, whatever their numbers.
void expect_as_opencv(const cv::Mat& mask, Touching touching) {
  cv::Mat labels, stats, centres;
  const int count = cv::connectedComponentsWithStats(mask, labels, stats, centres,
                                                     touching == Touching::corners ? 8 : 4);
  const Pieces pieces = pieces_of(mask, touching);
  ASSERT_EQ(pieces.list.size() + 1, static_cast<size_t>(count));
  std::map<int, int> ours = {{0, 0}};
  for (int y = 0; y < mask.rows; ++y) {
    for (int x = 0; x < mask.cols; ++x) {
      const int theirs = labels.at<int>(y, x), label = pieces.labels.at<int>(y, x);
      ASSERT_EQ(ours.emplace(theirs, label).first->second, label) << x << ' ' << y;
    }
  }
  for (const auto& [theirs, label] : ours) {
    if (label == 0) continue;
    const int* row = stats.ptr<int>(theirs);
    const Piece& piece = pieces.list[static_cast<size_t>(label) - 1];
    EXPECT_EQ(piece.label, label);
    EXPECT_EQ(piece.area, row[cv::CC_STAT_AREA]);
    EXPECT_EQ(piece.box, cv::Rect(row[cv::CC_STAT_LEFT], row[cv::CC_STAT_TOP],
                                  row[cv::CC_STAT_WIDTH], row[cv::CC_STAT_HEIGHT]));
  }
}

TEST(Pieces, AreThoseThatOpenCvFinds) {
  for (const double share : {0.05, 0.4, 0.6}) {
    for (const cv::Size size : {cv::Size(1, 40), cv::Size(41, 1), cv::Size(97, 61)}) {
      const cv::Mat mask = noise(size.width, size.height, share, 5);
      expect_as_opencv(mask, Touching::corners);
      expect_as_opencv(mask, Touching::sides);
    }
  }
}

TEST(Pieces, OfAPartOfAPageLieInThatPart) {
  const cv::Mat page = noise(90, 50, 0.4, 9);
  expect_as_opencv(page(cv::Rect(13, 7, 50, 31)), Touching::corners);
}

TEST(Pieces, JoinWhatMeetsFurtherDown) {
  const cv::Mat mask = mask_of({"#..#..#",  //
                                "#..#..#",  //
                                "#######"});
  ASSERT_EQ(list_pieces(mask).size(), 1U);
  EXPECT_EQ(list_pieces(mask)[0].area, 13);
  EXPECT_EQ(list_pieces(mask)[0].box, cv::Rect(0, 0, 7, 3));
}

TEST(Pieces, OfNothingAreNone) {
  EXPECT_TRUE(list_pieces(cv::Mat(20, 30, CV_8U, cv::Scalar(0))).empty());
  EXPECT_TRUE(pieces_of(cv::Mat()).list.empty());
}

TEST(Lines, AreAsLongAsAsked) {
  const cv::Mat mask = mask_of({"........",  //
                                "######..",  //
                                "........",  //
                                "........",  //
                                ".####..."});
  EXPECT_EQ(rows_of(horizontal_lines(mask, 5)), (std::vector<std::string>{"######..",  //
                                                                          "######..",  //
                                                                          "######..",  //
                                                                          "........",  //
                                                                          "........"}));
}

TEST(Lines, MayStepByAPixel) {
  const cv::Mat mask = mask_of({"#......",  //
                                "#......",  //
                                ".#.....",  //
                                ".#.....",  //
                                "......#"});
  const cv::Mat lines = vertical_lines(mask, 4);
  EXPECT_EQ(rows_of(lines), (std::vector<std::string>{"##.....",  //
                                                      "##.....",  //
                                                      "##.....",  //
                                                      "##.....",  //
                                                      "......."}));
}

}  // namespace
}  // namespace ocr::detail
