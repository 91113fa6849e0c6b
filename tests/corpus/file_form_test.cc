#include "corpus/file_form.h"

#include <gtest/gtest.h>

#include "tests/support/result_matchers.h"

namespace corpus {
namespace {

const std::string kDocument = "0f3a" + std::string(28, '0');

Diagnostics form(const std::string& path, const std::string& text) {
  return check_form(classify(path), path, text);
}

std::string in_document(const std::string& name) {
  return document_dir({}, TAKE(DocumentId::parse(kDocument))) + "/" + name;
}

TEST(FileForm, KnowsEachKindThatPeopleWrite) {
  for (const std::string& path :
       {in_document("pages/0001.annotations.jsonl"), in_document("annotations.jsonl"),
        in_document("comments.jsonl"), in_document("review.json"), std::string("schema.json"),
        std::string("splits/first.json"), std::string("splits/first/0f.tsv"),
        std::string("guidelines/README.md"), std::string("attachments/form.pdf")}) {
    const auto problems = form(path, "{\xff");
    EXPECT_FALSE(problems.empty()) << path;
    EXPECT_EQ(problems.path(), path);
  }
}

TEST(FileForm, TakesAnEmptyListOfAnnotationsOrComments) {
  EXPECT_TRUE(form(in_document("annotations.jsonl"), "").empty());
  EXPECT_TRUE(form(in_document("comments.jsonl"), "").empty());
}

TEST(FileForm, DoesNotLookIntoWhatTheServerWrites) {
  EXPECT_TRUE(form(in_document("document.json"), "{\xff").empty());
}

TEST(FileForm, BoundsGuidelines) {
  const std::string path = "guidelines/README.md";
  EXPECT_TRUE(form(path, std::string(kMaxGuidelineBytes, 'x')).empty());
  EXPECT_FALSE(form(path, std::string(kMaxGuidelineBytes + 1, 'x')).empty());
}

}  // namespace
}  // namespace corpus
