#include "dataset/manifest.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "tests/dataset/fixtures.h"
#include "tests/support/result_matchers.h"

namespace dataset {
namespace {

using base::Result;
using test::header_of;
using test::manifest_of;
using test::record_of;
using test::sorted;

std::vector<ManifestRecord> three_records() {
  return sorted({record_of("a", "train"), record_of("b", "test"), record_of("c", "train")});
}

Result<std::vector<ManifestRecord>> read_all(ManifestReader& reader) {
  std::vector<ManifestRecord> records;
  while (auto record = TRY(reader.next())) records.push_back(*record);
  return records;
}

TEST(Version, PrintsAndReadsThreeNumbers) {
  EXPECT_EQ(print_version({1, 20, 3}), "1.20.3");
  EXPECT_EQ(TAKE(parse_version("1.20.3")), (Version{1, 20, 3}));
  for (const char* text : {"", "1", "1.2", "1.2.3.4", "v1.2.3", "1.2.-3", "01.2.3", "1.2.x"}) {
    EXPECT_EQ(test::code_of(parse_version(text)), base::Code::invalid) << text;
  }
}

TEST(Version, NamesTheTag) {
  EXPECT_EQ(release_tag("claims", {1, 3, 0}), "datasets/claims/v1.3.0");
}

TEST(Manifest, NamesTextsAsGitDoes) {
  // echo hello | git hash-object --stdin
  EXPECT_EQ(git_blob_id("hello\n").hex(), "ce013625030ba8dba906f756967f9e9ca394464a");
  EXPECT_EQ(text_ref_of("hello\n").md5.hex(), "b1946ac92492d2347c6235b4d2611184");
}

TEST(Manifest, ReadsBackWhatItPrints) {
  const auto records = three_records();
  ManifestReader reader = TAKE(ManifestReader::open(manifest_of(records)));
  EXPECT_EQ(reader.header(), header_of(records));
  EXPECT_EQ(TAKE(read_all(reader)), records);
  EXPECT_EQ(TAKE(reader.finish()), base::hashes_of(manifest_of(records)));
}

TEST(Manifest, ReadsBackSparseRecords) {
  ManifestRecord record = record_of("a", "");
  record.licence = "CC0-1.0";
  record.agreement = 828;
  record.annotations = text_ref_of("{}\n");
  record.pages.push_back({});
  record.pages.back().text = corpus::TextOrigin::text_layer;
  record.groups.clear();
  record.labels.clear();
  EXPECT_EQ(TAKE(parse_record(print_record(record))), record);
  ManifestHeader header = header_of({record});
  header.split.reset();
  header.guidelines.clear();
  EXPECT_EQ(TAKE(parse_header(print_header(header))), header);
}

TEST(Manifest, ReadsPiecesOfAnySize) {
  const auto records = three_records();
  const std::string text = manifest_of(records);
  for (const size_t size : {size_t{1}, size_t{7}, size_t{1000}, text.size()}) {
    size_t at = 0;
    ManifestReader reader = TAKE(ManifestReader::open([&]() -> Result<std::string> {
      const std::string piece = text.substr(std::min(at, text.size()), size);
      at += size;
      return piece;
    }));
    EXPECT_EQ(TAKE(read_all(reader)), records);
    EXPECT_EQ(TAKE(reader.finish()).sha256, base::sha256_of(text));
  }
}

TEST(Manifest, SaysWhichLineIsWrong) {
  auto records = three_records();
  std::swap(records[1], records[2]);
  ManifestReader reader = TAKE(ManifestReader::open(manifest_of(records)));
  const auto result = read_all(reader);
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(result.error().at.line, 4u);
}

TEST(Manifest, RefusesAnotherSpelling) {
  const std::string line = print_record(record_of("a", "train"));
  const auto replaced = [&](std::string_view from, std::string_view to) {
    std::string text = line;
    text.replace(text.find(from), from.size(), to);
    return text;
  };
  const std::string bad[] = {"",
                             "{}\n",
                             line.substr(0, line.size() - 1),
                             replaced("\"split\":\"train\"", "\"split\": \"train\""),
                             replaced("\"state\"", "\"unknown\":1,\"state\""),
                             replaced("\"text\":\"ocr\"", "\"text\":\"psychic\""),
                             replaced("\"width\":100", "\"width\":-100"),
                             replaced("\"width\":100", "\"width\":99999999999"),
                             replaced(record_of("a", "").id.hex, std::string(32, '0'))};
  for (const std::string& text : bad) {
    EXPECT_EQ(test::code_of(parse_record(text)), base::Code::invalid) << text;
  }
}

TEST(Manifest, RefusesAFileThatIsCutShort) {
  std::string text = manifest_of(three_records());
  text.pop_back();
  ManifestReader reader = TAKE(ManifestReader::open(text));
  EXPECT_EQ(test::code_of(read_all(reader)), base::Code::invalid);
  EXPECT_EQ(test::code_of(ManifestReader::open(std::string())), base::Code::invalid);
}

TEST(Manifest, HidesWhoTheGroupsAre) {
  const std::string pseudonym = group_pseudonym("salt", "customer=Meyer");
  EXPECT_EQ(pseudonym.size(), std::string("customer=").size() + 16);
  EXPECT_EQ(pseudonym.find("Meyer"), std::string::npos);
  EXPECT_EQ(pseudonym, group_pseudonym("salt", "customer=Meyer"));
  EXPECT_NE(pseudonym, group_pseudonym("other", "customer=Meyer"));
}

TEST(Manifest, TotalsCountEverything) {
  const ManifestTotals totals = header_of(three_records()).totals;
  EXPECT_EQ(totals.documents, 3u);
  EXPECT_EQ(totals.pages, 3u);
  EXPECT_EQ(totals.labels, (std::map<std::string, uint64_t>{{"total", 6}}));
  EXPECT_EQ(totals.splits, (std::map<std::string, uint64_t>{{"train", 2}, {"test", 1}}));
  EXPECT_EQ(totals.bytes, 3 * (11u + 10u + 10u + 16u));
}

TEST(Manifest, RecordsADocument) {
  corpus::Document document;
  document.source = test::stored("pdf", "application/pdf");
  document.id = corpus::DocumentId::of(document.source.sha256);
  document.pipeline.version = "7";
  document.pages.resize(2);
  document.pages[0].image = test::stored("png", "image/png");
  document.pages[0].width = 10;
  document.pages[1].failure = "the page could not be decoded";
  const TextRef words = text_ref_of("words");
  const ManifestRecord record = make_record(document, {{.words = words, .annotations = {}}});
  EXPECT_EQ(record.id, document.id);
  EXPECT_EQ(record.pipeline, "7");
  ASSERT_EQ(record.pages.size(), 2u);
  EXPECT_EQ(record.pages[0].image, document.pages[0].image);
  EXPECT_EQ(record.pages[0].words, words);
  EXPECT_FALSE(record.pages[1].image.has_value());
  EXPECT_FALSE(record.pages[1].words.has_value());
}

}  // namespace
}  // namespace dataset
