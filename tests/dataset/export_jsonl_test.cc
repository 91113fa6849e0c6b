#include <gtest/gtest.h>

#include <algorithm>

#include "base/json.h"
#include "base/text.h"
#include "tests/dataset/export_test_support.h"
#include "tests/dataset/sample_release.h"
#include "tests/support/result_matchers.h"

namespace dataset {
namespace {

constexpr char kPages[] = "jsonl";
constexpr char kDocuments[] = "jsonl-documents";

std::vector<base::Json> lines_of(const std::string& text) {
  std::vector<base::Json> lines;
  for (const std::string_view line : base::split(text, '\n')) {
    if (!line.empty()) lines.push_back(TAKE(base::parse_json(line)));
  }
  return lines;
}

TEST(JsonlExport, WritesOnePageALine) {
  const auto lines = lines_of(test::export_samples(kPages).text);
  ASSERT_EQ(lines.size(), 3u);
  for (const base::Json& line : lines) {
    EXPECT_EQ(line.find("document_annotations") != nullptr, line.integer_or("page", 0) == 1);
  }
}

TEST(JsonlExport, AnnotationsReadBackAsTheyWere) {
  ExportOptions options;
  options.proposals = true;
  const auto documents = test::sample_documents();
  const auto lines = lines_of(test::export_samples(kDocuments, options).text);
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
  EXPECT_EQ(test::export_samples(kPages).text.find("proposed"), std::string::npos);
  ExportOptions options;
  options.proposals = true;
  EXPECT_NE(test::export_samples(kPages, options).text.find("proposed"), std::string::npos);
}

TEST(JsonlExport, ReportsWhatIsNotInIt) {
  const LossReport loss = test::export_samples(kPages).loss;
  EXPECT_EQ(loss.documents, 2u);
  EXPECT_EQ(loss.pages, 3u);
  EXPECT_EQ(loss.annotations, 9u);
  EXPECT_EQ(loss.lost, (std::map<std::string, uint64_t>{{"proposal", 1}, {"rejected", 1}}));
}

TEST(JsonlExport, TakesOnlyTheChosenSplits) {
  ExportOptions options;
  options.splits = {"test"};
  const auto lines = lines_of(test::export_samples(kDocuments, options).text);
  ASSERT_EQ(lines.size(), 1u);
  EXPECT_EQ(lines[0].string_or("split", ""), "test");
}

TEST(JsonlExport, RefusesDocumentsOutOfOrder) {
  auto documents = test::sample_documents();
  std::reverse(documents.begin(), documents.end());
  EXPECT_EQ(test::code_of(test::try_export(kPages, {{}, {}, test::opener_of(documents)})),
            base::Code::invalid);
}

}  // namespace
}  // namespace dataset
