#include "corpus/project_settings.h"

#include <gtest/gtest.h>

#include "tests/support/result_matchers.h"

namespace corpus {
namespace {

base::Json json(const char* text) {
  return TAKE(base::parse_json(text));
}

TEST(ProjectSettings, ChangesWhatIsNamedAndComesBackTheSame) {
  const ProjectSettings settings = TAKE(
      changed_settings({}, json(R"({"languages":["deu"],"queue_order":"unsure","git_lfs":true})")));
  EXPECT_EQ(settings.languages, std::vector<std::string>{"deu"});
  EXPECT_EQ(settings.queue_order, QueueOrder::unsure);
  EXPECT_TRUE(settings.git_lfs);
  EXPECT_FALSE(ProjectSettings().git_lfs);
  EXPECT_EQ(settings_of(to_json(settings)), settings);
  const ProjectSettings later = TAKE(changed_settings(settings, json(R"({"languages":[]})")));
  EXPECT_EQ(later.queue_order, QueueOrder::unsure);
  EXPECT_TRUE(later.languages.empty());
}

TEST(ProjectSettings, RefusesWhatItDoesNotKnow) {
  for (const char* text : {R"({"colour":"red"})", R"({"queue_order":"random"})",
                           R"({"languages":"deu"})", R"({"languages":[1]})", R"({"git_lfs":"yes"})",
                           "[]", R"({"languages":["a","b","c","d","e","f","g","h","i"]})"}) {
    EXPECT_EQ(changed_settings({}, json(text)).error().code, base::Code::invalid) << text;
  }
}

TEST(ProjectSettings, WhatIsStoredIsTakenAsFarAsItIsUnderstood) {
  const auto settings = settings_of(json(R"({"later":1,"queue_order":"newest","languages":7})"));
  EXPECT_EQ(settings.queue_order, QueueOrder::newest);
  EXPECT_TRUE(settings.languages.empty());
}

}  // namespace
}  // namespace corpus
