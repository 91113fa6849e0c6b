#include "ocr/pipeline.h"

#include <fcntl.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <mutex>

#include "base/text.h"
#include "ocr/detail/steps.h"
#include "tests/ocr/samples.h"
#include "tests/support/result_matchers.h"

namespace ocr {
namespace {

struct Outcome {
  DocumentReading reading;
  std::vector<PageReading> pages;

  std::string text(size_t page = 0) const {
    std::string out;
    for (const corpus::Word& word : pages.at(page).words) out += word.text + " ";
    return out;
  }
};

std::unique_ptr<WorkerPool> make_pool(int workers = 1) {
  WorkerPoolOptions options;
  options.workers = workers;
  return TAKE(WorkerPool::create(options));
}

Outcome read(WorkerPool& pool, const std::string& bytes, const ReadSettings& settings = {}) {
  Outcome outcome;
  ReadEvents events;
  events.on_page = [&](PageReading page) { outcome.pages.push_back(std::move(page)); };
  const base::UniqueFd file = test::as_file(bytes);
  outcome.reading = TAKE(read_document(pool, file.get(), settings, events));
  return outcome;
}

Outcome read(const std::string& bytes, const ReadSettings& settings = {}) {
  return read(*make_pool(), bytes, settings);
}

constexpr char kText[] = "The quick brown fox jumps over the lazy dog tonight ";

TEST(ReadDocument, ReadsPng) {
  const Outcome outcome = read(test::png_page());
  ASSERT_EQ(outcome.pages.size(), 1U);
  EXPECT_EQ(outcome.text(), kText);
  EXPECT_TRUE(outcome.pages[0].image.is_source);
  EXPECT_EQ(outcome.pages[0].image.width, 1100);
  EXPECT_EQ(outcome.pages[0].image.height, 260);
}

TEST(ReadDocument, NumbersWordsThroughTheDocument) {
  ReadSettings settings;
  settings.first_word = 100;
  const Outcome outcome = read(test::tiff_pages(2), settings);
  ASSERT_EQ(outcome.pages.size(), 2U);
  EXPECT_EQ(outcome.pages[0].words.front().id, 100U);
  EXPECT_EQ(outcome.pages[1].words.front().id, outcome.pages[0].words.back().id + 1);
  EXPECT_EQ(outcome.reading.next_word, outcome.pages[1].words.back().id + 1);
}

TEST(ReadDocument, GivesPagesInOrderFromSeveralWorkers) {
  const auto pool = make_pool(2);
  const Outcome outcome = read(*pool, test::tiff_pages(5));
  ASSERT_EQ(outcome.pages.size(), 5U);
  for (uint32_t i = 0; i < 5; ++i) EXPECT_EQ(outcome.pages[i].number, i + 1);
}

TEST(ReadDocument, EncodesTiffPagesAsPng) {
  const Outcome outcome = read(test::tiff_pages(1));
  EXPECT_FALSE(outcome.pages[0].image.is_source);
  EXPECT_EQ(outcome.pages[0].image.media_type, "image/png");
  EXPECT_EQ(outcome.text(), kText);
}

TEST(ReadDocument, EncodesTheSamePageToTheSameBytes) {
  const std::string tiff = test::tiff_pages(1);
  EXPECT_EQ(read(tiff).pages[0].image.bytes, read(tiff).pages[0].image.bytes);
}

TEST(ReadDocument, AppliesExifOrientation) {
  test::PageLook look;
  look.quarters = 3;
  const Outcome outcome = read(test::jpeg_page_with_orientation(6, look));
  EXPECT_EQ(outcome.text(), kText);
  EXPECT_FALSE(outcome.pages[0].image.is_source);
  EXPECT_EQ(outcome.pages[0].image.width, 1100);
  EXPECT_EQ(outcome.pages[0].stored.width, 260);
  EXPECT_EQ(outcome.pages[0].stored.orientation, 6);
}

TEST(ReadDocument, TurnsAPageThatLiesUpsideDown) {
  test::PageLook look;
  look.quarters = 2;
  const Outcome outcome = read(test::png_page(look));
  EXPECT_EQ(outcome.pages[0].image.rotation, 180);
  EXPECT_EQ(outcome.text(), kText);
}

TEST(ReadDocument, TurnsAPageThatLiesOnItsSide) {
  test::PageLook look;
  look.quarters = 1;
  const Outcome outcome = read(test::png_page(look));
  EXPECT_EQ(outcome.pages[0].image.rotation, 270);
  EXPECT_EQ(outcome.text(), kText);
}

TEST(ReadDocument, TurnsAPageThatLiesOnItsOtherSide) {
  test::PageLook look;
  look.quarters = 3;
  const Outcome outcome = read(test::png_page(look));
  EXPECT_EQ(outcome.pages[0].image.rotation, 90);
  EXPECT_EQ(outcome.text(), kText);
}

// Workers that are started meanwhile leave these steps out.
class Without {
 public:
  explicit Without(const char* steps) { setenv(detail::kWithoutVariable, steps, 1); }
  ~Without() { unsetenv(detail::kWithoutVariable); }
};

// By layout, as a second reading, tesseract would see that they are light.
TEST(ReadDocument, ReadsWhiteLinesInABlackBoxAsTheirNegative) {
  const std::string page = test::png_page({.negative = true});
  {
    const Without second("again");
    const std::string text = read(page).text();
    EXPECT_NE(text.find("The quick brown"), std::string::npos) << text;
    EXPECT_NE(text.find("the lazy dog tonight"), std::string::npos) << text;
  }
  const Without both("again,negative");
  const std::string text = read(page).text();
  for (const char* word : {"quick", "brown", "fox", "lazy", "dog", "tonight"}) {
    EXPECT_EQ(text.find(word), std::string::npos) << text;
  }
}

TEST(ReadDocument, ReadsFastWhenAskedTo) {
  ReadSettings settings;
  settings.profile = Profile::fast;
  const Outcome outcome = read(test::jpeg_page(), settings);
  EXPECT_EQ(outcome.pages[0].words.size(), 10U);
}

TEST(ReadDocument, TakesASoundTextLayer) {
  const Outcome outcome = read(test::pdf_of({"Invoice 4711 total 1,234.56 EUR"}));
  ASSERT_EQ(outcome.pages.size(), 1U);
  EXPECT_EQ(outcome.text(), "Invoice 4711 total 1,234.56 EUR ");
  EXPECT_EQ(outcome.pages[0].text, corpus::TextOrigin::text_layer);
  const corpus::Box box = outcome.pages[0].words[0].box;
  EXPECT_NEAR(box.x0, 200, 8);  // 72 points at 200 dpi
  EXPECT_TRUE(box.inside(outcome.pages[0].image.width, outcome.pages[0].image.height));
}

// The bit depth in a PNG's first chunk.
int depth_of(const PageImage& image) {
  return image.media_type == "image/png" ? image.bytes.at(24) : 0;
}

TEST(ReadDocument, StoresTypeInSixteenLevelsAndPicturesInAll) {
  EXPECT_EQ(depth_of(read(test::pdf_of({"Invoice 4711"})).pages[0].image), 4);
  const Outcome scan = read(test::pdf_with_scan("Invoice 4711 total 1,234.56 EUR"));
  EXPECT_NE(depth_of(scan.pages[0].image), 4);
}

TEST(ReadDocument, KeepsNoImageWhenOnlyWordsAreWanted) {
  ReadSettings settings;
  settings.words_only = true;
  for (const std::string& file : {test::pdf_of({"Invoice 4711"}), test::tiff_pages(1)}) {
    const Outcome whole = read(file), outcome = read(file, settings);
    EXPECT_EQ(outcome.pages.at(0).words, whole.pages.at(0).words);
    EXPECT_EQ(outcome.pages[0].image.width, whole.pages[0].image.width);
    EXPECT_EQ(outcome.pages[0].image.bytes, "");
    EXPECT_NE(whole.pages[0].image.bytes, "");
  }
}

std::string without_entities(std::string text) {
  static constexpr std::pair<const char*, const char*> kEntities[] = {
      {"&lt;", "<"}, {"&gt;", ">"}, {"&quot;", "\""}, {"&apos;", "'"}, {"&amp;", "&"}};
  for (const auto& [entity, character] : kEntities) {
    for (size_t at = 0; (at = text.find(entity, at)) != std::string::npos; ++at) {
      text.replace(at, std::string_view(entity).size(), character);
    }
  }
  return text;
}

// The words of each page as `pdftotext -bbox` prints them.
std::vector<std::vector<std::string>> words_by_pdftotext(const std::string& file) {
  ToolRun run;
  run.program = "/usr/bin/pdftotext";
  run.arguments = {"-cropbox", "-bbox", kToolInput, "-"};
  const base::UniqueFd input = TAKE(base::open_file(file, O_RDONLY));
  run.input = input.get();
  const std::string output = TAKE(run_tool(run)).output;
  std::vector<std::vector<std::string>> pages;
  for (const std::string_view line : base::split(output, '\n')) {
    const size_t word = line.find("<word ");
    if (line.find("<page ") != std::string_view::npos) pages.emplace_back();
    if (word == std::string_view::npos) continue;
    const size_t begin = line.find('>', word) + 1;
    pages.back().push_back(
        without_entities(std::string(line.substr(begin, line.rfind("</word>") - begin))));
  }
  return pages;
}

// Of the samples with text all but the scan behind a mail.
TEST(ReadDocument, HasTheWordsOfBornDigitalSamplesAsPdftotextDoes) {
  const auto pool = make_pool();
  ReadSettings settings;
  settings.words_only = true;
  size_t pages = 0;
  for (const char* name : {"burglary-mail-en", "garage-invoice-en", "haftpflicht-schadenanzeige-de",
                           "motor-claim-form-en", "versicherungsschein-de"}) {
    const std::string file =
        std::string(GLOSSATOR_SOURCE_DIR) + "/samples/documents/" + name + ".pdf";
    const auto expected = words_by_pdftotext(file);
    const Outcome outcome = read(*pool, TAKE(base::read_file(file)), settings);
    ASSERT_EQ(outcome.pages.size(), expected.size());
    for (size_t i = 0; i < expected.size(); ++i) {
      if (expected[i].empty()) continue;
      ++pages;
      EXPECT_EQ(outcome.pages[i].text, corpus::TextOrigin::text_layer) << name;
      std::vector<std::string> texts;
      for (const corpus::Word& word : outcome.pages[i].words) {
        texts.push_back(word.text);
        EXPECT_EQ(word.confidence, 1000) << name << ": " << word.text;
      }
      EXPECT_EQ(texts, expected[i]) << name << " page " << i + 1;
    }
  }
  EXPECT_EQ(pages, 6U);
}

TEST(ReadDocument, DeliversAPageWhileLaterOnesAreRead) {
  const auto pool = make_pool(1);
  std::atomic<uint32_t> delivered = 0;
  ReadEvents events;
  events.on_page = [&](PageReading) { ++delivered; };
  events.cancelled = [&] { return delivered > 0; };  // pages behind the first need not be read
  const base::UniqueFd file = test::as_file(test::tiff_pages(6));
  EXPECT_EQ(test::code_of(read_document(*pool, file.get(), {}, events)), base::Code::conflict);
  EXPECT_LT(delivered, 6U);
}

TEST(ReadDocument, ReadsTheScanOnAPageWhoseTextIsKnown) {
  const Outcome outcome = read(test::pdf_with_scan("Invoice 4711 total 1,234.56 EUR"));
  ASSERT_EQ(outcome.pages.size(), 1U);
  EXPECT_EQ(outcome.text(), std::string("Invoice 4711 total 1,234.56 EUR ") + kText);
  const auto& words = outcome.pages[0].words;
  EXPECT_EQ(words.front().confidence, 1000);  // as the file has it
  EXPECT_LT(words.back().confidence, 1000);   // as it was read
  EXPECT_GT(words.back().box.y0, words.front().box.y1);
  EXPECT_GT(words.back().line, words.front().line);
}

TEST(ReadDocument, ReadsAPdfByOcrWhenAskedTo) {
  ReadSettings settings;
  settings.use_text_layer = false;
  const Outcome outcome = read(test::pdf_of({"Invoice number and total"}), settings);
  EXPECT_EQ(outcome.text(), "Invoice number and total ");
  EXPECT_EQ(outcome.pages[0].text, corpus::TextOrigin::ocr);
}

TEST(ReadDocument, PlacesWordsOfATurnedPdfPageOnThePageAsShown) {
  const Outcome outcome = read(test::pdf_of({"Invoice 4711"}, 90));
  EXPECT_EQ(outcome.pages[0].image.width, 2200);
  EXPECT_EQ(outcome.pages[0].image.height, 1700);
  EXPECT_EQ(outcome.text(), "Invoice 4711 ");
}

TEST(ReadDocument, PlacesWordsOnThePartOfAPageThatIsShown) {
  const Outcome outcome = read(test::pdf_of({"Invoice 4711"}, 0, "/CropBox[36 90 540 738]"));
  EXPECT_EQ(outcome.pages[0].image.width, 1400);
  EXPECT_EQ(outcome.pages[0].image.height, 1800);
  EXPECT_EQ(outcome.text(), "Invoice 4711 ");
  EXPECT_NEAR(outcome.pages[0].words[0].box.x0, 100, 8);  // 72 - 36 points at 200 dpi
}

TEST(ReadDocument, ReadsManyEqualPagesOnce) {
  const Outcome outcome = read(test::pdf_of(std::vector<std::string>(40, "Invoice 4711")));
  ASSERT_EQ(outcome.pages.size(), 40U);
  EXPECT_EQ(outcome.text(39), "Invoice 4711 ");
  EXPECT_EQ(outcome.pages[0].image.bytes, outcome.pages[39].image.bytes);
}

TEST(ReadDocument, RefusesWithStableCodes) {
  const auto code = [](const std::string& bytes) {
    return read(bytes).reading.refusal.value_or(Failure{}).code;
  };
  EXPECT_EQ(code(""), kEmpty);
  EXPECT_EQ(code("<html></html>"), kUnsupported);
  EXPECT_EQ(code("PK\x03\x04"), kUnsupported);
  EXPECT_EQ(code("%PDF-1.4\n%%EOF"), kDamaged);
}

TEST(ReadDocument, RefusesMorePagesThanAllowed) {
  ReadSettings settings;
  settings.limits.pages = 1;
  EXPECT_EQ(read(test::tiff_pages(2), settings).reading.refusal.value_or(Failure{}).code,
            kTooManyPages);
}

TEST(ReadDocument, RefusesAPageAboveThePixelLimit) {
  ReadSettings settings;
  settings.limits.page_pixels = 1000;
  const Outcome outcome = read(test::png_page(), settings);
  ASSERT_EQ(outcome.pages.size(), 1U);
  EXPECT_EQ(outcome.pages[0].failure.value_or(Failure{}).code, kPageTooLarge);
  EXPECT_EQ(outcome.reading.failed_pages, 1U);
}

TEST(ReadDocument, ShrinksAJpegAboveThePixelLimit) {
  ReadSettings settings;
  settings.limits.page_pixels = 100'000;
  const Outcome outcome = read(test::jpeg_page(), settings);
  ASSERT_FALSE(outcome.pages.at(0).failure);
  EXPECT_EQ(outcome.pages[0].image.width, 550);
  EXPECT_EQ(outcome.pages[0].stored.width, 1100);
}

TEST(ReadDocument, KeepsTheOtherPagesWhenOneIsDamaged) {
  std::string tiff = test::tiff_pages(3);
  // The second directory's first entry becomes an image of no width.
  const Outcome whole = read(tiff);
  ASSERT_EQ(whole.reading.failed_pages, 0U);
  const auto load = [&](size_t at) {
    return static_cast<size_t>(static_cast<uint8_t>(tiff[at])) |
           static_cast<size_t>(static_cast<uint8_t>(tiff[at + 1])) << 8 |
           static_cast<size_t>(static_cast<uint8_t>(tiff[at + 2])) << 16;
  };
  const size_t first = load(4);
  const size_t second = load(first + 2 + 12 * (load(first) & 0xffff));
  const size_t entries = load(second) & 0xffff;
  for (size_t i = 0; i < entries; ++i) {
    const size_t entry = second + 2 + 12 * i;
    if ((load(entry) & 0xffff) == 256) tiff.replace(entry + 8, 4, 4, '\0');
  }
  const Outcome outcome = read(tiff);
  ASSERT_EQ(outcome.pages.size(), 3U);
  EXPECT_FALSE(outcome.pages[0].failure);
  EXPECT_TRUE(outcome.pages[1].failure);
  EXPECT_FALSE(outcome.pages[2].failure);
}

TEST(ReadDocument, StopsWhenCancelled) {
  ReadEvents events;
  events.on_page = [](PageReading) {};
  events.cancelled = [] { return true; };
  const auto pool = make_pool();
  const base::UniqueFd file = test::as_file(test::tiff_pages(2));
  EXPECT_EQ(test::code_of(read_document(*pool, file.get(), {}, events)), base::Code::conflict);
}

TEST(ReadDocument, GoesOnBehindPagesThatAreDone) {
  ReadSettings settings;
  settings.pages_done = 1;
  settings.first_word = 50;
  for (const std::string& file :
       {test::tiff_pages(3), test::pdf_of({"Invoice 1", "Invoice 2", "Invoice 3"})}) {
    const Outcome outcome = read(file, settings);
    ASSERT_EQ(outcome.pages.size(), 2U);
    EXPECT_EQ(outcome.pages[0].number, 2U);
    EXPECT_EQ(outcome.pages[0].words.front().id, 50U);
    EXPECT_EQ(outcome.reading.pages, 3U);
  }
}

// Reads with a memory of one page.
Outcome read_again(WorkerPool& pool, const std::string& bytes, std::optional<PageReading>& known) {
  Outcome outcome;
  ReadEvents events;
  events.on_page = [&](PageReading page) { outcome.pages.push_back(std::move(page)); };
  events.recall = [&](const base::Sha256& key) -> std::optional<PageReading> {
    const bool is_its =
        known && std::find(known->keys.begin(), known->keys.end(), key) != known->keys.end();
    return is_its ? known : std::nullopt;
  };
  const base::UniqueFd file = test::as_file(bytes);
  outcome.reading = TAKE(read_document(pool, file.get(), {}, events));
  known = outcome.pages.at(0);
  return outcome;
}

TEST(ReadDocument, ReadsPixelsThatAreKnownNotAgain) {
  const auto pool = make_pool();
  std::optional<PageReading> known;
  EXPECT_FALSE(read_again(*pool, test::png_page(), known).pages[0].recalled);
  const Outcome again = read_again(*pool, test::png_page() + "another file", known);
  EXPECT_TRUE(again.pages[0].recalled);
  EXPECT_EQ(again.text(), kText);
}

TEST(ReadDocument, DecodesWhatIsStoredAlikeNotAgain) {
  const auto pool = make_pool();
  std::optional<PageReading> known;
  ASSERT_EQ(read_again(*pool, test::png_page(), known).pages[0].keys.size(), 2U);
  const Outcome again = read_again(*pool, test::png_page() + "another file", known);
  EXPECT_EQ(again.pages[0].keys.size(), 1U);  // it did not come to its pixels
  EXPECT_TRUE(again.pages[0].recalled);
}

// The same picture, packed in another way.
TEST(ReadDocument, KnowsPixelsHoweverTheyAreStored) {
  const auto pool = make_pool();
  std::optional<PageReading> known;
  (void)read_again(*pool, test::png_page(), known);
  std::string png = test::png_page();
  const std::string background("\0\0\0\6bKGD\0\377\0\377\0\377\240\275\247\223", 18);
  const Outcome again = read_again(*pool, png.insert(33, background), known);
  EXPECT_EQ(again.pages[0].keys.size(), 2U);
  EXPECT_TRUE(again.pages[0].recalled);
}

TEST(ReadDocument, ReadsOtherPixelsAnew) {
  const auto pool = make_pool();
  std::optional<PageReading> known;
  (void)read_again(*pool, test::png_page(), known);
  EXPECT_FALSE(read_again(*pool, test::jpeg_page(), known).pages[0].recalled);
}

TEST(ReadDocument, MeasuresEachPage) {
  const Outcome outcome = read(test::png_page());
  ASSERT_TRUE(outcome.pages[0].quality);
  EXPECT_GT(outcome.pages[0].quality->contrast, 900);
}

TEST(ReadDocument, SaysThatALanguageIsMissing) {
  ReadSettings settings;
  settings.languages = {"xx_unknown"};
  ReadEvents events;
  events.on_page = [](PageReading) {};
  const auto pool = make_pool();
  const base::UniqueFd file = test::as_file(test::png_page());
  const auto reading = read_document(*pool, file.get(), settings, events);
  ASSERT_FALSE(reading.ok());
  EXPECT_NE(reading.error().what.find("xx_unknown"), std::string::npos);
}

TEST(ReadDocument, TakesNoPathForALanguage) {
  ReadSettings settings;
  settings.languages = {"../../etc/passwd"};
  const auto pool = make_pool();
  EXPECT_EQ(test::code_of(read_document(*pool, -1, settings, {})), base::Code::invalid);
}

}  // namespace
}  // namespace ocr
