#include "corpus/ids.h"

#include <gtest/gtest.h>

#include "tests/support/result_matchers.h"

namespace corpus {
namespace {

TEST(DocumentId, IsTheBeginningOfTheHash) {
  const auto id = DocumentId::of(base::sha256_of("abc"));
  EXPECT_EQ(id.hex, "ba7816bf8f01cfea414140de5dae2223");
  EXPECT_EQ(TAKE(DocumentId::parse(id.hex)), id);
}

TEST(DocumentId, HasOneSpelling) {
  EXPECT_FALSE(DocumentId::parse("BA7816BF8F01CFEA414140DE5DAE2223").ok());
  EXPECT_FALSE(DocumentId::parse("ba78").ok());
  EXPECT_FALSE(DocumentId::parse("../7816bf8f01cfea414140de5dae222").ok());
}

TEST(AnnotationId, IsAnUpperCaseUlid) {
  EXPECT_OK(AnnotationId::parse("01JD8Z6V5N0M3K4H7Q9R2S1T0W"));
  EXPECT_FALSE(AnnotationId::parse("01jd8z6v5n0m3k4h7q9r2s1t0w").ok());
  EXPECT_FALSE(AnnotationId::parse("01JD8Z6V5N0M3K4H7Q9R2S1T0U").ok());
  EXPECT_FALSE(AnnotationId::parse("").ok());
}

TEST(Slug, TakesWhatIsSafeInUrlsAndDirectories) {
  EXPECT_EQ(TAKE(parse_slug("acme-2")), "acme-2");
  EXPECT_EQ(TAKE(parse_slug(std::string(63, 'a'))), std::string(63, 'a'));
  for (const char* bad :
       {"", "-a", "a-", "A", "a.git", "a/b", "..", "ä", "a_b", "api", "healthz"}) {
    EXPECT_FALSE(parse_slug(bad).ok()) << bad;
  }
  EXPECT_FALSE(parse_slug(std::string(64, 'a')).ok());
}

}  // namespace
}  // namespace corpus
