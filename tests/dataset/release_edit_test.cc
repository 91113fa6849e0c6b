#include "dataset/release_edit.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <map>
#include <memory>
#include <set>

#include "dataset/snapshot.h"
#include "tests/dataset/fixtures.h"
#include "tests/support/result_matchers.h"

namespace dataset {
namespace {

using base::Result;
using Records = std::vector<ManifestRecord>;

// A byte store, and the snapshot that was made into it.
struct Published {
  std::map<base::Md5, std::string> directories;
  std::map<base::Md5, std::vector<base::Md5>> children;
  std::set<std::string> texts;
  Snapshot snapshot;

  SnapshotStore store() {
    return {.open_tree = [this]() -> Result<TreeWriter> {
              auto content = std::make_shared<std::string>();
              return TreeWriter{[content](std::string_view chunk) -> Result<void> {
                                  *content += chunk;
                                  return {};
                                },
                                [this, content](const base::Md5& md5,
                                                std::vector<base::Md5> files) -> Result<void> {
                                  directories[md5] = *content;
                                  children[md5] = std::move(files);
                                  return {};
                                }};
            },
            .need_text = [this](const TextRef& text) -> Result<void> {
              texts.insert(text.blob.hex());
              return {};
            }};
  }
};

Published published(const Records& records) {
  Published all;
  all.snapshot =
      TAKE(make_snapshot({}, test::header_of(records), base::hashes_of(test::manifest_of(records)),
                         test::reader_of(records), all.store()));
  return all;
}

EarlierSnapshot earlier_of(const Published& before) {
  return {.file = [&before](std::string_view path) -> Result<std::string> {
            for (const RepositoryFile& file : before.snapshot.files) {
              if (file.path == path) return file.content;
            }
            return base::Error{base::Code::not_found, "no such file"};
          },
          .directory = [&before](const base::Md5& md5) -> Result<std::string> {
            return before.directories.at(md5);
          }};
}

ManifestReader reader(const Records& records) {
  return TAKE(ManifestReader::open(test::manifest_of(records)));
}

// What became of a document: nothing, gone, new, or one of some changes.
enum class Fate { same, gone, fresh, words, part, pages, untitled };

ManifestRecord changed(ManifestRecord record, Fate fate) {
  if (fate == Fate::words) record.pages[0].words = text_ref_of("other words");
  if (fate == Fate::part) record.split = record.split == "test" ? "train" : "test";
  if (fate == Fate::pages) record.pages.push_back(record.pages[0]);
  if (fate == Fate::untitled) record.labels.clear();
  return record;
}

struct Story {
  Records before, after;
  std::vector<RecordEdit> edits;  // as a caller knows them: what each is now
};

Story story_of(const std::vector<Fate>& fates) {
  Story story;
  for (size_t i = 0; i < fates.size(); ++i) {
    const auto record = test::record_of(std::to_string(i), i % 4 == 0 ? "test" : "train");
    if (fates[i] != Fate::fresh) story.before.push_back(record);
    if (fates[i] != Fate::gone) story.after.push_back(changed(record, fates[i]));
    story.edits.push_back({.id = record.id});
    if (fates[i] != Fate::gone) story.edits.back().after = story.after.back();
  }
  story.before = test::sorted(std::move(story.before));
  story.after = test::sorted(std::move(story.after));
  std::sort(story.edits.begin(), story.edits.end(),
            [](const auto& a, const auto& b) { return a.id < b.id; });
  return story;
}

std::vector<RecordEdit> found(const Story& story) {
  std::vector<RecordEdit> edits = story.edits;
  ManifestReader older = reader(story.before);
  MUST(find_before(older, edits));
  return edits;
}

std::string spliced(const Story& story, const std::vector<RecordEdit>& edits) {
  std::string text;
  ManifestReader older = reader(story.before);
  MUST(splice_manifest(older, test::header_of(story.after), edits,
                       [&](std::string_view chunk) -> Result<void> {
                         text += chunk;
                         return {};
                       }));
  return text;
}

ReleaseFigures figures_of(const Records& records) {
  ReleaseFigures figures;
  for (const ManifestRecord& record : records) figures.add(record);
  return figures;
}

void expect_same_as_whole(const Story& story) {
  const auto edits = found(story);
  EXPECT_EQ(spliced(story, edits), test::manifest_of(story.after));

  ManifestTotals totals = test::header_of(story.before).totals;
  apply_edits(edits, totals);
  EXPECT_EQ(totals, test::header_of(story.after).totals);
  ReleaseFigures figures = figures_of(story.before);
  apply_edits(edits, figures);
  EXPECT_EQ(figures, figures_of(story.after));
  EXPECT_EQ(TAKE(compare_edits(edits, story.before.size())),
            TAKE(compare_releases(test::reader_of(story.before), test::reader_of(story.after))));

  Published before = published(story.before), whole = published(story.after), next;
  next.snapshot = TAKE(make_next_snapshot({}, test::header_of(story.after),
                                          base::hashes_of(test::manifest_of(story.after)), edits,
                                          earlier_of(before), next.store()));
  EXPECT_EQ(next.snapshot.files, whole.snapshot.files);
  EXPECT_EQ(next.snapshot.directories, whole.snapshot.directories);
  EXPECT_EQ(next.snapshot.nfiles, whole.snapshot.nfiles);
  EXPECT_EQ(next.snapshot.bytes, whole.snapshot.bytes);
  for (const auto& [md5, content] : next.directories) {
    EXPECT_EQ(content, whole.directories.at(md5));
    EXPECT_EQ(next.children.at(md5), whole.children.at(md5));
  }
  for (const std::string& text : whole.texts) {
    EXPECT_TRUE(before.texts.contains(text) || next.texts.contains(text));
  }
}

TEST(ReleaseEdit, GivesTheBytesOfAWholeReleaseForEveryKindOfChange) {
  expect_same_as_whole(story_of({Fate::same, Fate::gone, Fate::fresh, Fate::words, Fate::part,
                                 Fate::pages, Fate::untitled, Fate::same}));
}

TEST(ReleaseEdit, GivesTheBytesOfAWholeReleaseFromNothingAndToNothing) {
  expect_same_as_whole(story_of({Fate::fresh, Fate::fresh}));
  expect_same_as_whole(story_of({Fate::gone, Fate::gone}));
  expect_same_as_whole(story_of({}));
}

TEST(ReleaseEdit, GivesTheBytesOfAWholeReleaseWhateverHappens) {
  EXPECT_TRUE(rc::check([] {
    const auto fates = *rc::gen::container<std::vector<Fate>>(
        rc::gen::element(Fate::same, Fate::same, Fate::gone, Fate::fresh, Fate::words, Fate::part,
                         Fate::pages, Fate::untitled));
    expect_same_as_whole(story_of(fates));
    RC_ASSERT(!testing::Test::HasFailure());
  }));
}

TEST(ReleaseEdit, DropsWhatIsTheSame) {
  EXPECT_TRUE(found(story_of({Fate::same, Fate::same})).empty());
  const auto edits = found(story_of({Fate::same, Fate::words, Fate::same}));
  ASSERT_EQ(edits.size(), 1u);
  EXPECT_NE(edits[0].before, edits[0].after);
}

TEST(ReleaseEdit, WritesOnlyDirectoriesOfChangedDocuments) {
  const Story story = story_of({Fate::same, Fate::words, Fate::same, Fate::same});
  Published before = published(story.before), next;
  TAKE(make_next_snapshot({}, test::header_of(story.after), {}, found(story), earlier_of(before),
                          next.store()));
  EXPECT_EQ(next.directories.size(), 3u);  // documents, labels, guidelines
  EXPECT_TRUE(next.texts.contains(text_ref_of("other words").blob.hex()));
  EXPECT_FALSE(next.texts.contains(text_ref_of("words of 0").blob.hex()));
}

}  // namespace
}  // namespace dataset
