// What holds of every format.
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "dataset/export_format.h"
#include "tests/dataset/export_test_support.h"
#include "tests/support/golden.h"

namespace dataset {
namespace {

class EveryFormat : public testing::TestWithParam<std::string> {};

bool is_tar(const std::string& name) {
  return find_export_format(name)->media_type == "application/x-tar";
}

// A tar as a text that a person can compare.
std::string readable(const std::string& name, const std::string& bytes) {
  if (!is_tar(name)) return bytes;
  std::string text;
  for (const auto& [path, content] : test::untar(bytes)) {
    text += "==== " + path + "\n" + content;
    if (!content.ends_with('\n')) text += "\n";
  }
  return text;
}

TEST_P(EveryFormat, KeepsItsForm) {
  const auto exported = test::export_samples(GetParam());
  const std::string stem = "tests/dataset/golden/exports/" + GetParam();
  EXPECT_GOLDEN(stem + ".txt", readable(GetParam(), exported.text));
  EXPECT_GOLDEN(stem + ".loss.json", print_loss(exported.loss));
}

TEST_P(EveryFormat, GivesTheSameBytesTwice) {
  EXPECT_EQ(test::export_samples(GetParam()).text, test::export_samples(GetParam()).text);
}

TEST_P(EveryFormat, GoesOnFromAnyByte) {
  const auto documents = test::sample_documents();
  ExportInput input{{}, test::sample_schema(), test::opener_of(documents)};
  const std::string whole = TAKE(test::try_export(GetParam(), input)).text;
  for (size_t first = 0; first < whole.size(); first += 97) {
    for (const size_t length : {size_t{1}, size_t{600}, whole.size()}) {
      const ExportWindow window{first, length};
      EXPECT_EQ(TAKE(test::try_export(GetParam(), input, window)).text,
                whole.substr(first, length));
    }
  }
}

TEST_P(EveryFormat, IsMeasuredWithoutReadingFiles) {
  const auto documents = test::sample_documents();
  const ExportInput input{{}, test::sample_schema(), test::opener_of(documents)};
  ExportOutput out([](std::string_view) -> base::Result<void> { return {}; }, {},
                   {.first = UINT64_MAX});
  ASSERT_TRUE(run_export(*find_export_format(GetParam()), input, out).ok());
  EXPECT_EQ(out.position(), TAKE(test::try_export(GetParam(), input)).text.size());
}

TEST_P(EveryFormat, OfNothingIsStillWhole) {
  ExportOptions options;
  options.splits = {"nobody"};
  const auto exported = test::export_samples(GetParam(), options);
  EXPECT_EQ(exported.loss.documents, 0u);
  EXPECT_EQ(exported.loss.annotations, 0u);
}

TEST_P(EveryFormat, StopsWhenTheSinkIsGone) {
  const auto documents = test::sample_documents();
  const ExportInput input{{}, test::sample_schema(), test::opener_of(documents)};
  ExportOutput out(
      [](std::string_view) -> base::Result<void> {
        return base::Error{base::Code::io, "the client has gone"};
      },
      test::read_samples());
  EXPECT_EQ(test::code_of(run_export(*find_export_format(GetParam()), input, out)), base::Code::io);
}

// Every annotation of the samples is written, or its loss has a reason.
TEST_P(EveryFormat, DropsNothingInSilence) {
  if (GetParam() == "label-studio-config") return;
  const auto documents = test::sample_documents();
  size_t annotations = 0;
  for (const ExportDocument& document : documents) {
    annotations += document.annotations.size();
    for (const ExportPage& page : document.pages) annotations += page.annotations.size();
  }
  const LossReport loss = test::export_samples(GetParam()).loss;
  uint64_t reasons = 0;
  for (const auto& [reason, count] : loss.lost) reasons += count;
  EXPECT_GE(loss.annotations + reasons, annotations);
}

std::vector<std::string> format_names() {
  std::vector<std::string> names;
  for (const ExportFormat* format : export_formats()) names.emplace_back(format->name);
  return names;
}

INSTANTIATE_TEST_SUITE_P(Formats, EveryFormat, testing::ValuesIn(format_names()),
                         [](const auto& info) {
                           std::string name = info.param;
                           std::replace(name.begin(), name.end(), '-', '_');
                           return name;
                         });

TEST(ExportFormats, HaveNamesOfTheirOwn) {
  const auto names = format_names();
  EXPECT_EQ(std::set<std::string>(names.begin(), names.end()).size(), names.size());
  EXPECT_EQ(find_export_format("nobody"), nullptr);
}

}  // namespace
}  // namespace dataset
