#include "ocr/searchable_pdf.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "ocr/detail/pdf.h"
#include "tests/ocr/samples.h"
#include "tests/support/result_matchers.h"

namespace ocr {
namespace {

// What poppler finds on a page, as text and places in points.
std::vector<detail::TextWord> words_on(const std::string& pdf, uint32_t page = 1) {
  const base::UniqueFd file = test::as_file(pdf);
  detail::PdfContext context{file.get(), {}, SandboxMode::full, {}};
  return TAKE(read_layers(context, page, page)).pages.at(0).words;
}

std::vector<detail::PdfPage> pages_of(const std::string& pdf) {
  const base::UniqueFd file = test::as_file(pdf);
  detail::PdfContext context{file.get(), {}, SandboxMode::full, {}};
  return TAKE(open_pdf(context)).pages;
}

std::string text_of(const std::vector<detail::TextWord>& words) {
  std::string text;
  for (const auto& word : words) text += word.text + ' ';
  return text;
}

SearchablePage page_with(std::vector<corpus::Word> words) {
  SearchablePage page{1100, 260, 200, 0, false, {}};
  page.words = std::move(words);
  return page;
}

const std::vector<corpus::Word> kTwoWords = {{1, 0, 0, {100, 60, 300, 100}, 950, "Größe"},
                                             {2, 0, 0, {320, 60, 420, 100}, 950, "4711"}};

class SearchablePdfTest : public ::testing::Test {
 protected:
  using Written = std::pair<std::string, std::optional<Failure>>;

  SearchablePdf empty() const { return TAKE(SearchablePdf::create(directory_.path())); }

  std::string images_pdf(const SearchablePdf& pdf) const {
    std::string out;
    const auto refusal = TAKE(pdf.write_images(*pool_, into(out)));
    EXPECT_FALSE(refusal) << refusal->reason;
    return out;
  }
  Written onto(const SearchablePdf& pdf, const std::string& source) const {
    Written written;
    const base::UniqueFd file = test::as_file(source);
    written.second = TAKE(pdf.write_onto(*pool_, file.get(), into(written.first)));
    return written;
  }

  static PdfSink into(std::string& out) {
    return [&out](std::string_view chunk) -> base::Result<void> {
      out += chunk;
      return {};
    };
  }

