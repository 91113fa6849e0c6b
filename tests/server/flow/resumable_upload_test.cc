#include "server/flow/resumable_upload.h"

#include <gtest/gtest.h>

#include "base/random.h"
#include "tests/server/flow/one_project.h"

namespace server {
namespace {

using base::Code;

class ResumableUploadTest : public OneProject {
 protected:
  storage::Upload begin(std::optional<uint64_t> length, const std::string& name = "a.png") {
    UploadPlan plan;
    plan.length = length;
    plan.file_name = name;
    return TAKE(begin_upload(*services, actor, plan));
  }
  ResumableUpload open(const storage::Upload& upload) {
    return TAKE(ResumableUpload::open(*services, actor, upload.id));
  }
  storage::Upload find(const storage::Upload& upload) {
    return TAKE(find_upload(*services, actor, upload.id));
  }
  bool has_file(const storage::Upload& upload) {
    return std::filesystem::exists(services->upload_files->path(upload.id));
  }
};

TEST_F(ResumableUploadTest, GoesOnWhereItWasKept) {
  const auto upload = begin(kPng.size());
  {
    auto first = open(upload);
    ASSERT_OK(first.append(kPng.substr(0, 10)));
    ASSERT_OK(first.keep());
    ASSERT_OK(first.append("torn"));
  }
  EXPECT_EQ(find(upload).offset, 10u);
  auto second = open(upload);
  ASSERT_OK(second.append(kPng.substr(10)));
  ASSERT_OK(second.keep());
  EXPECT_TRUE(second.is_whole());
  ASSERT_OK(second.take_in());
  const auto outcome = outcome_of(find(upload)).value();
  ASSERT_EQ(outcome.items.size(), 1u);
  EXPECT_EQ(outcome.items[0].id, corpus::DocumentId::of(base::sha256_of(kPng)));
  EXPECT_TRUE(outcome.items[0].is_new);
  EXPECT_FALSE(has_file(upload));
}

TEST_F(ResumableUploadTest, IsTakenInWhenAskedForIfNobodyCameToIt) {
  const auto upload = begin(kPng.size());
  {
    auto sending = open(upload);
    ASSERT_OK(sending.append(kPng));
    ASSERT_OK(sending.keep());
  }
  EXPECT_TRUE(outcome_of(find(upload)).has_value());
}

TEST_F(ResumableUploadTest, CountsInStepsUnlessAChecksumIsAwaited) {
  const std::string step(size_t{8} << 20, 'x');
  const auto upload = begin(100 << 20);
  {
    auto sending = open(upload);
    ASSERT_OK(sending.append(step));
    EXPECT_EQ(find(upload).offset, step.size());
  }
  auto checked = TAKE(
      ResumableUpload::open(*services, actor, upload.id, ResumableUpload::Counting::when_kept));
  ASSERT_OK(checked.append(step));
  EXPECT_EQ(find(upload).offset, step.size());
  ASSERT_OK(checked.take_back());
  ASSERT_OK(checked.keep());
  EXPECT_EQ(find(upload).offset, step.size());
}

TEST_F(ResumableUploadTest, IsSentByOneAtATime) {
  const auto upload = begin(9);
  const auto first = open(upload);
  EXPECT_EQ(test::code_of(ResumableUpload::open(*services, actor, upload.id)), Code::busy);
}

TEST_F(ResumableUploadTest, TakesNoMoreThanItsLength) {
  auto sending = open(begin(9));
  EXPECT_EQ(sending.room(), 9u);
  EXPECT_EQ(test::code_of(sending.append("0123456789")), Code::invalid);
  ASSERT_OK(sending.append("012345678"));
  EXPECT_EQ(sending.room(), 0u);
}

TEST_F(ResumableUploadTest, LearnsItsLengthLater) {
  const auto upload = begin(std::nullopt);
  auto sending = open(upload);
  ASSERT_OK(sending.append("0123"));
  ASSERT_OK(sending.keep());
  EXPECT_FALSE(sending.is_whole());
  EXPECT_EQ(test::code_of(sending.set_length(3)), Code::invalid);
  ASSERT_OK(sending.set_length(4));
  EXPECT_TRUE(sending.is_whole());
  EXPECT_EQ(test::code_of(sending.set_length(5)), Code::conflict);
}

TEST_F(ResumableUploadTest, RemembersARefusal) {
  const auto upload = begin(4, "note.txt");
  auto sending = open(upload);
  ASSERT_OK(sending.append("text"));
  ASSERT_OK(sending.keep());
  ASSERT_OK(sending.take_in());
  const auto outcome = outcome_of(find(upload)).value();
  ASSERT_TRUE(outcome.items.at(0).refusal.has_value());
  EXPECT_EQ(outcome.items[0].refusal->code, "unsupported");
}

TEST_F(ResumableUploadTest, IsGoneWhenItsTimeIsOver) {
  const auto upload = begin(9);
  ASSERT_OK(open(upload).append("0123"));
  EXPECT_EQ(TAKE(drop_expired_uploads(*services, upload.expires_at - 1)), 0u);
  {
    const auto sending = open(upload);
    EXPECT_EQ(TAKE(drop_expired_uploads(*services, upload.expires_at)), 0u);
  }
  EXPECT_EQ(TAKE(drop_expired_uploads(*services, upload.expires_at)), 1u);
  EXPECT_EQ(test::code_of(find_upload(*services, actor, upload.id)), Code::not_found);
  EXPECT_FALSE(has_file(upload));
}

TEST_F(ResumableUploadTest, MakesNoFileForAnIdThatIsNobodys) {
  const std::string id = base::new_ulid();
  EXPECT_EQ(test::code_of(ResumableUpload::open(*services, actor, id)), Code::not_found);
  EXPECT_FALSE(std::filesystem::exists(services->upload_files->path(id)));
}

TEST_F(ResumableUploadTest, EndsWhenItsBytesAreLost) {
  const auto upload = begin(9);
  {
    auto sending = open(upload);
    ASSERT_OK(sending.append("0123"));
    ASSERT_OK(sending.keep());
  }
  std::filesystem::remove(services->upload_files->path(upload.id));
  EXPECT_EQ(test::code_of(ResumableUpload::open(*services, actor, upload.id)), Code::not_found);
  EXPECT_EQ(test::code_of(find_upload(*services, actor, upload.id)), Code::not_found);
}

TEST_F(ResumableUploadTest, RefusesWrongDetailsBeforeAByteIsSent) {
  UploadPlan plan;
  plan.details = base::Json::array();
  EXPECT_EQ(test::code_of(begin_upload(*services, actor, plan)), Code::invalid);
}

TEST_F(ResumableUploadTest, AreNotWithoutNumber) {
  TAKE(services->database->write([&](storage::Transaction& tx) -> Result<void> {
    storage::UploadTable table(tx);
    for (int64_t i = 0; i < kMostOpenUploads; ++i) {
      storage::Upload upload;
      upload.id = base::new_ulid();
      upload.owner = actor.user();
      upload.project = actor.project().id;
      TRY(table.create(upload));
    }
    return {};
  }));
  EXPECT_EQ(test::code_of(begin_upload(*services, actor, {})), Code::conflict);
}

TEST_F(ResumableUploadTest, CannotPromiseMoreBytesThanTheServerTakes) {
  services->config.most_promised_bytes = 1000;
  begin(600);
  UploadPlan plan;
  plan.length = 401;
  EXPECT_EQ(test::code_of(begin_upload(*services, actor, plan)), Code::limit);
  plan.length.reset();  // as many as there may be
  EXPECT_EQ(test::code_of(begin_upload(*services, actor, plan)), Code::limit);
  begin(400);
}

TEST_F(ResumableUploadTest, CannotBeLongerThanAnyUpload) {
  UploadPlan plan;
  plan.length = kLargestUpload + 1;
  EXPECT_EQ(test::code_of(begin_upload(*services, actor, plan)), Code::limit);
}

}  // namespace
}  // namespace server
