#include "dataset/split.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <random>
#include <set>

#include "dataset/leakage.h"
#include "tests/support/result_matchers.h"

namespace dataset {
namespace {

corpus::DocumentId id_of(int number) {
  return corpus::DocumentId::of(base::sha256_of(std::to_string(number)));
}

corpus::Split rule(std::string stratify_by = "") {
  corpus::Split split;
  split.rule = {.group_by = {"customer", "claim"}, .stratify_by = std::move(stratify_by)};
  split.salt = "pepper";
  split.seed = 7;
  split.parts = {{"train", 80}, {"validation", 10}, {"test", 10}};
  split.locks = {"test"};
  return split;
}

SplitMember member(int number, std::vector<std::string> groups = {},
                   std::vector<std::string> strata = {}) {
  return {id_of(number), std::move(groups), std::move(strata)};
}

std::vector<SplitMember> singles(int count) {
  std::vector<SplitMember> members;
  for (int i = 0; i < count; ++i) members.push_back(member(i));
  return members;
}

// A few customers and claims, so that chains of groups are common.
rc::Gen<std::vector<SplitMember>> some_members() {
  const auto groups = rc::gen::container<std::vector<int>>(rc::gen::inRange(0, 40));
  const auto stratum = rc::gen::container<std::vector<int>>(rc::gen::inRange(0, 5));
  return rc::gen::map(
      rc::gen::container<std::vector<std::pair<std::vector<int>, std::vector<int>>>>(
          rc::gen::pair(groups, stratum)),
      [](const auto& numbers) {
        std::vector<SplitMember> members;
        for (const auto& [groups, strata] : numbers) {
          SplitMember one = member(static_cast<int>(members.size()));
          for (const int group : groups) {
            if (one.groups.size() < 3) one.groups.push_back("claim=" + std::to_string(group));
          }
          for (const int number : strata) one.strata.push_back("label=" + std::to_string(number));
          std::sort(one.strata.begin(), one.strata.end());
          one.strata.erase(std::unique(one.strata.begin(), one.strata.end()), one.strata.end());
          members.push_back(std::move(one));
        }
        return members;
      });
}

// Folds or ratios, stratified or not, exact or nearly so.
corpus::Split some_rule() {
  corpus::Split split = rule(*rc::gen::element<std::string>("", "label"));
  split.rule.exact = *rc::gen::arbitrary<bool>();
  if (*rc::gen::arbitrary<bool>()) {
    split.folds = *rc::gen::inRange<uint32_t>(2, 6);
    split.parts = corpus::fold_parts(split.folds);
    split.locks.clear();
  }
  return split;
}

TEST(Split, FollowsTheSharesRoughly) {
  const SplitResult result = TAKE(assign_split(rule(), singles(5000), {}));
  EXPECT_NEAR(static_cast<double>(result.counts.at("train")), 4000, 120);
  EXPECT_NEAR(static_cast<double>(result.counts.at("validation")), 500, 90);
  EXPECT_NEAR(static_cast<double>(result.counts.at("test")), 500, 90);
}

TEST(Split, NeedsNoRecordWhereTheHashSpeaks) {
  EXPECT_TRUE(TAKE(assign_split(rule(), singles(100), {})).exceptions.empty());
}

TEST(Split, AnotherSaltOrSeedIsAnotherSplit) {
  corpus::Split salted = rule();
  salted.salt = "salt";
  corpus::Split seeded = rule();
  seeded.seed = 8;
  const auto placements = TAKE(assign_split(rule(), singles(200), {})).placements;
  EXPECT_NE(TAKE(assign_split(salted, singles(200), {})).placements, placements);
  EXPECT_NE(TAKE(assign_split(seeded, singles(200), {})).placements, placements);
}

TEST(Split, KeepsDocumentsTogetherThatShareGroupsThroughOthers) {
  const std::vector<SplitMember> members = {
      member(1, {"claim=a"}), member(2, {"claim=a", "customer=x"}), member(3, {"customer=x"})};
  const auto placements = TAKE(assign_split(rule(), members, {})).placements;
  EXPECT_EQ(placements.at(id_of(1)), placements.at(id_of(2)));
  EXPECT_EQ(placements.at(id_of(2)), placements.at(id_of(3)));
}

TEST(Split, NeverDividesAGroup) {
  EXPECT_TRUE(rc::check([] {
    const auto members = *some_members();
    const auto result = TAKE(assign_split(some_rule(), members, {}));
    std::map<std::string, std::string> part_of_group;
    for (const SplitMember& member : members) {
      const std::string& part = result.placements.at(member.id).part;
      for (const std::string& group : member.groups) {
        RC_ASSERT(part_of_group.try_emplace(group, part).first->second == part);
      }
    }
    RC_ASSERT(result.torn.empty());
  }));
}

TEST(Split, IsTheSameInAnyOrderOfInput) {
  EXPECT_TRUE(rc::check([](unsigned seed) {
    auto members = *some_members();
    const corpus::Split split = some_rule();
    const auto before = TAKE(assign_split(split, members, {}));
    std::shuffle(members.begin(), members.end(), std::minstd_rand(seed));
    const auto after = TAKE(assign_split(split, members, {}));
    RC_ASSERT(after.placements == before.placements);
    RC_ASSERT(after.exceptions == before.exceptions);
  }));
}

TEST(Split, GrowthMovesNothing) {
  EXPECT_TRUE(rc::check([] {
    const auto members = *some_members();
    const corpus::Split split = some_rule();
    const auto half = static_cast<std::ptrdiff_t>(members.size() / 2);
    const std::vector<SplitMember> first(members.begin(), members.begin() + half);
    const auto before = TAKE(assign_split(split, first, {})).placements;
    const auto after = TAKE(assign_split(split, members, before)).placements;
    for (const auto& [id, placed] : before) RC_ASSERT(after.at(id) == placed);
    RC_ASSERT(after.size() == members.size());
  }));
}

TEST(Split, RecordsWhatTheHashDoesNotSay) {
  EXPECT_TRUE(rc::check([] {
    const auto members = *some_members();
    const corpus::Split split = some_rule();
    const auto result = TAKE(assign_split(split, members, {}));
    const Placements recorded = placements_of(result.exceptions);
    for (const SplitMember& member : members) {
      const auto found = recorded.find(member.id);
      const std::string& part =
          found != recorded.end() ? found->second.part : hashed_part(split, member);
      RC_ASSERT(part == result.placements.at(member.id).part);
    }
  }));
}

TEST(Split, ADocumentThatJoinsTwoPartsGoesToTheLargerSideAndIsReported) {
  const std::vector<SplitMember> members = {member(1, {"claim=a"}), member(2, {"claim=b"}),
                                            member(3, {"claim=b"}),
                                            member(4, {"claim=a", "claim=b"})};
  const Placements placed = {{id_of(1), {"train"}}, {id_of(2), {"test"}}, {id_of(3), {"test"}}};
  const SplitResult result = TAKE(assign_split(rule(), members, placed));
  EXPECT_EQ(result.placements.at(id_of(4)).part, "test");
  EXPECT_EQ(result.placements.at(id_of(1)).part, "train");
  ASSERT_EQ(result.torn.size(), 1u);
  EXPECT_EQ(result.torn[0], (TornComponent{.joining = {id_of(4)},
                                           .placed_before = {{"train", 1}, {"test", 2}},
                                           .chosen = "test"}));
}

TEST(Split, StratifiesEachLabelToTheShares) {
  std::vector<SplitMember> members;
  for (int i = 0; i < 400; ++i) {
    members.push_back(member(i, {}, {i % 20 == 0 ? "label=rare" : "label=common"}));
  }
  const SplitResult result = TAKE(assign_split(rule("label"), members, {}));
  std::map<std::pair<std::string, std::string>, int> counts;
  for (const SplitMember& one : members) {
    ++counts[{one.strata[0], result.placements.at(one.id).part}];
  }
  EXPECT_EQ((counts[{"label=rare", "train"}]), 16);
  EXPECT_EQ((counts[{"label=rare", "validation"}]), 2);
  EXPECT_EQ((counts[{"label=rare", "test"}]), 2);
  EXPECT_EQ((counts[{"label=common", "train"}]), 304);
  EXPECT_EQ((counts[{"label=common", "test"}]), 38);
}

TEST(Split, StratifiesNewDocumentsWithRegardToTheOldOnes) {
  std::vector<SplitMember> members;
  Placements placed;
  for (int i = 0; i < 100; ++i) {
    members.push_back(member(i, {}, {"label=x"}));
    if (i < 50) placed[id_of(i)] = {"train"};
  }
  const SplitResult result = TAKE(assign_split(rule("label"), members, placed));
  EXPECT_EQ(result.counts.at("train"), 80u);
  EXPECT_EQ(result.counts.at("test"), 10u);
}

TEST(Split, LocksThePartsThatTheRuleLocks) {
  const corpus::Split split = rule();
  SplitResult result = TAKE(assign_split(split, singles(300), {}));
  lock_parts(split, result);
  EXPECT_EQ(result.exceptions.size(), result.counts.at("test"));
  for (const corpus::Placement& exception : result.exceptions) {
    EXPECT_EQ(exception.part, "test");
    EXPECT_EQ(exception.kind, corpus::PlacementKind::locked);
  }
  corpus::Split other = split;
  other.salt = "other";
  const auto again = TAKE(assign_split(other, singles(300), placements_of(result.exceptions)));
  for (const corpus::Placement& exception : result.exceptions) {
    EXPECT_EQ(again.placements.at(exception.document), (Placed{"test", true}));
  }
}

TEST(Split, GivesExactSharesIfAsked) {
  corpus::Split split = rule();
  split.rule.exact = true;
  EXPECT_EQ(TAKE(assign_split(split, singles(503), {})).counts,
            (std::map<std::string, uint64_t>{{"train", 403}, {"validation", 50}, {"test", 50}}));
  EXPECT_EQ(TAKE(assign_split(split, singles(7), {})).counts,
            (std::map<std::string, uint64_t>{{"train", 5}, {"validation", 1}, {"test", 1}}));
}

TEST(Split, GivesExactSharesOfStrataToo) {
  EXPECT_TRUE(rc::check([] {
    const auto count = *rc::gen::inRange(1, 300);
    std::vector<SplitMember> members;
    for (int i = 0; i < count; ++i) {
      members.push_back(member(i, {}, {"label=" + std::to_string(*rc::gen::inRange(0, 6))}));
    }
    corpus::Split split = rule("label");
    split.rule.exact = true;
    const auto counts = TAKE(assign_split(split, members, {})).counts;
    for (const corpus::SplitPart& part : split.parts) {
      const auto found = counts.find(part.name);
      const double has = found == counts.end() ? 0 : static_cast<double>(found->second);
      RC_ASSERT(std::abs(has - part.share * count / 100.0) < 1);
    }
  }));
}

TEST(Split, ExactSharesKeepLargeGroupsWhereTheyFit) {
  std::vector<SplitMember> members;
  for (int i = 0; i < 100; ++i) {
    members.push_back(
        member(i, i < 30 ? std::vector<std::string>{"claim=large"} : std::vector<std::string>{}));
  }
  corpus::Split split = rule();
  split.rule.exact = true;
  const SplitResult result = TAKE(assign_split(split, members, {}));
  EXPECT_EQ(result.counts,
            (std::map<std::string, uint64_t>{{"train", 80}, {"validation", 10}, {"test", 10}}));
  EXPECT_EQ(result.placements.at(id_of(0)).part, "train");
}

TEST(Split, GrowthComesBackToExactShares) {
  corpus::Split split = rule();
  split.rule.exact = true;
  const auto before = TAKE(assign_split(split, singles(55), {})).placements;
  EXPECT_EQ(TAKE(assign_split(split, singles(200), before)).counts,
            (std::map<std::string, uint64_t>{{"train", 160}, {"validation", 20}, {"test", 20}}));
}

TEST(Split, FoldsFollowTheHashOfTheGroup) {
  corpus::Split split = rule();
  split.folds = 5;
  split.parts = corpus::fold_parts(5);
  const SplitResult result = TAKE(assign_split(split, singles(5000), {}));
  EXPECT_TRUE(result.exceptions.empty());
  ASSERT_EQ(result.counts.size(), 5u);
  for (const auto& [fold, count] : result.counts) {
    EXPECT_NEAR(static_cast<double>(count), 1000, 120) << fold;
  }
  split.rule.exact = true;
  for (const auto& [fold, count] : TAKE(assign_split(split, singles(5000), {})).counts) {
    EXPECT_EQ(count, 1000u) << fold;
  }
}

TEST(Split, FoldsAreStratified) {
  std::vector<SplitMember> members;
  for (int i = 0; i < 200; ++i) {
    members.push_back(member(i, {}, {i % 20 == 0 ? "label=rare" : "label=common"}));
  }
  corpus::Split split = rule("label");
  split.folds = 5;
  split.parts = corpus::fold_parts(5);
  const SplitResult result = TAKE(assign_split(split, members, {}));
  std::map<std::string, int> rare;
  for (const SplitMember& one : members) {
    rare[result.placements.at(one.id).part] += one.strata[0] == "label=rare";
  }
  for (const auto& [fold, count] : rare) EXPECT_EQ(count, 2) << fold;
}

TEST(Split, GivesAPartWithoutAShareNothing) {
  corpus::Split split = rule("label");
  split.parts = {{"none", 0}, {"all", 1}, {"nothing", 0}};
  EXPECT_EQ(TAKE(assign_split(split, singles(50), {})).counts.at("all"), 50u);
  split.rule.stratify_by = "";
  EXPECT_EQ(TAKE(assign_split(split, singles(50), {})).counts.at("all"), 50u);
}

TEST(Split, RefusesWhatMakesNoSense) {
  corpus::Split no_parts = rule();
  no_parts.parts.clear();
  EXPECT_EQ(test::code_of(assign_split(no_parts, singles(1), {})), base::Code::invalid);
  EXPECT_EQ(test::code_of(assign_split(rule(), {member(1), member(1)}, {})), base::Code::invalid);
  const Placements unknown = {{id_of(0), {"tset"}}};
  EXPECT_EQ(test::code_of(assign_split(rule(), singles(1), unknown)), base::Code::invalid);
}

TEST(Split, ReadsGroupValuesOfEverySource) {
  corpus::Document document;
  document.sources.resize(2);
  document.sources[0].customer = "ACME";
  document.sources[0].group_keys["policy"] = {"p2", "p1"};
  document.sources[1].customer = "ACME";
  document.sources[1].claim = "c1";
  document.sources[1].group_keys["unused"] = {"u"};
  EXPECT_EQ(group_values_of(document, {"customer", "claim", "policy"}),
            (std::vector<std::string>{"claim=c1", "customer=ACME", "policy=p1", "policy=p2"}));
  EXPECT_TRUE(group_values_of(document, {}).empty());
}

TEST(Split, StrataComeFromWhatTrains) {
  std::vector<corpus::Annotation> annotations(3);
  annotations[0].label = "total";
  annotations[1].label = "invoice";
  annotations[1].type = corpus::AnnotationType::class_;
  annotations[2].label = "guess";
  annotations[2].proposed = true;
  EXPECT_EQ(strata_of("label", annotations, 1),
            (std::vector<std::string>{"label=invoice", "label=total", "pages=1"}));
  EXPECT_EQ(strata_of("class", annotations, 9),
            (std::vector<std::string>{"label=invoice", "pages=6-"}));
}

TEST(Split, WithoutTornGroupsDoesNotLeak) {
  EXPECT_TRUE(rc::check([] {
    const auto members = *some_members();
    const auto result = TAKE(assign_split(some_rule(), members, {}));
    std::vector<LeakageMember> leaks;
    for (const SplitMember& one : members) {
      leaks.push_back(
          {one.id, result.placements.at(one.id).part, one.groups, base::sha256_of(one.id.hex), {}});
    }
    RC_ASSERT(measure_leakage(leaks).leaking == 0u);
  }));
}

TEST(Split, AClusterStaysTogetherWithoutDecidingWhere) {
  EXPECT_TRUE(rc::check([] {
    auto members = *some_members();
    RC_PRE(members.size() > 2u);
    const corpus::Split split = some_rule();
    const auto alone = TAKE(assign_split(split, {members[0]}, {}));
    const auto& part = alone.placements.at(members[0].id).part;
    for (SplitMember& one : members) one.clusters = {"near-duplicate=x"};
    const Placements placed = {{members[0].id, {part, false}}};
    const auto result = TAKE(assign_split(split, members, placed));
    for (const SplitMember& one : members) RC_ASSERT(result.placements.at(one.id).part == part);
    SplitMember without = members[0];
    without.clusters.clear();
    RC_ASSERT(hashed_part(split, members[0]) == hashed_part(split, without));
  }));
}

TEST(Split, AnotherUploadOfTheSameFileDoesNotMoveIt) {
  corpus::Document document;
  document.id = id_of(1);
  document.sources.emplace_back();
  document.sources[0].claim = "m";
  const std::string before = anchor_of(document, {"claim"});
  document.sources.emplace_back();
  document.sources[1].claim = "a";
  EXPECT_EQ(anchor_of(document, {"claim"}), before);
  EXPECT_EQ(group_values_of(document, {"claim"}).size(), 2u);
}

}  // namespace
}  // namespace dataset
