#include "ocr/thumbnail.h"

#include <gtest/gtest.h>

#include "tests/ocr/samples.h"
#include "tests/support/result_matchers.h"

namespace ocr {
namespace {

class ThumbnailTest : public ::testing::Test {
 protected:
  Thumbnail make(const std::string& image, const ThumbnailOrder& order) {
    const base::UniqueFd file = test::as_file(image);
    return TAKE(make_thumbnail(*pool_, file.get(), order));
  }

  std::unique_ptr<WorkerPool> pool_ = TAKE(WorkerPool::create({.workers = 1}));
};

TEST_F(ThumbnailTest, IsASmallJpegOfPngAndJpegAlike) {
  for (const auto& [image, type] :
       {std::pair(test::png_page(), "image/png"), std::pair(test::jpeg_page(), "image/jpeg")}) {
    const Thumbnail small = make(image, {type, 120});
    ASSERT_FALSE(small.refusal) << small.refusal->reason;
    EXPECT_TRUE(small.jpeg.starts_with("\xff\xd8\xff"));
    EXPECT_LT(small.jpeg.size(), 20'000u);
  }
}

TEST_F(ThumbnailTest, ADamagedImageIsRefusedAndTheWorkerLivesOn) {
  const std::string image = test::png_page();
  const Thumbnail torn = make(image.substr(0, image.size() / 3), {"image/png", 120});
  ASSERT_TRUE(torn.refusal);
  EXPECT_TRUE(torn.jpeg.empty());
  EXPECT_FALSE(make(image, {"image/png", 120}).refusal);
}

TEST_F(ThumbnailTest, TheBytesDecideNotTheName) {
  EXPECT_TRUE(make(test::jpeg_page(), {"image/png", 120}).refusal);
}

}  // namespace
}  // namespace ocr
