#include "dataset/export_jsonl.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "base/json.h"
#include "base/text.h"
#include "tests/dataset/export_test_support.h"
#include "tests/dataset/sample_release.h"
#include "tests/support/golden.h"
#include "tests/support/result_matchers.h"

namespace dataset {
namespace {

struct Exported {
  std::string text;
  LossReport loss;
};

Exported export_sample(const ExportOptions& options, JsonlUnit unit) {
  const auto documents = test::sample_documents();
  test::Collected collected;
  LossReport loss = TAKE(export_jsonl(options, unit, test::opener_of(documents), collected.sink()));
  return {collected.text, loss};
}

std::vector<base::Json> lines_of(const std::string& text) {
  std::vector<base::Json> lines;
  for (const std::string_view line : base::split(text, '\n')) {
    if (!line.empty()) lines.push_back(TAKE(base::parse_json(line)));
  }
  return lines;
}

TEST(JsonlExport, KeepsItsFormat) {
  EXPECT_GOLDEN("tests/dataset/golden/pages.jsonl", export_sample({}, JsonlUnit::page).text);
  EXPECT_GOLDEN("tests/dataset/golden/documents.jsonl",
                export_sample({}, JsonlUnit::document).text);
}

TEST(JsonlExport, WritesOnePageALine) {
  const auto lines = lines_of(export_sample({}, JsonlUnit::page).text);
  ASSERT_EQ(lines.size(), 3u);
  for (const base::Json& line : lines) {
    EXPECT_EQ(line.find("document_annotations") != nullptr, line.integer_or("page", 0) == 1);
  }
}

TEST(JsonlExport, AnnotationsReadBackAsTheyWere) {
  ExportOptions options;
  options.proposals = true;
  const auto documents = test::sample_documents();
  const auto lines = lines_of(export_sample(options, JsonlUnit::document).text);
  ASSERT_EQ(lines.size(), documents.size());
  for (size_t d = 0; d < lines.size(); ++d) {
    const auto& pages = *lines[d].find_array("pages");
    for (size_t p = 0; p < pages.size(); ++p) {
      std::vector<corpus::Annotation> expected = documents[d].pages[p].annotations;
      std::erase_if(expected, [](const corpus::Annotation& a) {
        return a.review && a.review->state == corpus::Verdict::rejected;
      });
      corpus::Diagnostics problems;
      std::vector<corpus::Annotation> got;
      for (const base::Json& json : *pages[p].find_array("annotations")) {
        got.push_back(*corpus::annotation_from_json(json, problems));
      }
      EXPECT_EQ(got, expected);
    }
  }
}

TEST(JsonlExport, LeavesProposalsOutUnlessAsked) {
  EXPECT_EQ(export_sample({}, JsonlUnit::page).text.find("proposed"), std::string::npos);
  ExportOptions options;
  options.proposals = true;
  EXPECT_NE(export_sample(options, JsonlUnit::page).text.find("proposed"), std::string::npos);
}

TEST(JsonlExport, ReportsWhatIsNotInIt) {
  const LossReport loss = export_sample({}, JsonlUnit::page).loss;
  EXPECT_EQ(loss.documents, 2u);
  EXPECT_EQ(loss.pages, 3u);
  EXPECT_EQ(loss.annotations, 9u);
  EXPECT_EQ(loss.lost, (std::map<std::string, uint64_t>{{"proposal", 1}, {"rejected", 1}}));
}

TEST(JsonlExport, TakesOnlyTheChosenSplits) {
  ExportOptions options;
  options.splits = {"test"};
  const auto lines = lines_of(export_sample(options, JsonlUnit::document).text);
  ASSERT_EQ(lines.size(), 1u);
  EXPECT_EQ(lines[0].string_or("split", ""), "test");
}

TEST(JsonlExport, GivesTheSameBytesTwice) {
  for (const JsonlUnit unit : {JsonlUnit::page, JsonlUnit::document}) {
    EXPECT_EQ(export_sample({}, unit).text, export_sample({}, unit).text);
  }
}

TEST(JsonlExport, RefusesDocumentsOutOfOrder) {
  auto documents = test::sample_documents();
  std::reverse(documents.begin(), documents.end());
  test::Collected collected;
  EXPECT_EQ(test::code_of(
                export_jsonl({}, JsonlUnit::page, test::opener_of(documents), collected.sink())),
            base::Code::invalid);
}

TEST(JsonlExport, StopsWhenTheSinkIsGone) {
  const auto documents = test::sample_documents();
  const ExportSink gone = [](std::string_view) -> base::Result<void> {
    return base::Error{base::Code::io, "the client has gone"};
  };
  EXPECT_EQ(test::code_of(export_jsonl({}, JsonlUnit::page, test::opener_of(documents), gone)),
            base::Code::io);
}

}  // namespace
}  // namespace dataset
