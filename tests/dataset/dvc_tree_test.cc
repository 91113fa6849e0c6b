#include "dataset/dvc_tree.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <set>

#include "base/text.h"
#include "tests/support/result_matchers.h"

namespace dataset {
namespace {

base::Md5 repeated(char digit) {
  return TAKE(base::Md5::from_hex(std::string(32, digit)));
}
base::Md5 md5(std::string_view hex) {
  return TAKE(base::Md5::from_hex(hex));
}

struct Vector {
  DvcTree tree;  // sorted
  std::string text;
  std::string oid;
};

// What the dvc client makes of these directories.
std::vector<Vector> vectors() {
  return {
      {{}, "[]", "d751713988987e9331980363e24189ce"},
      {{{{md5("b1946ac92492d2347c6235b4d2611184"), "a.txt"},
         {md5("d41d8cd98f00b204e9800998ecf8427e"), "empty"},
         {md5("b86abc54cedb527dbb0c14beb660dcda"), "sub/big.bin"}}},
       R"([{"md5": "b1946ac92492d2347c6235b4d2611184", "relpath": "a.txt"}, )"
       R"({"md5": "d41d8cd98f00b204e9800998ecf8427e", "relpath": "empty"}, )"
       R"({"md5": "b86abc54cedb527dbb0c14beb660dcda", "relpath": "sub/big.bin"}])",
       "dbe5cfe1c949b7b565d4566d14c46c50"},
      {{{{repeated('4'), "B"},
         {repeated('1'), "a b.pdf"},
         {repeated('3'), "a-x"},
         {repeated('2'), "a/x"},
         {repeated('0'), "b/\u00e9.txt"},
         {repeated('6'), "q\"uo\\te/\x7f"},
         {repeated('5'), "\U0001F600.txt"}}},
       R"([{"md5": "44444444444444444444444444444444", "relpath": "B"}, )"
       R"({"md5": "11111111111111111111111111111111", "relpath": "a b.pdf"}, )"
       R"({"md5": "33333333333333333333333333333333", "relpath": "a-x"}, )"
       R"({"md5": "22222222222222222222222222222222", "relpath": "a/x"}, )"
       R"({"md5": "00000000000000000000000000000000", "relpath": "b/\u00e9.txt"}, )"
       R"({"md5": "66666666666666666666666666666666", "relpath": "q\"uo\\te/\u007f"}, )"
       R"({"md5": "55555555555555555555555555555555", "relpath": "\ud83d\ude00.txt"}])",
       "9869cc73b5695aa27cfd4ee98f5b8ff2"},
  };
}

TEST(DvcTree, PrintsTheBytesOfTheClient) {
  for (const Vector& vector : vectors()) {
    const std::string text = TAKE(print_dvc_tree(vector.tree));
    EXPECT_EQ(text, vector.text);
    EXPECT_EQ(base::md5_of(text).hex(), vector.oid);
  }
}

TEST(DvcTree, ReadsTheBytesOfTheClient) {
  for (const Vector& vector : vectors()) {
    const DvcTree tree = TAKE(parse_dvc_tree(vector.text));
    EXPECT_EQ(tree, vector.tree);
    EXPECT_TRUE(is_canonical_dvc_tree(vector.text, tree));
  }
}

TEST(DvcTree, SortsWhatItPrints) {
  Vector vector = vectors()[2];
  std::reverse(vector.tree.entries.begin(), vector.tree.entries.end());
  EXPECT_EQ(TAKE(print_dvc_tree(vector.tree)), vector.text);
}

TEST(DvcTree, KnowsAnotherSpellingFromItsOwn) {
  const std::string text = R"([{"relpath":"a","md5":"11111111111111111111111111111111"}])";
  const DvcTree tree = TAKE(parse_dvc_tree(text));
  EXPECT_EQ(tree.entries, (std::vector<DvcTreeEntry>{{repeated('1'), "a"}}));
  EXPECT_FALSE(is_canonical_dvc_tree(text, tree));
}

std::string one_entry(std::string_view md5, std::string_view path) {
  return R"([{"md5": ")" + std::string(md5) + R"(", "relpath": ")" + std::string(path) + R"("}])";
}

TEST(DvcTree, RefusesPathsThatLeaveTheDirectory) {
  const std::string ones(32, '1');
  for (const char* path : {"", "/a", "a//b", "a/", "../a", "a/../b", "./a", "..", "..\\\\a",
                           "a\\\\..\\\\b", "\\\\a", "a\\u0000b"}) {
    EXPECT_EQ(test::code_of(parse_dvc_tree(one_entry(ones, path))), base::Code::invalid) << path;
  }
}

TEST(DvcTree, RefusesMalformedLists) {
  const std::string ones(32, '1');
  const std::string a = R"({"md5": ")" + ones + R"(", "relpath": "a"})";
  const std::string below_a = R"({"md5": ")" + ones + R"(", "relpath": "a/b"})";
  for (const std::string& text :
       {std::string(""), std::string("{}"), std::string("[1]"), "[" + a + ", " + a + "]",
        "[" + a + ", " + below_a + "]", one_entry(std::string(31, '1'), "a"),
        one_entry(std::string(32, 'A'), "a"), one_entry(ones + ".dir", "a"),
        R"([{"md5": ")" + ones + R"(", "relpath": "a", "size": 1}])",
        std::string(R"([{"relpath": "a"}])")}) {
    EXPECT_EQ(test::code_of(parse_dvc_tree(text)), base::Code::invalid) << text;
  }
}

