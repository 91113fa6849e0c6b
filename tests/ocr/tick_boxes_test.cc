#include "ocr/detail/tick_boxes.h"

#include <gtest/gtest.h>

#include <opencv2/imgproc.hpp>

namespace ocr::detail {
namespace {

using corpus::MarkState;

constexpr int kSide = 22;
const cv::Rect kBox(200, 150, kSide, kSide);

// Paper of 600 x 400 pixels on which letters would be 12 pixels high.
class Paper {
 public:
  Paper() : ink_{} {
    ink_.mask = cv::Mat(400, 600, CV_8U, cv::Scalar(0));
    ink_.unit = 12;
  }

  Paper& box(const cv::Rect& at, int width = 2) {
    cv::rectangle(ink_.mask, at, cv::Scalar(1), width);
    return *this;
  }
  Paper& ring(const cv::Point& centre, int radius) {
    cv::circle(ink_.mask, centre, radius, cv::Scalar(1), 2);
    return *this;
  }
  Paper& line(const cv::Point& from, const cv::Point& to, int width = 2) {
    cv::line(ink_.mask, from, to, cv::Scalar(1), width);
    return *this;
  }
  // A quarter of a ring, clockwise from `degrees`, where 0 is to the right.
  Paper& arc(const cv::Point& centre, int radius, int degrees) {
    cv::ellipse(ink_.mask, centre, {radius, radius}, degrees, 0, 90, cv::Scalar(1), 2);
    return *this;
  }
  Paper& text(const cv::Point& at, const std::string& words, double size) {
    cv::putText(ink_.mask, words, at, cv::FONT_HERSHEY_SIMPLEX, size, cv::Scalar(1), 2);
    return *this;
  }

  std::vector<TickBox> boxes(const std::vector<SeenText>& text = {}) const {
    return find_tick_boxes(ink_, text);
  }
  // Of the one box that there is.
  MarkState state() const {
    const auto found = boxes();
    EXPECT_EQ(found.size(), 1u);
    return found.empty() ? MarkState::none : found[0].state;
  }

 private:
  Ink ink_;
};

cv::Point at(double u, double v) {
  return {kBox.x + static_cast<int>(u * kSide), kBox.y + static_cast<int>(v * kSide)};
}

TEST(TickBoxes, AreFoundWhereTheyAre) {
  const auto found = Paper().box(kBox).boxes();
  ASSERT_EQ(found.size(), 1u);
  EXPECT_GT((found[0].box & kBox).area(), 0.7 * (found[0].box | kBox).area());
  EXPECT_GT(found[0].confidence, 0.8);
}

TEST(TickBoxes, AreEmptyOrMarked) {
  EXPECT_EQ(Paper().box(kBox).state(), MarkState::empty);
  EXPECT_EQ(Paper().box(kBox, 4).state(), MarkState::empty);
  EXPECT_EQ(
      Paper().box(kBox).line(at(-.2, -.2), at(1.2, 1.2)).line(at(1.2, -.2), at(-.2, 1.2)).state(),
      MarkState::crossed);
  EXPECT_EQ(Paper().box(kBox).line(at(.1, .5), at(.4, .85)).line(at(.4, .85), at(1.2, -.4)).state(),
            MarkState::ticked);
  EXPECT_EQ(Paper().box(kBox, cv::FILLED).state(), MarkState::filled);
  EXPECT_EQ(Paper().box(kBox).ring(at(.5, .5), kSide).state(), MarkState::circled);
}

TEST(TickBoxes, MayBeRound) {
  const auto found = Paper().ring({200, 150}, 10).ring({300, 150}, 10).boxes();
  ASSERT_EQ(found.size(), 2u);
  EXPECT_EQ(found[0].state, MarkState::empty);
}

TEST(TickBoxes, MayBeRoundAndMarkedWithALargePen) {
  const auto found = Paper()
                         .ring({200, 150}, 10)
                         .ring({300, 150}, 10)
                         .line({292, 148}, {300, 157})
                         .line({300, 157}, {325, 128})
                         .boxes();
  ASSERT_EQ(found.size(), 2u);
  const TickBox& marked = found[0].box.x > 250 ? found[0] : found[1];
  EXPECT_EQ(marked.state, MarkState::ticked);
  EXPECT_NEAR(marked.box.x, 289, 3);
}

// Its corners are arcs of a fifth of its side.
void draw_soft_box(Paper& paper, const cv::Rect& box) {
  const int r = box.width / 5, x1 = box.x + box.width - 1, y1 = box.y + box.height - 1;
  paper.line({box.x + r, box.y}, {x1 - r, box.y}).line({box.x + r, y1}, {x1 - r, y1});
  paper.line({box.x, box.y + r}, {box.x, y1 - r}).line({x1, box.y + r}, {x1, y1 - r});
  paper.arc({box.x + r, box.y + r}, r, 180).arc({x1 - r, box.y + r}, r, 270);
  paper.arc({x1 - r, y1 - r}, r, 0).arc({box.x + r, y1 - r}, r, 90);
}

TEST(TickBoxes, MayHaveRoundCorners) {
  for (const int side : {18, 24, 32, 38}) {
    Paper paper;
    draw_soft_box(paper, {200, 150, side, side});
    const auto found = paper.boxes();
    ASSERT_EQ(found.size(), 1u) << side;
    EXPECT_NEAR(found[0].box.width, side, 3);
    EXPECT_EQ(found[0].state, MarkState::empty);
  }
}

TEST(TickBoxes, MayBeCrossedByAPenAtTheirCorners) {
  for (const int pen : {2, 4, 5}) {
    Paper paper;
    paper.box(kBox).line(at(-0.3, 1.3), at(1.3, -0.3), pen);
    const auto found = paper.boxes();
    ASSERT_EQ(found.size(), 1u) << pen;
    EXPECT_NEAR(found[0].box.x, kBox.x, 3);
    EXPECT_NEAR(found[0].box.width, kSide, 4);
  }
}

TEST(TickBoxes, AreNotPartsOfAWordThatWasSurelyRead) {
  const Paper paper = Paper().box(kBox);
  const cv::Rect word(kBox.x - 2, kBox.y - 2, 80, kSide + 4);
  EXPECT_EQ(paper.boxes({{word, 0.6, 3, 0}}).size(), 1u);
  EXPECT_TRUE(paper.boxes({{word, 0.95, 3, 0}}).empty());
}

TEST(TickBoxes, DustIsNoMark) {
  EXPECT_EQ(Paper().box(kBox).line(at(.5, .5), at(.5, .5), 1).state(), MarkState::empty);
}

TEST(TickBoxes, AreNotTheCellsOfARow) {
  Paper paper;
  for (int i = 0; i < 6; ++i) paper.box({200 + i * kSide, 150, kSide + 1, kSide});
  EXPECT_TRUE(paper.boxes().empty());
}

TEST(TickBoxes, AreNotLetters) {
  EXPECT_TRUE(Paper().text({60, 200}, "BODDHO ODER DOM", 0.9).boxes().empty());
}

TEST(TickBoxes, NothingIsSeenWithoutInk) {
  EXPECT_TRUE(find_tick_boxes(Ink(), {}).empty());
}

}  // namespace
}  // namespace ocr::detail
