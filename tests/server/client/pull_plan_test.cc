#include "server/client/pull_plan.h"

#include <fcntl.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "tests/support/result_matchers.h"

namespace server::client {
namespace {

using base::Code;

corpus::StoredFile file_of(const std::string& content, uint64_t size) {
  return {base::md5_of(content), base::sha256_of(content), size, "image/png"};
}

// A document of one page; `labels` is what lies in its file of annotations.
dataset::ManifestRecord record_of(int number, const std::string& part, uint64_t size,
                                  const std::string& labels = "") {
  corpus::Document document;
  document.source = file_of("document " + std::to_string(number), size);
  document.id = corpus::DocumentId::of(document.source.sha256);
  corpus::Page page;
  page.width = page.height = 10;
  page.image = document.source;
  document.pages = {page};
  document.pipeline.version = "1";
  dataset::PageTexts texts{dataset::text_ref_of("id\n"), std::nullopt};
  if (!labels.empty()) texts.annotations = dataset::text_ref_of(labels);
  dataset::ManifestRecord record = dataset::make_record(document, {texts});
  record.split = part;
  record.state = "new";
  return record;
}

class PullPlanTest : public testing::Test {
 protected:
  base::Path manifest(const std::string& name, std::vector<dataset::ManifestRecord> records) {
    std::sort(records.begin(), records.end(),
              [](const auto& a, const auto& b) { return a.id < b.id; });
    dataset::ManifestHeader header;
    header.name = "claims";
    header.version = {1, 0, 0};
    header.schema = dataset::text_ref_of("{}");
    header.split = dataset::ManifestSplit{
        "default", base::sha1_of("rule"), {{"train", 80}, {"test", 20}}, {}, ""};
    std::string text;
    for (const auto& record : records) {
      header.totals.add(record);
      text += dataset::print_record(record);
    }
    const base::Path path = directory_.path() / name;
    const auto fd = TAKE(base::open_file(path, O_WRONLY | O_CREAT | O_TRUNC));
    TAKE(base::write_all(fd.get(), dataset::print_header(header) + text));
    return path;
  }

  static std::vector<PullBatch> batches_of(const base::Path& manifest,
                                           const PullSelection& selection = {}) {
    const auto plan = TAKE(PullPlan::open(manifest, selection));
    std::vector<PullBatch> batches;
    while (auto batch = TAKE(plan->next())) batches.push_back(std::move(*batch));
    return batches;
  }

  static std::set<std::string> paths_of(const std::vector<PullBatch>& batches) {
    std::set<std::string> paths;
    for (const PullBatch& batch : batches) {
      for (const WantedFile& file : batch.files) paths.insert(file.path);
    }
    return paths;
  }

  static std::string directory_of(const dataset::ManifestRecord& record) {
    return "documents/" + record.id.hex.substr(0, 1) + "/" + record.id.hex + "/";
  }

  base::TempDir directory_ = TAKE(base::TempDir::create());
};

TEST_F(PullPlanTest, NamesEveryFileOfARelease) {
  const auto record = record_of(1, "train", 100, "a label\n");
  const std::string at = directory_of(record);
  const auto batches = batches_of(manifest("one", {record}));
  EXPECT_EQ(
      paths_of(batches),
      (std::set<std::string>{"labels/schema.json", at + "source.png", at + "images/0001.png",
                             at + "pages/0001.words.tsv", at + "pages/0001.annotations.jsonl"}));
  ASSERT_EQ(batches.size(), 1u);
  EXPECT_EQ(batches[0].documents, 1u);
}

TEST_F(PullPlanTest, ChoosesPartsAndKinds) {
  const auto train = record_of(1, "train", 100), test = record_of(2, "test", 100);
  const auto path = manifest("two", {train, test});
  EXPECT_EQ(paths_of(batches_of(path, {.parts = {"test"}, .kinds = {"source"}})),
            (std::set<std::string>{"labels/schema.json", directory_of(test) + "source.png"}));
  EXPECT_EQ(TAKE(PullPlan::open(path, {.parts = {"test"}}))->documents(), 1u);
  EXPECT_EQ(test::code_of(PullPlan::open(path, {.parts = {"dev"}})), Code::invalid);
  EXPECT_EQ(test::code_of(PullPlan::open(path, {.kinds = {"pictures"}})), Code::invalid);
}

TEST_F(PullPlanTest, LargeFilesStandAlone) {
  std::vector<dataset::ManifestRecord> records;
  for (int number = 0; number < 30; ++number) {
    records.push_back(record_of(number, "train", number % 10 == 0 ? kLargeFile + 1 : 1000));
  }
  uint64_t documents = 0;
  size_t large = 0;
  for (const PullBatch& batch : batches_of(manifest("large", records))) {
    documents += batch.documents;
    for (const WantedFile& file : batch.files) {
      if (file.size <= kLargeFile) continue;
      EXPECT_EQ(batch.files.size(), 1u);
      ++large;
    }
  }
  EXPECT_EQ(documents, 30u);
  EXPECT_EQ(large, 6u);  // source and image of each
}

TEST_F(PullPlanTest, BatchesHaveAnEnd) {
  std::vector<dataset::ManifestRecord> records;
  for (int number = 0; number < 20; ++number) records.push_back(record_of(number, "", 2 << 20));
  for (const PullBatch& batch : batches_of(manifest("many", records))) {
    uint64_t bytes = 0;
    for (const WantedFile& file : batch.files) bytes += file.size;
    EXPECT_LE(bytes, uint64_t{16} << 20);
  }
}

TEST_F(PullPlanTest, SinceLeavesOutWhatIsUnchanged) {
  const auto same = record_of(1, "train", 100), before = record_of(2, "train", 100, "a\n"),
             after = record_of(2, "train", 100, "b\n"), added = record_of(3, "train", 100);
  const auto earlier = manifest("earlier", {same, before});
  const auto later = manifest("later", {same, after, added});
  std::set<std::string> directories;
  for (const std::string& path : paths_of(batches_of(later, {.since = earlier}))) {
    if (path.starts_with("documents/")) directories.insert(path.substr(0, 44) + "/");
  }
  EXPECT_EQ(directories, (std::set<std::string>{directory_of(after), directory_of(added)}));
}

TEST_F(PullPlanTest, LeftOverIsWhatTheNewerDoesNotName) {
  const auto kept = record_of(1, "train", 100), labelled = record_of(2, "train", 100, "a\n"),
             bare = record_of(2, "train", 100), gone = record_of(3, "train", 100);
  const auto older = manifest("older", {kept, labelled, gone});
  const auto newer = manifest("newer", {kept, bare});
  std::set<std::string> paths;
  TAKE(for_each_left_over(older, newer, [&](const std::string& path) -> Result<void> {
    paths.insert(path);
    return {};
  }));
  EXPECT_EQ(paths, (std::set<std::string>{directory_of(labelled) + "pages/0001.annotations.jsonl",
                                          directory_of(gone) + "source.png",
                                          directory_of(gone) + "images/0001.png",
                                          directory_of(gone) + "pages/0001.words.tsv"}));
}

}  // namespace
}  // namespace server::client