TEST(DvcTree, KeepsItsLimits) {
  const std::string text = vectors()[1].text;
  EXPECT_EQ(test::code_of(parse_dvc_tree(text, {.bytes = text.size() - 1})), base::Code::limit);
  EXPECT_EQ(test::code_of(parse_dvc_tree(text, {.entries = 2})), base::Code::limit);
  EXPECT_EQ(test::code_of(parse_dvc_tree(text, {.path_bytes = 10})), base::Code::limit);
  EXPECT_OK(parse_dvc_tree(text, {.bytes = text.size(), .entries = 3, .path_bytes = 11}));
}

TEST(DvcTree, NamesMissingChildrenOnceAndAFewOnly) {
  DvcTree tree;
  for (const char digit : {'1', '2', '2', '3', '4'}) {
    tree.entries.push_back({repeated(digit), std::to_string(tree.entries.size())});
  }
  const auto is_stored = [](const base::Md5& md5) { return md5 == repeated('1'); };
  EXPECT_EQ(missing_children(tree, is_stored),
            (std::vector<base::Md5>{repeated('2'), repeated('3'), repeated('4')}));
  EXPECT_EQ(missing_children(tree, is_stored, 1), (std::vector<base::Md5>{repeated('2')}));
  EXPECT_TRUE(missing_children(tree, [](const base::Md5&) { return true; }).empty());
}

TEST(DvcTree, ObjectsLieWhereTheClientLooks) {
  const base::Md5 empty_tree = md5("d751713988987e9331980363e24189ce");
  EXPECT_EQ(dvc_object_path(empty_tree, DvcObjectKind::directory),
            "files/md5/d7/51713988987e9331980363e24189ce.dir");
  EXPECT_EQ(dvc_object_path(empty_tree, DvcObjectKind::file),
            "files/md5/d7/51713988987e9331980363e24189ce");
}

TEST(DvcTreeWriter, WritesTheSameBytesInPieces) {
  for (const Vector& vector : vectors()) {
    std::string text;
    DvcTreeWriter writer([&](std::string_view chunk) -> base::Result<void> {
      text += chunk;
      return {};
    });
    for (const DvcTreeEntry& entry : vector.tree.entries) {
      ASSERT_OK(writer.add(entry.md5, entry.path, 2));
    }
    const auto written = TAKE(writer.finish());
    EXPECT_EQ(text, vector.text);
    EXPECT_EQ(written.md5.hex(), vector.oid);
    EXPECT_EQ(written.nfiles, vector.tree.entries.size());
    EXPECT_EQ(written.size, 2 * vector.tree.entries.size());
  }
}

TEST(DvcTreeWriter, RefusesPathsOutOfOrder) {
  DvcTreeWriter writer([](std::string_view) -> base::Result<void> { return {}; });
  ASSERT_OK(writer.add(repeated('1'), "b", 1));
  EXPECT_EQ(test::code_of(writer.add(repeated('1'), "b", 1)), base::Code::invalid);
  EXPECT_EQ(test::code_of(writer.add(repeated('1'), "a", 1)), base::Code::invalid);
}

TEST(SplicedDvcTree, RefusesWhatThisProgramWouldNotPrint) {
  const auto splice = [](const std::string& tree) {
    return splice_dvc_tree(tree, {}, [](std::string_view) -> base::Result<void> { return {}; });
  };
  const std::string entry = "{\"md5\": \"" + std::string(32, 'a') + "\", \"relpath\": \"a/b\"}";
  EXPECT_OK(splice("[]"));
  EXPECT_OK(splice("[" + entry + "]"));
  for (const std::string& tree :
       {std::string(), std::string("["), "[" + entry, "[" + entry + "] ",
        "[" + entry + "," + entry + "]", "[" + entry.substr(0, 20), "[" + entry + ", ]",
        std::string("[{\"md5\": \"zz\", \"relpath\": \"a\"}]"),
        "[{\"md5\": \"" + std::string(32, 'a') + "\", \"relpath\": \"a\\\"b\"}]"}) {
    EXPECT_EQ(test::code_of(splice(tree)), base::Code::invalid) << tree;
  }
}

// Few letters, so that paths meet and share directories.
rc::Gen<std::string> path_letters() {
  return rc::gen::container<std::string>(
      rc::gen::element('a', 'b', '/', '.', '-', ' ', '"', '\\', '\n', '\x7f'));
}

TEST(DvcTree, ReadsBackWhateverItPrints) {
  EXPECT_TRUE(rc::check([] {
    DvcTree tree;
    std::set<std::string> seen;
    for (const std::string& path : *rc::gen::container<std::vector<std::string>>(path_letters())) {
      if (seen.insert(path).second) tree.entries.push_back({base::md5_of(path), path});
    }
    const auto text = print_dvc_tree(tree);
    if (!text.ok()) return;  // not a directory: refused, not printed
    const auto again = parse_dvc_tree(*text);
    RC_ASSERT(again.ok());
    RC_ASSERT(is_canonical_dvc_tree(*text, *again));
    RC_ASSERT(again->entries.size() == tree.entries.size());
  }));
}

}  // namespace
}  // namespace dataset
