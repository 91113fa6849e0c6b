#include "server/client/pulled_verification.h"

#include <fcntl.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <set>

#include "tests/dataset/sample_release.h"
#include "tests/support/result_matchers.h"

namespace server::client {
namespace {

using base::Code;

using Names = std::multiset<std::string>;

class PulledVerification : public testing::Test {
 protected:
  PulledVerification() {
    for (const dataset::ManifestRecord& record : release.records) {
      for (const dataset::SnapshotEntry& entry : dataset::entries_of(record)) {
        write(path_of(record, entry), release.objects.at(entry.md5.hex()));
      }
    }
    write("labels/schema.json", release.objects.at(release.header.schema.md5.hex()));
    for (const dataset::ManifestGuideline& guideline : release.header.guidelines) {
      write("labels/" + guideline.path, release.objects.at(guideline.file.md5.hex()));
    }
    write("manifest.jsonl", release.manifest);
  }

  static std::string path_of(const dataset::ManifestRecord& record,
                             const dataset::SnapshotEntry& entry) {
    return "documents/" + record.id.hex.substr(0, 1) + "/" + record.id.hex + "/" + entry.path;
  }
  void write(const std::string& name, std::string_view text) const {
    const base::Path path = root / name;
    ASSERT_OK(base::make_directories(path.parent_path()));
    const auto fd = TAKE(base::open_file(path, O_WRONLY | O_CREAT | O_TRUNC));
    ASSERT_OK(base::write_all(fd.get(), text));
  }
  // As dvc leaves a clone.
  void make_clone() const {
    for (const auto& [path, content] : release.files) write(path, content);
    for (const auto& [oid, content] : release.objects) {
      write(".dvc/cache/files/md5/" + oid.substr(0, 2) + "/" + oid.substr(2), content);
    }
  }
  Names names(PulledSelection selection = {}) const {
    selection.directory = root;
    Names names;
    for (const dataset::Finding& finding : TAKE(verify_pulled(selection)).findings) {
      names.insert(finding.name);
    }
    return names;
  }

  base::TempDir dir = TAKE(base::TempDir::create());
  base::Path root = dir.path();
  test::SampleRelease release = test::sample_release();
};

TEST_F(PulledVerification, FindsNothingInAWholePull) {
  const auto found = TAKE(verify_pulled({.directory = root, .digest = release.digest().hex()}));
  EXPECT_TRUE(found.clean()) << found.findings[0].name << " " << found.findings[0].what;
  EXPECT_EQ(found.documents, 2u);
  EXPECT_EQ(found.digest, release.digest());
}

TEST_F(PulledVerification, FindsEachFileThatIsChangedOrMissing) {
  for (const dataset::ManifestRecord& record : release.records) {
    for (const dataset::SnapshotEntry& entry : dataset::entries_of(record)) {
      const std::string path = path_of(record, entry);
      std::string content = release.objects.at(entry.md5.hex());
      content[0] ^= 1;
      write(path, content);
      EXPECT_EQ(names().count("object.hash"), 1u) << path;
      std::filesystem::remove(root / path);
      EXPECT_EQ(names().count("object.missing"), 1u) << path;
      write(path, release.objects.at(entry.md5.hex()));
    }
  }
  EXPECT_EQ(names(), Names{});
}

TEST_F(PulledVerification, FindsWhatNobodyReleased) {
  write("documents/0/note.txt", "mine");
  EXPECT_EQ(names(), Names{"file.unknown"});
}

TEST_F(PulledVerification, HoldsTheManifestAgainstItsDigest) {
  EXPECT_EQ(names({.digest = base::sha256_of("another").hex()}), Names{"manifest.digest"});
  EXPECT_EQ(test::code_of(verify_pulled({.directory = root, .digest = "9f"})), Code::invalid);
  write("manifest.jsonl", release.manifest.substr(0, release.manifest.size() - 1));
  EXPECT_FALSE(verify_pulled({.directory = root}).ok());
}

TEST_F(PulledVerification, AsksOnlyForWhatWasPulled) {
  for (const dataset::ManifestRecord& record : release.records) {
    for (const dataset::SnapshotEntry& entry : dataset::entries_of(record)) {
      const bool is_wanted = record.split == "train" && entry.path.ends_with(".words.tsv");
      if (!is_wanted) std::filesystem::remove(root / path_of(record, entry));
    }
  }
  EXPECT_EQ(names({.parts = {"train"}, .kinds = {"words"}}), Names{});
  EXPECT_GT(names({.parts = {"train"}}).count("object.missing"), 0u);
  EXPECT_EQ(test::code_of(verify_pulled({.directory = root, .parts = {"none"}})), Code::invalid);
}

TEST_F(PulledVerification, LooksAtPointersAndListsOfAClone) {
  make_clone();
  EXPECT_EQ(names(), Names{});
  write("labels.dvc", "outs:\n");
  EXPECT_EQ(names(), Names{"pointer.mismatch"});
}

TEST_F(PulledVerification, NeedsAPullThatCameToItsEnd) {
  std::filesystem::remove(root / "manifest.jsonl");
  EXPECT_EQ(test::code_of(verify_pulled({.directory = root})), Code::not_found);
}

}  // namespace
}  // namespace server::client
