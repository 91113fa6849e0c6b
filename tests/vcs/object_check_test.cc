#include "vcs/object_check.h"

#include <gtest/gtest.h>

#include "tests/support/result_matchers.h"

namespace vcs {
namespace {

using base::Code;

const std::string kId(20, '\x11');
constexpr const char* kHexId = "1111111111111111111111111111111111111111";

std::string entry(const std::string& mode, const std::string& name, const std::string& id = kId) {
  return mode + " " + name + std::string(1, '\0') + id;
}

std::string reason(const base::Result<void>& result) {
  return result.ok() ? "" : result.error().what;
}

std::string tree_refusal(const std::string& content) {
  return reason(check_tree(content));
}
std::string name_refusal(const std::string& name) {
  return tree_refusal(entry("100644", name));
}

// A sound commit, with one part replaced.
std::string commit_with(const std::string& part, const std::string& replacement) {
  std::string text = std::string("tree ") + kHexId + "\nparent " + kHexId +
                     "\nauthor Ada <ada@example.com> 1700000000 +0100\n"
                     "committer Bob <bob@example.com> 1700000001 -0330\n\nwhy\n";
  const size_t at = text.find(part);
  if (at != std::string::npos) text.replace(at, part.size(), replacement);
  return text;
}

std::string commit_refusal(const std::string& part, const std::string& replacement) {
  return reason(check_commit(commit_with(part, replacement)));
}

std::string identity_refusal(const std::string& identity) {
  return reason(check_identity(identity));
}

TEST(ObjectCheck, TakesASoundTree) {
  EXPECT_OK(check_tree(entry("100644", "a") + entry("100644", "b.txt") + entry("40000", "b")));
  EXPECT_OK(check_tree(""));
}

TEST(ObjectCheck, TakesASoundCommit) {
  EXPECT_OK(check_commit(commit_with("", "")));
  EXPECT_OK(check_commit(commit_with("\n\nwhy", "\nencoding UTF-8\ngpgsig a\n b\n \n c\n\nwhy")));
}

TEST(ObjectCheck, RefusesATreeCutShort) {
  EXPECT_EQ(tree_refusal("100644 a"), "tree is malformed");
  EXPECT_EQ(tree_refusal(entry("100644", "a").substr(0, 20)), "tree is malformed");
}

TEST(ObjectCheck, RefusesATreeWithoutModes) {
  EXPECT_EQ(tree_refusal(entry("", "a")), "tree is malformed");
}

TEST(ObjectCheck, RefusesUnsortedTrees) {
  EXPECT_EQ(tree_refusal(entry("100644", "b") + entry("100644", "a")),
            "tree is not sorted at \"a\"");
  // A directory sorts as "a/", after "a.b".
  EXPECT_EQ(tree_refusal(entry("40000", "a") + entry("100644", "a.b")),
            "tree is not sorted at \"a.b\"");
}

TEST(ObjectCheck, RefusesDuplicateEntries) {
  EXPECT_EQ(tree_refusal(entry("100644", "a") + entry("100644", "a")),
            "tree has two entries \"a\"");
}

TEST(ObjectCheck, RefusesAFileAndADirectoryOfOneName) {
  EXPECT_EQ(tree_refusal(entry("100644", "a") + entry("100644", "a.b") + entry("40000", "a")),
            "tree has two entries \"a\" that differ in case at most");
}

TEST(ObjectCheck, RefusesNamesThatDifferInCaseOnly) {
  EXPECT_EQ(tree_refusal(entry("100644", "A") + entry("100644", "a")),
            "tree has two entries \"a\" that differ in case at most");
}

TEST(ObjectCheck, RefusesSymbolicLinks) {
  EXPECT_EQ(tree_refusal(entry("120000", "a")), "tree entry \"a\" is a symbolic link");
}

TEST(ObjectCheck, RefusesSubmodules) {
  EXPECT_EQ(tree_refusal(entry("160000", "a")), "tree entry \"a\" is a submodule");
}

TEST(ObjectCheck, RefusesExecutables) {
  EXPECT_EQ(tree_refusal(entry("100755", "a")), "tree entry \"a\" is executable");
}

TEST(ObjectCheck, RefusesZeroPaddedModes) {
  EXPECT_EQ(tree_refusal(entry("040000", "a")), "tree entry \"a\" has a zero-padded mode");
}

TEST(ObjectCheck, RefusesOtherModes) {
  EXPECT_EQ(tree_refusal(entry("100664", "a")), "tree entry \"a\" has the unknown mode \"100664\"");
}

TEST(ObjectCheck, RefusesTheNullId) {
  EXPECT_EQ(tree_refusal(entry("100644", "a", std::string(20, '\0'))),
            "tree entry \"a\" has no object id");
}

TEST(ObjectCheck, RefusesReservedNames) {
  EXPECT_EQ(name_refusal(""), "tree entry without a name");
  EXPECT_EQ(name_refusal("."), "tree entry \".\" is a reserved name");
  EXPECT_EQ(name_refusal(".."), "tree entry \"..\" is a reserved name");
}

TEST(ObjectCheck, RefusesPathsAsNames) {
  for (const char* name : {"a/b", "/a", "a\\b", "a:b"}) {
    EXPECT_NE(name_refusal(name).find("a slash, a backslash or a colon"), std::string::npos)
        << name;
  }
}

TEST(ObjectCheck, RefusesControlCharacters) {
  EXPECT_EQ(name_refusal("a\nb"), "tree entry \"a\\x0ab\" holds a control character");
  EXPECT_EQ(name_refusal("a\x7f"), "tree entry \"a\\x7f\" holds a control character");
}

TEST(ObjectCheck, RefusesNamesThatAreNotUtf8) {
  EXPECT_EQ(name_refusal("\xff"), "tree entry \"\\xff\" is not valid UTF-8");
}

TEST(ObjectCheck, RefusesLongNames) {
  EXPECT_EQ(test::code_of(check_tree(entry("100644", std::string(256, 'a')))), Code::limit);
  EXPECT_OK(check_tree(entry("100644", std::string(255, 'a'))));
}

TEST(ObjectCheck, RefusesEverySpellingOfDotGit) {
  for (const char* name :
       {".git", ".GIT", ".Git", "git~1", "GIT~1", ".git.", ".git ", ".git . .", "git~1.",
        ".g\xe2\x80\x8cit", "\xef\xbb\xbf.git", ".git\xe2\x81\xaf", ".gi\xe2\x80\xaat"}) {
    EXPECT_NE(name_refusal(name).find("spelling of .git"), std::string::npos) << name;
  }
  EXPECT_TRUE(looks_like_dot_git(".git::$INDEX_ALLOCATION"));
  EXPECT_TRUE(looks_like_dot_git(".git\\config"));
}

TEST(ObjectCheck, RefusesEverySpellingOfDotGitmodules) {
  for (const char* name : {".gitmodules", ".GitModules", "gitmod~1", "GITMOD~4", "gi7eba~1",
                           "gi7eb~10", ".gitmodules.", ".gitmod\xe2\x80\x8dules"}) {
    EXPECT_NE(name_refusal(name).find("spelling of .gitmodules"), std::string::npos) << name;
  }
}

TEST(ObjectCheck, TakesNamesThatAreOnlySimilar) {
  for (const char* name : {".gitignore", ".gitattributes", "git", "git~", ".gitx", "a.git",
                           "gitmodules", "...", "page 1.txt", "\xc3\xa4.md"}) {
    EXPECT_EQ(name_refusal(name), "") << name;
  }
}

TEST(ObjectCheck, RefusesTooManyEntries) {
  ObjectRules rules;
  rules.max_tree_entries = 1;
  EXPECT_EQ(test::code_of(check_tree(entry("100644", "a") + entry("100644", "b"), rules)),
            Code::limit);
}

TEST(ObjectCheck, RefusesOversizedObjects) {
  ObjectRules rules;
  rules.max_blob_bytes = rules.max_tree_bytes = rules.max_commit_bytes = 3;
  EXPECT_EQ(test::code_of(check_object(ObjectKind::blob, "abcd", rules)), Code::limit);
  EXPECT_EQ(test::code_of(check_object(ObjectKind::tree, entry("100644", "a"), rules)),
            Code::limit);
  EXPECT_EQ(test::code_of(check_object(ObjectKind::commit, commit_with("", ""), rules)),
            Code::limit);
  EXPECT_OK(check_object(ObjectKind::blob, "abc", rules));
}

TEST(ObjectCheck, RefusesCommitsWithoutTheirLines) {
  EXPECT_EQ(commit_refusal("tree ", "tre "), "no tree line where one belongs");
  EXPECT_EQ(commit_refusal("author ", "auther "), "no author line where one belongs");
  EXPECT_EQ(commit_refusal("committer ", "comitter "), "no committer line where one belongs");
  EXPECT_EQ(reason(check_commit("")), "no tree line where one belongs");
}

TEST(ObjectCheck, RefusesMalformedIds) {
  EXPECT_EQ(commit_refusal("tree 1111", "tree 111x"), "malformed tree line");
  EXPECT_EQ(commit_refusal("parent 1111", "parent 11"), "malformed parent line");
  EXPECT_EQ(commit_refusal("tree 1111", "tree  1111"), "malformed tree line");
}

TEST(ObjectCheck, RefusesRepeatedLines) {
  EXPECT_EQ(commit_refusal("committer Bob", "author Ada <a@b> 1 +0000\ncommitter Bob"),
            "no committer line where one belongs");
  EXPECT_EQ(commit_refusal("\n\nwhy", std::string("\nparent ") + kHexId + "\n\nwhy"),
            "misplaced or repeated parent line");
}

TEST(ObjectCheck, RefusesTooManyParents) {
  ObjectRules rules;
  rules.max_commit_parents = 1;
  const std::string two = std::string("parent ") + kHexId + "\nparent ";
  EXPECT_EQ(test::code_of(check_commit(commit_with("parent ", two), rules)), Code::limit);
}

TEST(ObjectCheck, RefusesNulBytes) {
  EXPECT_EQ(commit_refusal("why", std::string("w\0y", 3)), "NUL byte in the text");
  EXPECT_EQ(commit_refusal("Ada", std::string("A\0a", 3)), "NUL byte in the text");
}

TEST(ObjectCheck, RefusesHeadersThatDoNotEnd) {
  EXPECT_EQ(commit_refusal(" -0330\n\nwhy\n", " -0330"), "no committer line where one belongs");
  EXPECT_EQ(commit_refusal("\n\nwhy\n", "\nencoding UTF-8"), "headers do not end");
}

TEST(ObjectCheck, RefusesTextThatIsNotUtf8) {
  EXPECT_EQ(commit_refusal("why", "\xff"), "text is not valid UTF-8");
  EXPECT_EQ(commit_refusal("\n\nwhy", "\nencoding ISO-8859-1\n\nwhy"),
            "text is not encoded in UTF-8");
}

TEST(ObjectCheck, RefusesMalformedIdentities) {
  EXPECT_EQ(identity_refusal("Ada 1 +0000"), "identity without an address");
  EXPECT_EQ(identity_refusal("A>da <a@b> 1 +0000"), "identity has a '>' in the name");
  EXPECT_EQ(identity_refusal("Ada<a@b> 1 +0000"), "identity without a space before the address");
  EXPECT_EQ(identity_refusal("<a@b> 1 +0000"), "identity without a space before the address");
  EXPECT_EQ(identity_refusal(" <a@b> 1 +0000"), "identity without a name");
  EXPECT_EQ(identity_refusal("Ada <a<b> 1 +0000"), "identity has a malformed address");
  EXPECT_EQ(identity_refusal("Ada <a@b 1 +0000"), "identity has a malformed address");
  EXPECT_EQ(identity_refusal("Ada <a@b>1 +0000"), "identity without a space before the date");
  EXPECT_EQ(identity_refusal("A\tda <a@b> 1 +0000"), "identity holds a control character");
}

TEST(ObjectCheck, RefusesMalformedDates) {
  EXPECT_EQ(identity_refusal("Ada <a@b> "), "identity has no date");
  EXPECT_EQ(identity_refusal("Ada <a@b> 1"), "identity has no date");
  EXPECT_EQ(identity_refusal("Ada <a@b> x +0000"), "identity has a malformed date");
  EXPECT_EQ(identity_refusal("Ada <a@b> -1 +0000"), "identity has a malformed date");
  EXPECT_EQ(identity_refusal("Ada <a@b> 01 +0000"), "identity has a zero-padded date");
  EXPECT_EQ(identity_refusal("Ada <a@b> 99999999999999999999 +0000"),
            "identity has a date that overflows");
}

TEST(ObjectCheck, RefusesMalformedTimeZones) {
  for (const char* zone : {"0000", "+000", "+00000", "+00a0", "+0000 ", "UTC"}) {
    EXPECT_EQ(identity_refusal(std::string("Ada <a@b> 1 ") + zone),
              "identity has a malformed time zone")
        << zone;
  }
  EXPECT_EQ(identity_refusal("Ada <a@b> 1 +2400"), "identity has an impossible time zone");
  EXPECT_EQ(identity_refusal("Ada <a@b> 1 +0060"), "identity has an impossible time zone");
}

std::string tag_refusal(const std::string& part, const std::string& replacement) {
  std::string text = std::string("object ") + kHexId +
                     "\ntype commit\ntag v1\ntagger Ada <a@b> 1 +0000\n\nmessage\n";
  const size_t at = text.find(part);
  if (at != std::string::npos) text.replace(at, part.size(), replacement);
  return reason(check_tag(text));
}

TEST(ObjectCheck, TakesASoundTag) {
  EXPECT_EQ(tag_refusal("", ""), "");
}

TEST(ObjectCheck, RefusesMalformedTags) {
  EXPECT_EQ(tag_refusal("object", "subject"), "no object line where one belongs");
  EXPECT_EQ(tag_refusal("type commit", "type comet"), "unknown type of the tagged object");
  EXPECT_EQ(tag_refusal("type commit\n", ""), "no type line where one belongs");
  EXPECT_EQ(tag_refusal("tag v1", "tag v 1"), "malformed tag name");
  EXPECT_EQ(tag_refusal("tag v1\n", ""), "no tag line where one belongs");
  EXPECT_EQ(tag_refusal("tagger Ada <a@b> 1 +0000\n", ""), "no tagger line where one belongs");
  EXPECT_EQ(tag_refusal("1 +0000", "1 +00"), "tagger: identity has a malformed time zone");
  EXPECT_EQ(tag_refusal("message", std::string("\0", 1)), "NUL byte in the text");
}

}  // namespace
}  // namespace vcs
