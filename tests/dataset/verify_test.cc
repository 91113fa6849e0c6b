#include "dataset/verify.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "dataset/snapshot.h"
#include "tests/dataset/sample_release.h"
#include "tests/support/result_matchers.h"

namespace dataset {
namespace {

using test::sample_release;
using test::SampleRelease;

std::set<std::string> names_of(const Verification& verification) {
  std::set<std::string> names;
  for (const Finding& finding : verification.findings) names.insert(finding.name);
  return names;
}

std::set<std::string> findings_in(SampleRelease& release) {
  return names_of(TAKE(verify_release(release.readers())));
}

using Names = std::set<std::string>;

TEST(Verify, FindsNothingInAWholeRelease) {
  SampleRelease release = sample_release();
  const Verification result = TAKE(verify_release(release.readers(), {.digest = release.digest()}));
  EXPECT_TRUE(result.clean()) << result.findings[0].name << " " << result.findings[0].what;
  EXPECT_EQ(result.documents, 2u);
  EXPECT_EQ(result.digest, release.digest());
  EXPECT_GT(result.objects, 8u);
}

TEST(Verify, WorksWithoutRepositories) {
  SampleRelease release = sample_release();
  VerifyReaders readers = release.readers();
  readers.blob = nullptr;
  readers.snapshot_file = nullptr;
  EXPECT_TRUE(TAKE(verify_release(readers)).clean());
}

TEST(Verify, FindsAnotherDigest) {
  SampleRelease release = sample_release();
  const Verification result =
      TAKE(verify_release(release.readers(), {.digest = base::sha256_of("other")}));
  EXPECT_EQ(names_of(result), Names{"manifest.digest"});
}

TEST(Verify, FindsEveryObjectThatIsMissing) {
  const SampleRelease whole = sample_release();
  for (const auto& [oid, content] : whole.objects) {
    SampleRelease release = whole;
    release.objects.erase(oid);
    const Names expected{oid.ends_with(".dir") ? "tree.missing" : "object.missing"};
    Names found = findings_in(release);
    found.erase("labels.count");  // those of a text that cannot be read
    EXPECT_EQ(found, expected) << oid;
  }
}

TEST(Verify, FindsEveryObjectWithAFlippedBit) {
  const SampleRelease whole = sample_release();
  for (const auto& [oid, content] : whole.objects) {
    SampleRelease release = whole;
    release.objects[oid][0] ^= 1;
    const Names expected{oid.ends_with(".dir") ? "tree.hash" : "object.hash"};
    Names found = findings_in(release);
    found.erase("labels.count");
    EXPECT_EQ(found, expected) << oid;
  }
}

TEST(Verify, FindsBlobsThatAreMissingOrChanged) {
  const SampleRelease whole = sample_release();
  for (const auto& [id, content] : whole.blobs) {
    SampleRelease release = whole;
    release.blobs.erase(id);
    EXPECT_EQ(findings_in(release), Names{"blob.missing"});
    release.blobs[id] = "another text";
    EXPECT_EQ(findings_in(release), Names{"blob.hash"});
  }
}

TEST(Verify, FindsPointersThatAreMissingOrPointElsewhere) {
  const SampleRelease whole = sample_release();
  for (const auto& [path, content] : whole.files) {
    if (!path.ends_with(".dvc")) continue;
    SampleRelease release = whole;
    release.files[path] += "\n";
    EXPECT_EQ(findings_in(release), Names{"pointer.mismatch"}) << path;
    release.files.erase(path);
    EXPECT_EQ(findings_in(release), Names{"pointer.missing"}) << path;
  }
}

TEST(Verify, FindsWrongLabelCounts) {
  SampleRelease release = sample_release();
  release.records[0].labels["total"] += 1;
  release.publish();
  EXPECT_EQ(findings_in(release), Names{"labels.count"});
}

TEST(Verify, FindsWrongTotals) {
  SampleRelease release = sample_release();
  release.header.totals.pages += 1;
  release.manifest = print_header(release.header);
  for (const ManifestRecord& record : release.records) release.manifest += print_record(record);
  EXPECT_TRUE(findings_in(release).contains("manifest.totals"));
}

TEST(Verify, FindsGroupsThatStraddle) {
  SampleRelease release = sample_release();
  release.records[1].groups = release.records[0].groups;
  release.publish();
  EXPECT_EQ(findings_in(release), Names{"split.straddles"});
}

TEST(Verify, FindsTextsThatAreNotInTheirFormat) {
  SampleRelease release = sample_release();
  const std::string text = "this is no table\n";
  const TextRef ref = text_ref_of(text);
  release.blobs[ref.blob.hex()] = text;
  const auto with_words =
      std::find_if(release.records.begin(), release.records.end(),
                   [](const ManifestRecord& record) { return record.pages[0].words.has_value(); });
  with_words->pages[0].words = ref;
  release.publish();
  EXPECT_EQ(findings_in(release), Names{"words.invalid"});
  with_words->pages[0].annotations = ref;
  release.publish();
  EXPECT_TRUE(findings_in(release).contains("annotations.invalid"));
}

TEST(Verify, SaysWhereAManifestCannotBeRead) {
  SampleRelease release = sample_release();
  release.manifest.insert(release.manifest.rfind("\"state\""), " ");
  const Verification result = TAKE(verify_release(release.readers()));
  EXPECT_TRUE(names_of(result).contains("manifest.invalid"));
  release.manifest.clear();
  EXPECT_EQ(findings_in(release), Names{"manifest.invalid"});
}

TEST(Verify, StopsAfterManyFindingsAndSaysSo) {
  SampleRelease release = sample_release();
  release.objects.clear();
  const Verification result = TAKE(verify_release(release.readers(), {.most_findings = 1}));
  EXPECT_TRUE(names_of(result).contains("verify.stopped"));
}

TEST(Verify, ReturnsTheErrorWhereLookingFailed) {
  SampleRelease release = sample_release();
  VerifyReaders readers = release.readers();
  readers.object = [](const base::Md5&, DvcObjectKind,
                      const std::function<void(std::string_view)>&) -> base::Result<void> {
    return base::Error{base::Code::io, "the disk does not answer"};
  };
  EXPECT_EQ(test::code_of(verify_release(readers)), base::Code::io);
}

}  // namespace
}  // namespace dataset
