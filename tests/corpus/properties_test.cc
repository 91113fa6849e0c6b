// The laws of printing and merging, on values that nobody thought of.
#include <gtest/gtest.h>

#include <set>

#include "corpus/merge.h"
#include "tests/support/corpus_generators.h"
#include "tests/support/result_matchers.h"

namespace corpus {
namespace {

using Annotations = std::vector<Annotation>;

std::set<std::string> ids_of(const Annotations& annotations) {
  std::set<std::string> out;
  for (const Annotation& a : annotations) out.insert(a.id.text);
  return out;
}

std::vector<Conflict> mirrored(std::vector<Conflict> conflicts) {
  for (Conflict& conflict : conflicts) std::swap(conflict.ours, conflict.theirs);
  return conflicts;
}

TEST(Properties, AnnotationsReadBackAsPrinted) {
  EXPECT_TRUE(rc::check([] {
    const auto annotations = *test::annotation_list();
    const auto read = read_annotations(print_annotations(annotations));
    RC_ASSERT(read.ok());
    RC_ASSERT(read.value() == annotations);
  }));
}

TEST(Properties, CanonicalTextStaysAsItIs) {
  EXPECT_TRUE(rc::check([] {
    const std::string text = print_annotations(*test::annotation_list());
    RC_ASSERT(print_annotations(TAKE(read_annotations(text))) == text);
  }));
}

TEST(Properties, OrderAndBlanksDoNotMatter) {
  EXPECT_TRUE(rc::check([] {
    auto annotations = *test::annotation_list();
    const std::string canonical = print_annotations(annotations);
    std::string text;
    for (size_t i = annotations.size(); i-- > 0;) {
      auto members = *to_json(annotations[i]).as_object();
      std::reverse(members.begin(), members.end());
      text += " " + base::Json(std::move(members)).print() + " \r\n\n";
    }
    RC_ASSERT(print_annotations(TAKE(read_annotations(text))) == canonical);
  }));
}

TEST(Properties, WordsReadBackAsPrinted) {
  EXPECT_TRUE(rc::check([] {
    const auto words = *test::word_list();
    RC_ASSERT(TAKE(parse_words(print_words(words))) == words);
  }));
}

TEST(Properties, CommentsReadBackAsPrinted) {
  EXPECT_TRUE(rc::check([] {
    const auto comments = *test::comment_list();
    RC_ASSERT(TAKE(read_comments(print_comments(comments))) == comments);
  }));
}

TEST(Properties, MergeWithNoChangeIsTheOtherSide) {
  EXPECT_TRUE(rc::check([] {
    const auto base = *test::annotation_list();
    const auto changed = *test::edited(base);
    const auto forth = merge_annotations(base, changed, base);
    RC_ASSERT(forth.conflicts.empty());
    RC_ASSERT(forth.merged == changed);
    const auto back = merge_annotations(base, base, changed);
    RC_ASSERT(back.conflicts.empty());
    RC_ASSERT(back.merged == changed);
  }));
}

TEST(Properties, MergeOfTheSameChangeIsThatChange) {
  EXPECT_TRUE(rc::check([] {
    const auto base = *test::annotation_list();
    const auto changed = *test::edited(base);
    const auto merge = merge_annotations(base, changed, changed);
    RC_ASSERT(merge.conflicts.empty());
    RC_ASSERT(merge.merged == changed);
  }));
}

TEST(Properties, MergeIsSymmetric) {
  EXPECT_TRUE(rc::check([] {
    const auto base = *test::annotation_list();
    const auto a = *test::edited(base);
    const auto b = *test::edited(base);
    const auto forth = merge_annotations(base, a, b);
    const auto back = merge_annotations(base, b, a);
    RC_ASSERT(mirrored(forth.conflicts) == back.conflicts);
    RC_ASSERT(ids_of(forth.merged) == ids_of(back.merged));
    if (forth.conflicts.empty()) RC_ASSERT(forth.merged == back.merged);
  }));
}

TEST(Properties, MergeNeverLosesWhatOneSideAdded) {
  EXPECT_TRUE(rc::check([] {
    const auto base = *test::annotation_list();
    const auto a = *test::edited(base);
    const auto b = *test::edited(base);
    const auto known = ids_of(base);
    const auto merged = merge_annotations(base, a, b).merged;
    const auto merged_ids = ids_of(merged);
    const auto a_ids = ids_of(a);
    for (const Annotation& added : b) {
      if (known.contains(added.id.text)) continue;
      RC_ASSERT(merged_ids.contains(added.id.text));
      // Nobody else has it: it comes through as it is.
      if (!a_ids.contains(added.id.text)) {
        RC_ASSERT(std::find(merged.begin(), merged.end(), added) != merged.end());
      }
    }
  }));
}

TEST(Properties, MergeNeverLosesAChangeInSilence) {
  EXPECT_TRUE(rc::check([] {
    const auto base = *test::annotation_list();
    const auto a = *test::edited(base);
    const auto b = *test::edited(base);
    const auto merge = merge_annotations(base, a, b);
    std::set<std::string> asked;
    for (const Conflict& conflict : merge.conflicts) asked.insert(conflict.id);
    const auto now = annotation_changes(base, merge.merged);
    std::map<std::string, std::set<std::string>> fields;
    for (const auto& change : now.changed) {
      fields[change.after.id.text] = {change.fields.begin(), change.fields.end()};
    }
    for (const Annotations* side : {&a, &b}) {
      for (const auto& change : annotation_changes(base, *side).changed) {
        const std::string& id = change.after.id.text;
        if (asked.contains(id)) continue;
        for (const std::string& field : change.fields) RC_ASSERT(fields[id].contains(field));
      }
    }
  }));
}

TEST(Properties, WhatIsMergedCanBeStored) {
  EXPECT_TRUE(rc::check([] {
    const auto base = *test::annotation_list();
    const auto merge = merge_annotations(base, *test::edited(base), *test::edited(base));
    RC_ASSERT(TAKE(read_annotations(print_annotations(merge.merged))) == merge.merged);
  }));
}

TEST(Properties, CommentsMergeByTheSameLaws) {
  EXPECT_TRUE(rc::check([] {
    const auto base = *test::comment_list();
    const auto a = *test::comment_list();
    const auto b = *test::comment_list();
    RC_ASSERT(merge_comments(base, a, base).merged == a);
    RC_ASSERT(merge_comments(base, a, a).merged == a);
    RC_ASSERT(mirrored(merge_comments(base, a, b).conflicts) ==
              merge_comments(base, b, a).conflicts);
  }));
}

}  // namespace
}  // namespace corpus
