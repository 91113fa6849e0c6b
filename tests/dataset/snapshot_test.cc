#include "dataset/snapshot.h"

#include <gtest/gtest.h>

#include <set>

#include "base/json.h"
#include "dataset/dvc_pointer.h"
#include "tests/dataset/fixtures.h"
#include "tests/dataset/sample_release.h"
#include "tests/support/golden.h"
#include "tests/support/result_matchers.h"

namespace dataset {
namespace {

using base::Result;
using test::sample_release;

SnapshotStore discarding_store() {
  return {.open_tree = []() -> Result<TreeWriter> {
            return TreeWriter{
                [](std::string_view) { return Result<void>{}; },
                [](const base::Md5&, const std::vector<base::Md5>&) { return Result<void>{}; }};
          },
          .need_text = [](const TextRef&) { return Result<void>{}; }};
}

TEST(Snapshot, ListsADocumentsFilesInOrder) {
  ManifestRecord record = test::record_of("a", "train");
  record.annotations = text_ref_of("whole");
  record.pages.resize(2);
  record.pages[1].words = text_ref_of("more words");
  std::vector<std::string> paths;
  for (const SnapshotEntry& entry : entries_of(record)) paths.push_back(entry.path);
  EXPECT_EQ(paths, (std::vector<std::string>{"annotations.jsonl", "images/0001.png",
                                             "pages/0001.annotations.jsonl", "pages/0001.words.tsv",
                                             "pages/0002.words.tsv", "source.pdf"}));
}

TEST(Snapshot, HasOnePointerForEachFirstDigit) {
  const auto release = sample_release();
  for (const char digit : std::string("0123456789abcdef")) {
    const std::string path = std::string("documents/") + digit + ".dvc";
    ASSERT_TRUE(release.files.contains(path)) << path;
    const DvcPointer pointer = TAKE(parse_dvc_pointer(release.files.at(path)));
    ASSERT_EQ(pointer.outs.size(), 1u);
    EXPECT_EQ(pointer.outs[0].path, std::string(1, digit));
    EXPECT_TRUE(release.objects.contains(pointer.outs[0].md5.hex() + ".dir"));
  }
}

TEST(Snapshot, TreesHoldEveryFileOfTheManifest) {
  const auto release = sample_release();
  for (const ManifestRecord& record : release.records) {
    const std::string path = "documents/" + record.id.hex.substr(0, 1) + ".dvc";
    const DvcOut out = TAKE(parse_dvc_pointer(release.files.at(path))).outs[0];
    const DvcTree tree = TAKE(parse_dvc_tree(release.objects.at(out.md5.hex() + ".dir")));
    EXPECT_EQ(out.nfiles, tree.entries.size());
    std::map<std::string, base::Md5> listed;
    for (const DvcTreeEntry& entry : tree.entries) listed[entry.path] = entry.md5;
    for (const SnapshotEntry& entry : entries_of(record)) {
      EXPECT_EQ(listed.at(record.id.hex + "/" + entry.path), entry.md5) << entry.path;
    }
  }
}

TEST(Snapshot, EveryTreeIsClosed) {
  const auto release = sample_release();
  const auto is_stored = [&](const base::Md5& md5) { return release.objects.contains(md5.hex()); };
  for (const base::Md5& directory : release.snapshot.directories) {
    const std::string& text = release.objects.at(directory.hex() + ".dir");
    const DvcTree tree = TAKE(parse_dvc_tree(text));
    EXPECT_TRUE(is_canonical_dvc_tree(text, tree));
    EXPECT_TRUE(missing_children(tree, is_stored).empty());
  }
}

TEST(Snapshot, LabelsHoldTheTextsAndNoImage) {
  const auto release = sample_release();
  const DvcPointer labels = TAKE(parse_dvc_pointer(release.files.at("labels.dvc")));
  std::set<std::string> outs;
  size_t files = 0;
  for (const DvcOut& out : labels.outs) {
    outs.insert(out.path);
    if (out.path.size() == std::string("labels/0").size()) files += *out.nfiles;
  }
  EXPECT_EQ(outs.size(), 18u);
  EXPECT_TRUE(outs.contains("labels/schema.json"));
  EXPECT_TRUE(outs.contains("labels/guidelines"));
  EXPECT_EQ(files, 5u);  // words and labels of two pages, labels of one document
}

TEST(Snapshot, NamesEveryTextThatMustBeStored) {
  const auto release = sample_release();
  std::set<std::string> needed;
  SnapshotStore store = discarding_store();
  store.need_text = [&](const TextRef& text) -> Result<void> {
    needed.insert(text.blob.hex());
    return {};
  };
  ASSERT_OK(make_snapshot({}, release.header, {}, test::reader_of(release.records), store));
  std::set<std::string> all;
  for (const auto& [blob, text] : release.blobs) all.insert(blob);
  EXPECT_EQ(needed, all);
}

TEST(Snapshot, IsTheSameForTheSameRelease) {
  EXPECT_EQ(sample_release().files, sample_release().files);
}

TEST(Snapshot, OnlyTextsForPeopleNameTheHost) {
  for (const auto& [path, content] : sample_release().files) {
    if (path.ends_with(".dvc")) {
      EXPECT_EQ(content.find("glossator.example"), std::string::npos) << path;
    }
  }
}

TEST(Snapshot, RefusesRecordsOutOfOrder) {
  auto release = sample_release();
  std::reverse(release.records.begin(), release.records.end());
  EXPECT_EQ(test::code_of(make_snapshot({}, release.header, {}, test::reader_of(release.records),
                                        discarding_store())),
            base::Code::invalid);
}

TEST(Snapshot, PassesOnTheErrorsOfTheStore) {
  const auto release = sample_release();
  SnapshotStore full = discarding_store();
  full.open_tree = []() -> Result<TreeWriter> {
    return base::Error{base::Code::limit, "the disk is full"};
  };
  EXPECT_EQ(
      test::code_of(make_snapshot({}, release.header, {}, test::reader_of(release.records), full)),
      base::Code::limit);
}

TEST(Snapshot, KeepsItsFormat) {
  const auto release = sample_release();
  const std::string digit = release.records[0].id.hex.substr(0, 1);
  EXPECT_GOLDEN("tests/dataset/golden/manifest.jsonl", release.manifest);
  EXPECT_GOLDEN("tests/dataset/golden/documents.dvc",
                release.files.at("documents/" + digit + ".dvc"));
  EXPECT_GOLDEN("tests/dataset/golden/labels.dvc", release.files.at("labels.dvc"));
  EXPECT_GOLDEN("tests/dataset/golden/manifest.jsonl.dvc", release.files.at("manifest.jsonl.dvc"));
  EXPECT_GOLDEN("tests/dataset/golden/dvc-config", release.files.at(".dvc/config"));
  EXPECT_GOLDEN("tests/dataset/golden/README.md", release.files.at("README.md"));
  EXPECT_GOLDEN("tests/dataset/golden/croissant.json", release.files.at("croissant.json"));
}

TEST(Croissant, SaysWhatTheReleaseIs) {
  const auto release = sample_release();
  const base::Json json = TAKE(base::parse_json(release.files.at("croissant.json")));
  EXPECT_EQ(json.string_or("conformsTo", ""), "http://mlcommons.org/croissant/1.1");
  EXPECT_EQ(json.string_or("license", ""), "https://spdx.org/licenses/CC-BY-4.0.html");
  EXPECT_EQ(json.string_or("version", ""), "1.2.3");
  const auto& files = *json.find_array("distribution");
  EXPECT_EQ(files[0].string_or("sha256", ""), release.digest().hex());
}

}  // namespace
}  // namespace dataset
