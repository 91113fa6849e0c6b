#include "dataset/leakage.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <iostream>
#include <set>

#include "tests/dataset/invented_forms.h"

namespace dataset {
namespace {

LeakageMember leakage_member(int number, std::string part) {
  return {.id = corpus::DocumentId::of(base::sha256_of(std::to_string(number))),
          .part = std::move(part),
          .groups = {},
          .source = base::sha256_of(std::to_string(number)),
          .images = {}};
}

TEST(Leakage, IsNoneWhereNothingIsShared) {
  const std::vector<LeakageMember> members = {leakage_member(1, "train"),
                                              leakage_member(2, "test")};
  EXPECT_EQ(measure_leakage(members), (LeakageReport{.documents = 2}));
}

TEST(Leakage, CountsDocumentsByWhatTheyShareAcrossTheBorder) {
  std::vector<LeakageMember> members = {leakage_member(1, "train"), leakage_member(2, "test"),
                                        leakage_member(3, "train"), leakage_member(4, "test"),
                                        leakage_member(5, "train")};
  members[0].groups = members[1].groups = {"claim=a"};
  members[2].images = {base::sha256_of("page"), base::sha256_of("other")};
  members[3].images = {base::sha256_of("page")};
  members[4].images = {base::sha256_of("other")};
  members[3].source = members[0].source;
  const LeakageReport report = measure_leakage(members);
  EXPECT_EQ(report.leaking, 4u);
  EXPECT_EQ(report.by_group, 2u);
  EXPECT_EQ(report.by_source, 2u);
  EXPECT_EQ(report.by_page_image, 2u);
  EXPECT_EQ(report.examples.size(), 4u);
  EXPECT_TRUE(std::is_sorted(report.examples.begin(), report.examples.end()));
}

TEST(Leakage, IsNoneWithinOnePart) {
  std::vector<LeakageMember> members = {leakage_member(1, "train"), leakage_member(2, "train")};
  members[0].groups = members[1].groups = {"claim=a"};
  EXPECT_EQ(measure_leakage(members).leaking, 0u);
}

TEST(Leakage, TellsEveryPairOfASmallSet) {
  std::vector<LeakageMember> members;
  for (int i = 0; i < 4; ++i) {
    members.push_back(leakage_member(i, i < 2 ? "train" : "test"));
    members.back().images = {base::Sha256(), base::sha256_of("page")};
  }
  const LeakageReport report = measure_leakage(members);
  EXPECT_EQ(report.pairs.size(), 4u);
  for (const LeakagePair& pair : report.pairs) {
    EXPECT_LT(pair.a, pair.b);
    EXPECT_EQ(pair.kind, LeakageKind::page_image);
    EXPECT_EQ(std::make_pair(pair.page_a, pair.page_b), std::make_pair(2u, 2u));
  }
}

TEST(Leakage, OfAVeryLargeSetTellsEachDocumentOnce) {
  std::vector<LeakageMember> members;
  for (int i = 0; i < 1000; ++i) {
    members.push_back(leakage_member(i, i % 2 == 0 ? "train" : "test"));
    members.back().groups = {"claim=a"};
  }
  const LeakageReport report = measure_leakage(members);
  EXPECT_EQ(report.leaking, 1000u);
  EXPECT_LE(report.pairs.size(), 1000u);
  EXPECT_GE(report.pairs.size(), 500u);
}

TEST(Leakage, NearDuplicatesWithinOnePartDoNotLeak) {
  test::InventedForms forms(1);
  const auto page = forms.page();
  LeakageSearch search;
  search.add(leakage_member(1, "train"), {sketch_of(page)});
  search.add(leakage_member(2, "train"), {sketch_of(forms.scanned_again(page))});
  EXPECT_EQ(search.finish().leaking, 0u);
  EXPECT_EQ(search.clusters().size(), 1u);
}

TEST(Leakage, TellsPairsThatWereFoundElsewhere) {
  LeakageSearch search;
  search.add(leakage_member(1, "train"));
  search.add(leakage_member(2, "test"));
  search.add(leakage_member(3, "test"));
  const auto id = [](int number) { return leakage_member(number, "").id; };
  search.add_near({id(1), 1, id(2), 4, {0.8, true}});
  search.add_near({id(2), 1, id(3), 1, {0.9, false}});  // within one part
  search.add_near({id(1), 1, id(9), 1, {0.9, false}});  // with nobody who is here
  const LeakageReport report = search.finish();
  EXPECT_EQ(report.leaking, 2u);
  EXPECT_EQ(report.by_near_look, 2u);
  ASSERT_EQ(report.pairs.size(), 1u);
  EXPECT_EQ(report.pairs[0].kind, LeakageKind::near_look);
  EXPECT_EQ(report.pairs[0].likeness, 800);
  EXPECT_EQ(search.clusters().size(), 1u);
  EXPECT_EQ(search.clusters()[0].size(), 3u);
}

TEST(LeakagePage, ShowsBothPagesOfAPair) {
  std::vector<LeakageMember> members = {leakage_member(1, "train"), leakage_member(2, "test")};
  members[0].images = members[1].images = {base::sha256_of("page")};
  const std::string html =
      print_leakage_page("Leakage <1>", measure_leakage(members),
                         [](const corpus::DocumentId& id, corpus::PageNumber page) {
                           return "/images/" + id.hex + "/" + std::to_string(page);
                         });
  EXPECT_NE(html.find("Leakage &lt;1&gt;"), html.npos);
  for (const LeakageMember& member : members) {
    EXPECT_NE(html.find("src=\"/images/" + member.id.hex + "/1\""), html.npos);
  }
}

// Ten thousand documents on twenty forms, among them planted pairs across the border: scanned
// again, cropped, printed anew. What the report finds of them, and what it finds besides.
TEST(Leakage, FindsWhatWasPlanted) {
  constexpr int kDocuments = 10'000;
  constexpr int kPlanted = 300;  // of each kind
  test::InventedForms forms(7);
  LeakageSearch search;
  std::set<std::pair<corpus::DocumentId, corpus::DocumentId>> planted[3];
  std::vector<std::vector<corpus::Word>> originals;
  for (int i = 0; i < kDocuments - 3 * kPlanted; ++i) {
    auto page = forms.page();
    search.add(leakage_member(i, i % 5 == 0 ? "test" : "train"), {sketch_of(page)});
    originals.push_back(std::move(page));
  }
  int next = kDocuments - 3 * kPlanted;
  for (int kind = 0; kind < 3; ++kind) {
    for (int i = 0; i < kPlanted; ++i, ++next) {
      const int source = (kind * kPlanted + i) * 7;
      const auto copy = kind == 0   ? forms.scanned_again(originals[source])
                        : kind == 1 ? forms.cropped(originals[source])
                                    : forms.printed_anew(originals[source]);
      search.add(leakage_member(next, source % 5 == 0 ? "train" : "test"), {sketch_of(copy)});
      const auto a = leakage_member(source, "").id;
      const auto b = leakage_member(next, "").id;
      planted[kind].insert(std::minmax(a, b));
    }
  }
  const LeakageReport report = search.finish();
  size_t found[3] = {};
  size_t others = 0;
  for (const LeakagePair& pair : report.pairs) {
    bool is_planted = false;
    for (int kind = 0; kind < 3; ++kind) {
      const bool is_here = planted[kind].contains({pair.a, pair.b});
      found[kind] += is_here;
      is_planted |= is_here;
    }
    others += !is_planted;
  }
  const double recall = static_cast<double>(found[0] + found[1] + found[2]) / (3 * kPlanted);
  const double precision = 1.0 - static_cast<double>(others) /
                                     static_cast<double>(std::max<size_t>(1, report.pairs.size()));
  std::cout << "planted " << kPlanted << " each; found: scanned again " << found[0] << ", cropped "
            << found[1] << ", printed anew " << found[2] << "; recall " << recall << ", precision "
            << precision << " (" << others << " others)\n";
  EXPECT_GE(recall, 0.97);
  EXPECT_GE(precision, 0.97);
}

}  // namespace
}  // namespace dataset
