// Every kind of file that is read, made here and read back: what it says, or why it is not read.
#include <gtest/gtest.h>

#include "ocr/pipeline.h"
#include "tests/ocr/samples.h"
#include "tests/support/result_matchers.h"

namespace ocr {
namespace {

constexpr char kText[] = "The quick brown fox jumps over the lazy dog tonight ";

struct Outcome {
  DocumentReading reading;
  std::vector<std::string> texts;     // of each page
  std::vector<std::string> failures;  // of the document and its pages: "code: reason"
};

class Formats : public ::testing::Test {
 protected:
  static void SetUpTestSuite() { pool_ = TAKE(WorkerPool::create({.workers = 1})).release(); }
  static void TearDownTestSuite() {
    delete pool_;
    pool_ = nullptr;
  }

  static Outcome read(const std::string& bytes, const std::string& password = "") {
    Outcome outcome;
    const auto note = [&](const Failure& failure) {
      outcome.failures.push_back(failure.code + ": " + failure.reason);
    };
    ReadEvents events;
    events.on_page = [&](PageReading page) {
      if (page.failure) note(*page.failure);
      std::string& text = outcome.texts.emplace_back();
      for (const corpus::Word& word : page.words) text += word.text + ' ';
    };
    ReadSettings settings;
    settings.password = password;
    const base::UniqueFd file = test::as_file(bytes);
    outcome.reading = TAKE(read_document(*pool_, file.get(), settings, events));
    if (outcome.reading.refusal) note(*outcome.reading.refusal);
    return outcome;
  }

  static void expect_read(const std::string& bytes) {
    const Outcome outcome = read(bytes);
    EXPECT_EQ(outcome.failures, std::vector<std::string>());
    ASSERT_EQ(outcome.texts.size(), 1U);
    EXPECT_EQ(outcome.texts[0], kText);
  }

  static WorkerPool* pool_;
};
WorkerPool* Formats::pool_ = nullptr;

TEST_F(Formats, Png) {
  expect_read(test::image_page(test::ImageKind::png));
}
TEST_F(Formats, PngOf16Bits) {
  expect_read(test::image_page(test::ImageKind::png_16_bits));
}
TEST_F(Formats, PngWithAlpha) {
  expect_read(test::png_page_with_alpha());
}
TEST_F(Formats, Jpeg) {
  expect_read(test::image_page(test::ImageKind::jpeg));
}
TEST_F(Formats, ProgressiveJpeg) {
  expect_read(test::image_page(test::ImageKind::jpeg_progressive));
}
TEST_F(Formats, CmykJpeg) {
  expect_read(test::cmyk_jpeg_page());
}
TEST_F(Formats, WebP) {
  expect_read(test::image_page(test::ImageKind::webp));
}
TEST_F(Formats, Bmp) {
  expect_read(test::image_page(test::ImageKind::bmp));
}
TEST_F(Formats, Jpeg2000) {
  expect_read(test::image_page(test::ImageKind::jp2));
}
TEST_F(Formats, GifByItsFirstFrame) {
  expect_read(test::gif_with_a_second_frame());
}
TEST_F(Formats, TiffGroup3) {
  expect_read(test::image_page(test::ImageKind::tiff_g3));
}
TEST_F(Formats, TiffGroup4) {
  expect_read(test::image_page(test::ImageKind::tiff_g4));
}
TEST_F(Formats, TiffLzw) {
  expect_read(test::image_page(test::ImageKind::tiff_lzw));
}
TEST_F(Formats, TiffDeflate) {
  expect_read(test::image_page(test::ImageKind::tiff_zip));
}
TEST_F(Formats, TiffPackbits) {
  expect_read(test::image_page(test::ImageKind::tiff_packbits));
}
TEST_F(Formats, TiffJpeg) {
  expect_read(test::image_page(test::ImageKind::tiff_jpeg));
}
TEST_F(Formats, TiledTiff) {
  expect_read(test::tiled_tiff_page());
}

TEST_F(Formats, TiffOfManyPages) {
  const Outcome outcome = read(test::tiff_pages(3));
  EXPECT_EQ(outcome.texts, std::vector<std::string>(3, kText));
}

TEST_F(Formats, FloatingPointTiffSaysWhyNot) {
  const Outcome outcome = read(test::float_tiff_page());
  ASSERT_EQ(outcome.failures.size(), 1U);
  EXPECT_EQ(outcome.failures[0],
            "unsupported: this kind of TIFF is not supported (float or unusual samples)");
}

TEST_F(Formats, AnImageThatIsCutOffSaysWhyNot) {
  const std::string file = test::image_page(test::ImageKind::webp);
  const Outcome outcome = read(file.substr(0, file.size() / 2));
  ASSERT_EQ(outcome.failures.size(), 1U);
  EXPECT_EQ(outcome.failures[0], "damaged: the image data are damaged");
}

TEST_F(Formats, PdfFormsAndAnnotationsAreReadAsTheyAreSeen) {
  const Outcome outcome = read(test::pdf_with_form());
  ASSERT_EQ(outcome.texts.size(), 1U);
  for (const char* seen : {"Claim", "4711-2026", "Approved"}) {
    EXPECT_NE(outcome.texts[0].find(seen), std::string::npos) << seen << ": " << outcome.texts[0];
  }
}

TEST_F(Formats, PdfAttachmentsAreIgnored) {
  const Outcome outcome = read(test::pdf_with_form());
  EXPECT_EQ(outcome.reading.pages, 1U);
  EXPECT_EQ(outcome.texts[0].find("attached"), std::string::npos);
}

}  // namespace
}  // namespace ocr
