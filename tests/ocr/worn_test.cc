// A sample page, worn as scans are, is read nearly as well as it was.
#include <gtest/gtest.h>

#include <map>
#include <opencv2/imgproc.hpp>

#include "ocr/detail/preprocess.h"
#include "ocr/pipeline.h"
#include "tests/ocr/samples.h"
#include "tests/support/result_matchers.h"

namespace ocr {
namespace {

using Words = std::map<std::string, int>;

std::string png_of(const cv::Mat& page) {
  const detail::Pix pix(pixCreate(page.cols, page.rows, 8));
  for (int y = 0; y < page.rows; ++y) {
    for (int x = 0; x < page.cols; ++x) pixSetPixel(pix.get(), x, y, page.at<uint8_t>(y, x));
  }
  l_uint8* data = nullptr;
  size_t size = 0;
  EXPECT_EQ(pixWriteMemPng(&data, &size, pix.get(), 0), 0);
  std::string bytes(reinterpret_cast<const char*>(data), size);
  lept_free(data);
  return bytes;
}

class Worn : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    pool_ = TAKE(WorkerPool::create({.workers = 1})).release();
    const std::string file = GLOSSATOR_SOURCE_DIR "/samples/documents/zahnarzt-rechnung-de.png";
    const detail::Pix pix(pixRead(file.c_str()));
    page_ = detail::mat_of(detail::Pix(pixConvertTo8(pix.get(), 0)));
    words_ = read(page_);
  }
  static void TearDownTestSuite() {
    delete pool_;
    pool_ = nullptr;
    page_ = cv::Mat();
  }
  void SetUp() override {
    if (pool_->options().line_detector.empty()) GTEST_SKIP() << "no line detector is installed";
  }

  static Words read(const cv::Mat& page) {
    Words words;
    ReadEvents events;
    events.on_page = [&](const PageReading& reading) {
      for (const corpus::Word& word : reading.words) ++words[word.text];
    };
    const base::UniqueFd file = test::as_file(png_of(page));
    TAKE(read_document(*pool_, file.get(), {}, events));
    return words;
  }

  // The share of the page's words that are still read from `worn`.
  static double kept(const cv::Mat& worn) {
    const Words now = read(worn);
    double all = 0, found = 0;
    for (const auto& [word, count] : words_) {
      all += count;
      const auto again = now.find(word);
      if (again != now.end()) found += std::min(count, again->second);
    }
    return found / all;
  }

  static cv::Mat turned_by(double degrees) {
    cv::Mat out;
    const cv::Point2f middle(page_.cols / 2.0F, page_.rows / 2.0F);
    cv::warpAffine(page_, out, cv::getRotationMatrix2D(middle, degrees, 1), page_.size(),
                   cv::INTER_LINEAR, cv::BORDER_CONSTANT, cv::Scalar(255));
    return out;
  }
  static cv::Mat scaled_by(double factor) {
    cv::Mat out;
    cv::resize(page_, out, {}, factor, factor, factor < 1 ? cv::INTER_AREA : cv::INTER_CUBIC);
    return out;
  }

  static inline WorkerPool* pool_ = nullptr;
  static inline cv::Mat page_;
  static inline Words words_;
};

TEST_F(Worn, ThePageItselfHasWords) {
  EXPECT_GT(words_.size(), 80U);
  EXPECT_GT(words_["Rechnung"] + words_["Zahnarztpraxis"] + words_["Summe"], 0);
}

TEST_F(Worn, TurnedByQuarters) {
  for (const int code : {cv::ROTATE_90_CLOCKWISE, cv::ROTATE_180, cv::ROTATE_90_COUNTERCLOCKWISE}) {
    cv::Mat turned;
    cv::rotate(page_, turned, code);
    EXPECT_GT(kept(turned), 0.97) << "rotation " << code;
  }
}

TEST_F(Worn, Skewed) {
  EXPECT_GT(kept(turned_by(3)), 0.9);
  EXPECT_GT(kept(turned_by(-6)), 0.85);
}

TEST_F(Worn, ShadedAcross) {
  cv::Mat shaded = page_.clone();
  for (int x = 0; x < shaded.cols; ++x) shaded.col(x) *= 1 - 0.65 * x / shaded.cols;
  EXPECT_GT(kept(shaded), 0.93);
}

TEST_F(Worn, OnGrayGrainyPaper) {
  cv::Mat grain(page_.size(), CV_16SC1), grainy;
  cv::RNG random(1);
  random.fill(grain, cv::RNG::NORMAL, 0, 8);
  page_.convertTo(grainy, CV_16SC1, 0.7, 10);
  grainy += grain;
  grainy.convertTo(grainy, CV_8UC1);
  EXPECT_GT(kept(grainy), 0.9);
}

TEST_F(Worn, WhiteOnBlack) {
  EXPECT_GT(kept(255 - page_), 0.9);
}

TEST_F(Worn, AtLowAndHighResolution) {
  EXPECT_GT(kept(scaled_by(0.55)), 0.75);
  EXPECT_GT(kept(scaled_by(2.5)), 0.93);
}

}  // namespace
}  // namespace ocr
