#include "corpus/layout.h"

#include <gtest/gtest.h>

#include "tests/support/result_matchers.h"

namespace corpus {
namespace {

const DocumentId kDocument{"0f3a" + std::string(28, '7')};

TEST(Layout, FanOutNamesTheLevels) {
  EXPECT_EQ(document_dir({}, kDocument), "documents/0/f/3/a/" + kDocument.hex);
  EXPECT_EQ(document_dir({{2, 2}}, kDocument), "documents/0f/3a/" + kDocument.hex);
  EXPECT_EQ(document_dir({std::vector<uint8_t>{}}, kDocument), "documents/" + kDocument.hex);
}

TEST(Layout, UnderstandsWhatItBuilds) {
  const FanOut fan_out{{2, 1}};
  const std::string dir = document_dir(fan_out, kDocument);
  const auto kind = [&](const std::string& path) { return classify(path, fan_out).kind; };
  EXPECT_EQ(kind(document_path(dir)), PathKind::document);
  EXPECT_EQ(kind(source_pointer_path(dir, "pdf")), PathKind::source_pointer);
  EXPECT_EQ(kind(images_pointer_path(dir)), PathKind::images_pointer);
  EXPECT_EQ(kind(review_path(dir)), PathKind::review);
  EXPECT_EQ(kind(document_annotations_path(dir)), PathKind::document_annotations);
  EXPECT_EQ(kind(comments_path(dir)), PathKind::comments);
  EXPECT_EQ(kind(adjudication_path(dir)), PathKind::adjudication);
  EXPECT_EQ(kind(words_path(dir, 12)), PathKind::words);
  EXPECT_EQ(kind(split_path("main")), PathKind::split);
  const PathInfo page = classify(page_annotations_path(dir, 12), fan_out);
  EXPECT_EQ(page.kind, PathKind::page_annotations);
  EXPECT_EQ(page.document, kDocument);
  EXPECT_EQ(page.page, 12u);
  const PathInfo members = classify(split_members_path("main", kDocument), fan_out);
  EXPECT_EQ(members.kind, PathKind::split_members);
  EXPECT_EQ(members.split, "main");
  EXPECT_EQ(members.split_shard, "0f");
}

TEST(Layout, KnowsTheTop) {
  EXPECT_EQ(classify("glossator.json").kind, PathKind::config);
  EXPECT_EQ(classify("schema.json").kind, PathKind::schema);
  EXPECT_EQ(classify("guidelines/README.md").kind, PathKind::guideline);
  EXPECT_EQ(classify("guidelines/formulare/Ausfüllen (neu).md").kind, PathKind::guideline);
  EXPECT_EQ(classify("attachments/forms/Blankoformular 2026.pdf").kind, PathKind::attachment);
  for (const char* path : {".dvc/config", ".dvc/.gitignore", ".gitattributes", "README.md"}) {
    EXPECT_EQ(classify(path).kind, PathKind::server_file) << path;
  }
}

TEST(Layout, EverythingElseIsUnknown) {
  const std::string dir = document_dir({}, kDocument);
  for (const std::string& path : {std::string(),
                                  std::string("/"),
                                  std::string("a"),
                                  std::string("../schema.json"),
                                  std::string(".git/config"),
                                  std::string("guidelines/.git/x.md"),
                                  std::string("guidelines/a.exe"),
                                  std::string("guidelines/git~1/x.md"),
                                  std::string("guidelines/\xe2\x80\x8c.git/x.md"),
                                  std::string("guidelines/a\\b.md"),
                                  std::string("guidelines/x .md/ .md"),
                                  std::string("attachments"),
                                  std::string("attachments/.gitattributes"),
                                  std::string("attachments/a/b/c/d/e.pdf"),
                                  std::string("attachments/../schema.json"),
                                  std::string("splits/.hidden.json"),
                                  std::string("splits/main/0F.tsv"),
                                  std::string("splits/main/0f3.tsv"),
                                  "documents/" + kDocument.hex + "/review.json",
                                  "documents/1/f/3/a/" + kDocument.hex + "/review.json",
                                  dir,
                                  dir + "/",
                                  dir + "//review.json",
                                  dir + "/review.json/x",
                                  dir + "/Review.json",
                                  dir + "/pages/1.words.tsv",
                                  dir + "/pages/0000.words.tsv",
                                  dir + "/pages/00001.words.tsv",
                                  dir + "/pages/0001.annotations.json",
                                  dir + "/pages/x/0001.words.tsv",
                                  dir + "/source..dvc",
                                  dir + "/source.PDF.dvc",
                                  dir + "/0001.words.tsv"}) {
    EXPECT_EQ(classify(path), PathInfo{}) << path;
  }
}

TEST(Layout, SaysWhoMayPush) {
  EXPECT_EQ(permission_to_push(PathKind::page_annotations), Permission::annotation_write);
  EXPECT_EQ(permission_to_push(PathKind::comments), Permission::comment_write);
  EXPECT_EQ(permission_to_push(PathKind::guideline), Permission::schema_write);
  EXPECT_EQ(permission_to_push(PathKind::split_members), Permission::split_write);
  EXPECT_EQ(permission_to_push(PathKind::attachment), Permission::data_push);
  for (const PathKind kind : {PathKind::config, PathKind::document, PathKind::words,
                              PathKind::source_pointer, PathKind::images_pointer,
                              PathKind::adjudication, PathKind::server_file, PathKind::unknown}) {
    EXPECT_EQ(permission_to_push(kind), std::nullopt) << name_of(kind);
  }
}

TEST(Layout, RefusesAFanOutThatCannotBe) {
  EXPECT_OK(make_fan_out({1, 1, 1, 1}));
  EXPECT_FALSE(make_fan_out({0}).ok());
  EXPECT_FALSE(make_fan_out({5}).ok());
  EXPECT_FALSE(make_fan_out(std::vector<uint8_t>(9, 1)).ok());
}

TEST(Layout, PagesHaveFourDigits) {
  EXPECT_EQ(page_digits(1), "0001");
  EXPECT_EQ(page_digits(9999), "9999");
  EXPECT_EQ(page_image_name(12, "png"), "0012.png");
}

}  // namespace
}  // namespace corpus
