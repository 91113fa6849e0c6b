#include "ocr/detail/line_reader.h"

#include <gtest/gtest.h>

#include <opencv2/imgproc.hpp>

#include "base/file.h"
#include "tests/ocr/language_data.h"
#include "tests/ocr/samples.h"
#include "tests/support/result_matchers.h"

namespace ocr::detail {
namespace {

// A line of print as high as the network wants it.
cv::Mat printed_line(const std::string& text, int height) {
  cv::Mat large(3 * height, 60 * static_cast<int>(text.size()), CV_8UC1, cv::Scalar(255));
  cv::putText(large, text, {40, 2 * height + height / 5}, cv::FONT_HERSHEY_COMPLEX, 2,
              cv::Scalar(0), 4, cv::LINE_AA);
  cv::Mat line;
  cv::resize(large, line, {}, 1.0 / 3, 1.0 / 3, cv::INTER_AREA);
  return line;
}

std::string text_of(const std::vector<SeenWord>& words) {
  std::string out;
  for (const SeenWord& word : words) out += (out.empty() ? "" : " ") + word.text;
  return out;
}

struct Fixture {
  Engine engine = std::move(Engine::open("eng", "")).value();
  LineReader reader = std::move(LineReader::open("eng", engine.directory())).value();
  size_t first = 0;
};

TEST(LineReader, ReadsALine) {
  Fixture with;
  const std::string text = "The quick brown fox, 1234 dogs";
  const auto words = with.reader.read(printed_line(text, with.reader.height()), with.first);
  EXPECT_EQ(text_of(words), text);
}

TEST(LineReader, ReadsAsTesseractDoes) {
  Fixture with;
  for (const std::string text :
       {"Invoice No. 4711 of 12 March", "Please pay within ten days", "TOTAL AMOUNT DUE 84.50"}) {
    const cv::Mat line = printed_line(text, with.reader.height());
    const std::string ours = text_of(with.reader.read(line, with.first));
    EXPECT_EQ(ours, text_of(with.engine.read(line, Layout::line))) << text;
  }
}

TEST(LineReader, PutsBoxesWhereTheWordsAre) {
  Fixture with;
  const cv::Mat line = printed_line("left right", with.reader.height());
  const auto words = with.reader.read(line, with.first);
  ASSERT_EQ(words.size(), 2U);
  cv::Mat columns;
  cv::reduce(line, columns, 0, cv::REDUCE_MIN);
  const auto inked = [&](int x) { return columns.at<uint8_t>(0, x) < 128; };
  for (const SeenWord& word : words) {
    EXPECT_EQ(word.box.y, 0);
    EXPECT_EQ(word.box.height, line.rows);
    EXPECT_FALSE(inked(word.box.x));  // the border lies in the paper between
    EXPECT_GT(word.confidence, 0.7);
  }
  EXPECT_LE(words[0].box.br().x, words[1].box.x + 1);
}

TEST(LineReader, ReadsNothingOnPaper) {
  Fixture with;
  EXPECT_TRUE(with.reader.read(cv::Mat(36, 300, CV_8UC1, cv::Scalar(255)), with.first).empty());
  EXPECT_TRUE(with.reader.read(cv::Mat(36, 1, CV_8UC1, cv::Scalar(0)), with.first).empty());
}

TEST(LineReader, LeavesToTesseractWhatItCannotRun) {
  const auto directory = base::TempDir::create();
  ASSERT_OK(directory);
  const auto put = [&](const std::string& name, const test::LanguageLook& look) {
    ASSERT_OK(base::write_file_durably(directory->path() / (name + ".traineddata"),
                                       test::language_data(look)));
  };
  put("aaa", {});
  put("bbb", {.whole_numbers = false});
  EXPECT_OK(LineReader::open("aaa", directory->path()));
  const auto both = LineReader::open("aaa+bbb", directory->path());
  ASSERT_FALSE(both.ok());
  EXPECT_EQ(both.error().code, base::Code::denied);
  EXPECT_EQ(LineReader::open("ccc", directory->path()).error().code, base::Code::not_found);
}

TEST(TextNetwork, SeesTheSameInEveryForm) {
  const std::string directory = MUST(Engine::open("eng", "")).directory();
  const auto model = parse_traineddata(MUST(base::read_file(directory + "/eng.traineddata")));
  ASSERT_OK(model);
  const cv::Mat line = printed_line("Sphinx of black quartz", static_cast<int>(model->height));
  const Chances usual = TextNetwork(*model).run(line);
  EXPECT_EQ(usual.steps(), static_cast<size_t>(line.cols) / 3);
  for (const Int8Form form : {Int8Form::plain, Int8Form::avx2, Int8Form::vnni}) {
    if (!can_run(form)) continue;
    const Chances other = TextNetwork(*model, form).run(line);
    for (size_t step = 0; step < usual.steps(); ++step) {
      for (size_t code = 0; code < usual.codes(); ++code) {
        ASSERT_EQ(usual.at(step)[code], other.at(step)[code]) << static_cast<int>(form);
      }
    }
  }
}

TEST(TextNetwork, RunsAnySize) {
  const auto model = parse_traineddata(test::language_data());
  ASSERT_OK(model);
  const TextNetwork network(*model);
  for (const int width : {0, 1, 2, 3, 10, 300}) {
    const Chances chances = network.run(cv::Mat(9, width, CV_8UC1, cv::Scalar(90)));
    EXPECT_EQ(chances.steps(), static_cast<size_t>(width) / 3);
  }
}

}  // namespace
}  // namespace ocr::detail
