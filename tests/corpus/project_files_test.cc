#include "corpus/project_files.h"

#include <gtest/gtest.h>

#include "tests/support/result_matchers.h"

namespace corpus {
namespace {

ProjectConfig config() {
  ProjectConfig out;
  out.project_id = "01JD8Z6V5N0M3K4H7Q9R2S1T0W";
  out.name = "claims";
  return out;
}

std::map<std::string, std::string> files() {
  return initial_files(
      config(), default_schema(),
      {"https://host/acme/claims.git", "https://host/acme/claims.dvc", "https://host/acme/claims"});
}

TEST(ProjectFiles, EveryPathIsKnown) {
  for (const auto& [path, content] : files()) {
    EXPECT_NE(classify(path).kind, PathKind::unknown) << path;
    EXPECT_TRUE(content.ends_with('\n')) << path;
  }
}

TEST(ProjectFiles, HoldConfigAndSchema) {
  EXPECT_EQ(TAKE(parse_config(files().at("glossator.json"))), config());
  EXPECT_EQ(TAKE(parse_schema(files().at("schema.json"))), default_schema());
}

TEST(ProjectFiles, PointDvcAtTheServer) {
  EXPECT_EQ(files().at(".dvc/config"),
            "[core]\n    remote = glossator\n['remote \"glossator\"']\n"
            "    url = https://host/acme/claims.dvc\n    method = PUT\n    auth = custom\n"
            "    custom_auth_header = Authorization\n");
}

TEST(ProjectFiles, ReadmeTellsHowToLabelWithGit) {
  const std::string readme = files().at("README.md");
  for (const char* line :
       {"git clone https://host/acme/claims.git",
        "git config merge.glossator.driver \"glossator merge-driver %O %A %B %P\"",
        "documents/a/b/c/d/<document id>/"}) {
    EXPECT_NE(readme.find(line), std::string::npos) << line;
  }
  EXPECT_EQ(readme.find('@'), std::string::npos) << "a name was not filled in";
}

TEST(ProjectFiles, AnnotationsMergeById) {
  EXPECT_NE(files().at(".gitattributes").find("*.annotations.jsonl text eol=lf merge=glossator"),
            std::string::npos);
}

TEST(ProjectFiles, AttachmentsGoByLfsWhereTheProjectWants) {
  EXPECT_EQ(git_attributes(false), files().at(".gitattributes"));
  EXPECT_EQ(git_attributes(true),
            git_attributes(false) + "attachments/** filter=lfs diff=lfs merge=lfs -text\n");
}

}  // namespace
}  // namespace corpus