  base::TempDir directory_ = TAKE(base::TempDir::create());
  std::unique_ptr<WorkerPool> pool_ = TAKE(WorkerPool::create({.workers = 1}));
};

void expect_at(const detail::TextWord& word, const corpus::Box& box, double dpi) {
  const double tolerance = 0.6;  // points
  EXPECT_NEAR(word.x0, box.x0 * 72 / dpi, tolerance) << word.text;
  EXPECT_NEAR(word.y0, box.y0 * 72 / dpi, tolerance) << word.text;
  EXPECT_NEAR(word.x1, box.x1 * 72 / dpi, tolerance) << word.text;
  EXPECT_NEAR(word.y1, box.y1 * 72 / dpi, tolerance) << word.text;
}

TEST_F(SearchablePdfTest, PutsWordsWhereTheyStandOnTheScan) {
  SearchablePdf pdf = empty();
  ASSERT_OK(pdf.add(page_with(kTwoWords), test::png_page()));
  const auto words = words_on(images_pdf(pdf));
  ASSERT_EQ(text_of(words), "Größe 4711 ");
  expect_at(words[0], kTwoWords[0].box, 200);
  expect_at(words[1], kTwoWords[1].box, 200);
}

TEST_F(SearchablePdfTest, KeepsTheBytesOfAJpeg) {
  SearchablePdf pdf = empty();
  const std::string scan = test::jpeg_page();
  ASSERT_OK(pdf.add(page_with(kTwoWords), scan));
  EXPECT_NE(images_pdf(pdf).find(scan), std::string::npos);
}

TEST_F(SearchablePdfTest, MakesAPageAsLargeAsItsScan) {
  SearchablePdf pdf = empty();
  ASSERT_OK(pdf.add(page_with({}), test::png_page()));
  const auto pages = pages_of(images_pdf(pdf));
  ASSERT_EQ(pages.size(), 1U);
  EXPECT_NEAR(pages[0].width, 1100 * 72 / 200.0, 0.01);
}

TEST_F(SearchablePdfTest, LeavesPagesWithoutAnImageBlank) {
  SearchablePdf pdf = empty();
  ASSERT_OK(pdf.add({}, {}));
  ASSERT_OK(pdf.add(page_with(kTwoWords), test::png_page()));
  const std::string written = images_pdf(pdf);
  EXPECT_EQ(pages_of(written).size(), 2U);
  EXPECT_EQ(text_of(words_on(written, 2)), "Größe 4711 ");
}

TEST_F(SearchablePdfTest, DecodesWhatPdfCannotHold) {
  std::string transparent = test::png_page_with_alpha();
  SearchablePdf pdf = empty();
  ASSERT_OK(pdf.add(page_with(kTwoWords), transparent));
  EXPECT_EQ(text_of(words_on(images_pdf(pdf))), "Größe 4711 ");
}

TEST_F(SearchablePdfTest, GivesTheSameBytesAgain) {
  SearchablePdf pdf = empty();
  ASSERT_OK(pdf.add(page_with(kTwoWords), test::png_page()));
  EXPECT_EQ(images_pdf(pdf), images_pdf(pdf));
}

TEST_F(SearchablePdfTest, AddsTextToTheSourceInEveryTurn) {
  const corpus::Box box{200, 300, 600, 360};
  for (const int turn : {0, 90, 180, 270}) {
    const bool on_its_side = turn % 180 != 0;
    SearchablePdf pdf = empty();
    SearchablePage page{on_its_side ? 2200 : 1700, on_its_side ? 1700 : 2200, 200, 0, false, {}};
    page.words = {{1, 0, 0, box, 900, "Total"}};
    ASSERT_OK(pdf.add(page, {}));
    const auto [written, refusal] = onto(pdf, test::pdf_of({""}, turn));
    ASSERT_FALSE(refusal) << refusal->reason;
    const auto words = words_on(written);
    ASSERT_EQ(text_of(words), "Total ") << turn;
    expect_at(words[0], box, 200);
  }
}

// What is shown of a page may begin anywhere on its sheet.
TEST_F(SearchablePdfTest, AddsTextWhereTheCropBoxShowsIt) {
  const corpus::Box box{200, 300, 600, 360};
  for (const int turn : {0, 90, 180, 270}) {
    const bool on_its_side = turn % 180 != 0;
    SearchablePdf pdf = empty();
    SearchablePage page{on_its_side ? 1800 : 1400, on_its_side ? 1400 : 1800, 200, 0, false, {}};
    page.words = {{1, 0, 0, box, 900, "Total"}};
    ASSERT_OK(pdf.add(page, {}));
    const auto [written, refusal] = onto(pdf, test::pdf_of({""}, turn, "/CropBox[36 90 540 738]"));
    ASSERT_FALSE(refusal) << refusal->reason;
    const auto words = words_on(written);
    ASSERT_EQ(text_of(words), "Total ") << turn;
    expect_at(words[0], box, 200);
  }
}

// A page that lay on its side, found by reading it: words are on the upright image, and stand in
// the file as the page does.
TEST_F(SearchablePdfTest, FollowsAPageThatWasTurnedToBeRead) {
  SearchablePdf pdf = empty();
  SearchablePage page{2200, 1700, 200, 90, false, {}};
  page.words = {{1, 0, 0, {200, 300, 600, 360}, 900, "Total"}};
  ASSERT_OK(pdf.add(page, {}));
  const auto [written, refusal] = onto(pdf, test::pdf_of({""}));
  ASSERT_FALSE(refusal) << refusal->reason;
  const auto words = words_on(written);
  ASSERT_EQ(text_of(words), "Total ");
  expect_at(words[0], {300, 1600, 360, 2000}, 200);
}

TEST_F(SearchablePdfTest, AddsNothingToPagesWithTheirOwnText) {
  SearchablePdf pdf = empty();
  SearchablePage page{1700, 2200, 200, 0, true, {}};
  page.words = {{1, 0, 0, {200, 200, 600, 260}, 1000, "Invoice"}};
  ASSERT_OK(pdf.add(page, {}));
  const auto [written, refusal] = onto(pdf, test::pdf_of({"Invoice 4711"}));
  ASSERT_FALSE(refusal) << refusal->reason;
  EXPECT_EQ(text_of(words_on(written)), "Invoice 4711 ");
}

TEST_F(SearchablePdfTest, AddsOnlyWhatAMixedPageDoesNotSayItself) {
  const std::string source = test::pdf_of({"Invoice 4711"});
  const auto own = words_on(source);
  ASSERT_EQ(own.size(), 2U);
  const auto at = [](double points) { return static_cast<int32_t>(points * 200 / 72); };
  SearchablePdf pdf = empty();
  SearchablePage page{1700, 2200, 200, 0, false, {}};
  page.words = {
      {1, 0, 0, {at(own[0].x0), at(own[0].y0), at(own[0].x1), at(own[0].y1)}, 900, "lnvoice"},
      {2, 1, 1, {300, 1500, 500, 1540}, 900, "Stamp"}};
  ASSERT_OK(pdf.add(page, {}));
  const auto [written, refusal] = onto(pdf, source);
  ASSERT_FALSE(refusal) << refusal->reason;
  const std::string text = text_of(words_on(written));
  EXPECT_NE(text.find("Stamp"), std::string::npos) << text;
  EXPECT_EQ(text.find("lnvoice"), std::string::npos) << text;
}

TEST_F(SearchablePdfTest, RefusesWhatItCannotOpen) {
  SearchablePdf pdf = empty();
  ASSERT_OK(pdf.add(page_with(kTwoWords), {}));
  EXPECT_EQ(onto(pdf, "%PDF-1.4\n%%EOF").second.value_or(Failure{}).code, kDamaged);
}

TEST_F(SearchablePdfTest, RefusesASourceWithOtherPages) {
  SearchablePdf pdf = empty();
  ASSERT_OK(pdf.add(page_with(kTwoWords), {}));
  EXPECT_TRUE(onto(pdf, test::pdf_of({"a", "b"})).second);
}

TEST_F(SearchablePdfTest, StopsWhenTheSinkFails) {
  SearchablePdf pdf = empty();
  ASSERT_OK(pdf.add(page_with(kTwoWords), test::png_page()));
  const auto full = [](std::string_view) -> base::Result<void> {
    return base::Error{base::Code::no_space, "the disk is full"};
  };
  EXPECT_EQ(test::code_of(pdf.write_images(*pool_, full)), base::Code::no_space);
  EXPECT_FALSE(images_pdf(pdf).empty());  // the pool goes on
}

TEST_F(SearchablePdfTest, LeavesNoFileBehind) {
  const SearchablePdf pdf = empty();
  EXPECT_TRUE(std::filesystem::is_empty(directory_.path()));
}

}  // namespace
}  // namespace ocr
