#include "corpus/project_policy.h"

#include <gtest/gtest.h>

#include "tests/support/result_matchers.h"

namespace corpus {
namespace {

using base::Json;

TEST(ProjectPolicy, MergesWhatIsBehindUnlessToldOtherwise) {
  EXPECT_EQ(ProjectPolicy{}.push_behind, PushBehind::merge);
}

TEST(ProjectPolicy, ReadsWhatItPrints) {
  ProjectPolicy policy;
  policy.self_review = policy.proposals_only = true;
  policy.push_behind = PushBehind::rebase;
  EXPECT_EQ(TAKE(changed_policy({}, to_json(policy))), policy);
}

TEST(ProjectPolicy, TakesOneReadingOrTwo) {
  EXPECT_EQ(ProjectPolicy{}.readings, 1);
  EXPECT_EQ(TAKE(changed_policy({}, Json::object({{"readings", 2}}))).readings, 2);
  for (const Json& bad : {Json(0), Json(3), Json("two"), Json(true)}) {
    EXPECT_FALSE(changed_policy({}, Json::object({{"readings", bad}})).ok());
  }
}

TEST(ProjectPolicy, ChangesOnlyWhatIsNamed) {
  ProjectPolicy policy;
  policy.annotators_may_clone = true;
  const auto changed = TAKE(changed_policy(policy, Json::object({{"push_behind", "refuse"}})));
  EXPECT_TRUE(changed.annotators_may_clone);
  EXPECT_EQ(changed.push_behind, PushBehind::refuse);
}

TEST(ProjectPolicy, RefusesWhatItDoesNotKnow) {
  for (const Json& wrong :
       {Json::object({{"push_behind", "perhaps"}}), Json::object({{"push_behind", true}}),
        Json::object({{"self_review", "yes"}}), Json::object({{"no_such_policy", true}}),
        Json::array()}) {
    const auto changed = changed_policy({}, wrong);
    ASSERT_FALSE(changed.ok()) << wrong.print();
    EXPECT_EQ(changed.error().code, base::Code::invalid);
  }
}

}  // namespace
}  // namespace corpus
