#include "vcs/tree.h"

#include <gtest/gtest.h>

#include "tests/support/result_matchers.h"

namespace vcs {
namespace {

ObjectId id_of(char c) {
  ObjectId id;
  id.bytes.fill(static_cast<uint8_t>(c));
  return id;
}

TEST(Tree, SortsDirectoriesAsIfTheyEndedInASlash) {
  const std::string content = print_tree({{kModeFile, "a0", id_of('1')},
                                          {kModeTree, "a", id_of('2')},
                                          {kModeFile, "a.b", id_of('3')}});
  const auto entries = TAKE(parse_tree(content));
  ASSERT_EQ(entries.size(), 3u);
  EXPECT_EQ(entries[0].name, "a.b");
  EXPECT_EQ(entries[1].name, "a");
  EXPECT_EQ(entries[2].name, "a0");
}

TEST(Tree, ReadsBackWhatItPrints) {
  const std::vector<TreeEntry> entries = {{kModeTree, "documents", id_of('1')},
                                          {kModeFile, "schema.json", id_of('2')}};
  EXPECT_EQ(TAKE(parse_tree(print_tree(entries))), entries);
}

TEST(Tree, FindsAnEntryByName) {
  const std::string content =
      print_tree({{kModeFile, "a", id_of('1')}, {kModeFile, "b", id_of('2')}});
  EXPECT_EQ(TAKE(find_in_tree(content, "b"))->id, id_of('2'));
  EXPECT_FALSE(TAKE(find_in_tree(content, "c")).has_value());
}

TEST(Tree, RefusesContentThatIsNoTree) {
  for (const std::string content : {"100644", "100644 a", "98 a", " a", "100644 "}) {
    EXPECT_EQ(test::code_of(parse_tree(content)), base::Code::invalid) << content;
  }
  EXPECT_EQ(test::code_of(parse_tree(std::string("100644 a\0short", 14))), base::Code::invalid);
}

}  // namespace
}  // namespace vcs
