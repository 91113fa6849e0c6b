#include "server/flow/reading.h"

#include <gtest/gtest.h>

#include "server/flow/upload.h"
#include "tests/server/flow/one_project.h"

namespace server {
namespace {

class ReadingTest : public OneProject {
 protected:
  ReadingTest() { row = upload(kPng); }

  storage::DocumentRow upload(const std::string& bytes) {
    Upload upload(*services, actor, {});
    MUST(upload.begin_file("a.png"));
    MUST(upload.write(bytes));
    MUST(upload.end_file());
    return TAKE(find_document(*services, project(), *TAKE(upload.finish()).at(0).id));
  }

  const storage::Project& project() const { return actor.project(); }

  static ocr::PageReading page(corpus::PageNumber number, corpus::WordId word) {
    ocr::PageReading page;
    page.number = number;
    page.image.width = page.image.height = 100;
    page.image.bytes = "image of page " + std::to_string(number);
    page.image.media_type = "image/png";
    page.words = {{word, 0, 0, {1, 1, 50, 20}, 900, "word" + std::to_string(number)}};
    return page;
  }

  // As the readers would tell it.
  static void tell(Reading& reading, ocr::PageReading page, uint32_t total) {
    const ocr::ReadEvents events = reading.events();
    const corpus::PageNumber number = page.number;
    events.on_page(std::move(page));
    events.progress(number, total);
    MUST(reading.outcome());
  }

  storage::DocumentRow row;
  ocr::ReadSettings settings;
};

TEST_F(ReadingTest, ShowsTheFirstPageWhileTheRestIsRead) {
  Reading reading(*services, project(), row, settings);
  ASSERT_OK(reading.resume());
  tell(reading, page(1, 1), 3);
  EXPECT_EQ(TAKE(list_read_pages(*services, project(), row.id)).size(), 1U);
  const auto seen = TAKE(find_read_page(*services, project(), row.id, 1));
  ASSERT_TRUE(seen);
  EXPECT_EQ(seen->words.at(0).text, "word1");
  EXPECT_TRUE(TAKE(services->blobs->exists("acme", {seen->page.image.md5, false})));
  EXPECT_FALSE(TAKE(find_read_page(*services, project(), row.id, 2)));
}

TEST_F(ReadingTest, GoesOnBehindThePagesThatAreThere) {
  {
    Reading reading(*services, project(), row, settings);
    tell(reading, page(1, 1), 2);
  }
  Reading again(*services, project(), row, settings);
  ASSERT_OK(again.resume());
  EXPECT_EQ(settings.pages_done, 1U);
  EXPECT_EQ(settings.first_word, 2U);
  tell(again, page(2, 2), 2);
  ocr::DocumentReading read;
  read.next_word = 3;
  const auto files = TAKE(again.finish(read, {}));
  EXPECT_EQ(again.document().pages.size(), 2U);
  EXPECT_EQ(again.document().next_word, 3U);
  EXPECT_EQ(files.size(), 4U);  // two pointers, words of two pages
}

TEST_F(ReadingTest, BeginsAnewWhenPagesAreReadInAnotherWay) {
  {
    Reading reading(*services, project(), row, settings);
    tell(reading, page(1, 1), 2);
  }
  settings.languages = {"deu"};
  Reading again(*services, project(), row, settings);
  ASSERT_OK(again.resume());
  EXPECT_EQ(settings.pages_done, 0U);
  EXPECT_EQ(settings.first_word, 1U);
}

TEST_F(ReadingTest, RemembersWhatAPageGave) {
  const base::Sha256 key = base::hashes_of("pixels").sha256;
  {
    Reading reading(*services, project(), row, settings);
    ocr::PageReading first = page(1, 1);
    first.keys = {key};
    tell(reading, std::move(first), 1);
  }
  const storage::DocumentRow other = upload(kPng + "other");
  Reading reading(*services, project(), other, settings);
  EXPECT_FALSE(reading.events().recall(base::hashes_of("other pixels").sha256));
  auto earlier = reading.events().recall(key);
  ASSERT_TRUE(earlier);
  EXPECT_EQ(earlier->words.at(0).text, "word1");
  EXPECT_TRUE(earlier->image.bytes.empty());
  earlier->number = 1;
  earlier->keys = {key};
  earlier->recalled = true;
  tell(reading, std::move(*earlier), 1);
  ASSERT_OK(reading.finish({}, {}));
  EXPECT_EQ(reading.document().pages.at(0).image.size, page(1, 1).image.bytes.size());
}

TEST_F(ReadingTest, TellsWhyNothingCouldBeRead) {
  Reading reading(*services, project(), row, settings);
  ocr::PageReading failed;
  failed.number = 1;
  failed.failure = ocr::Failure{ocr::kDamaged, "the image data are damaged: all of them"};
  tell(reading, failed, 2);
  EXPECT_EQ(reading.total_failure({}), failed.failure);
  tell(reading, page(2, 1), 2);
  EXPECT_FALSE(reading.total_failure({}));
}

}  // namespace
}  // namespace server
