// What a push must not bring: one test for each kind of malformed or missing object, and for each
// way to make a small pack cost much.

#include <filesystem>

#include "base/bytes.h"
#include "tests/vcs/push_fixture.h"
#include "vcs/compression.h"
#include "vcs/detail/pack_entry.h"

namespace vcs {
namespace {

constexpr const char* kIdentity = "Ada <ada@example.com> 1700000000 +0000";

struct PushStructureTest : PushFixture {
  // A commit over a tree made by hand.
  std::string commit_of(const std::string& tree) const {
    return store("commit",
                 "tree " + tree + "\nauthor " + kIdentity + "\ncommitter " + kIdentity + "\n\nm\n");
  }
  std::string entry(const std::string& mode, const std::string& name, const std::string& id) const {
    return mode + " " + name + std::string(1, '\0') + raw(id);
  }
  static std::string raw(const std::string& id) {
    return std::string(base::as_text(MUST(base::from_hex(id))));
  }
  std::string blob() const { return store("blob", "content\n"); }

  // The first line of the report after a push of a tree with this content.
  std::string push_tree(const std::string& content, std::vector<std::string> others) const {
    const std::string tree = store("tree", content);
    const std::string tip = commit_of(tree);
    others.insert(others.end(), {tree, tip});
    return refusal(tip, pack(others));
  }
  std::string push_name(const std::string& name) const {
    const std::string file = blob();
    return push_tree(entry("100644", name, file), {file});
  }
  std::string push_mode(const std::string& mode) const {
    const std::string file = blob();
    return push_tree(entry(mode, "a", file), {file});
  }
  std::string push_commit(const std::string& text) const {
    const std::string tip = store("commit", text);
    return refusal(tip, pack({tip, empty_tree()}));
  }
  std::string empty_tree() const { return store("tree", ""); }

  // Why the pack was refused; "" if it was not. Nothing may be left of a refused one.
  std::string refusal(const std::string& tip, const std::string& bytes) const {
    const std::string report = push_new(tip, bytes);
    if (report == "unpack ok\nok refs/heads/main\n") return "";
    EXPECT_EQ(value_of("refs/heads/main"), "");
    EXPECT_TRUE(std::filesystem::is_empty(path / "objects" / "pack"));
    expect_nothing_left();
    EXPECT_NE(report.find("\nng refs/heads/main unpacker error\n"), std::string::npos) << report;
    return report.substr(7, report.find('\n') - 7);
  }
};

void expect_says(const std::string& refusal, const std::string& words) {
  EXPECT_NE(refusal.find(words), std::string::npos) << "refusal: " << refusal;
}

TEST_F(PushStructureTest, TakesWhatIsSound) {
  const std::string file = blob();
  EXPECT_EQ(push_tree(entry("100644", "a", file), {file}), "");
  expect_sound();
}

TEST_F(PushStructureTest, RefusesSymbolicLinks) {
  expect_says(push_mode("120000"), "tree entry \"a\" is a symbolic link");
}

TEST_F(PushStructureTest, RefusesExecutables) {
  expect_says(push_mode("100755"), "tree entry \"a\" is executable");
}

TEST_F(PushStructureTest, RefusesSubmodules) {
  const std::string tree = store("tree", entry("160000", "a", std::string(40, '1')));
  const std::string tip = commit_of(tree);
  expect_says(refusal(tip, pack({tree, tip})), "tree entry \"a\" is a submodule");
}

TEST_F(PushStructureTest, RefusesZeroPaddedModes) {
  expect_says(push_mode("0100644"), "zero-padded mode");
}

TEST_F(PushStructureTest, RefusesUnknownModes) {
  expect_says(push_mode("100600"), "unknown mode");
}

TEST_F(PushStructureTest, RefusesDotGit) {
  expect_says(push_name(".git"), "a spelling of .git");
}

TEST_F(PushStructureTest, RefusesDotGitInOtherCase) {
  expect_says(push_name(".GiT"), "a spelling of .git");
}

TEST_F(PushStructureTest, RefusesTheShortNameOfDotGit) {
  expect_says(push_name("GIT~1"), "a spelling of .git");
}

TEST_F(PushStructureTest, RefusesDotGitWithIgnoredCodePoints) {
  expect_says(push_name(".g\xe2\x80\x8dit"), "a spelling of .git");
}

TEST_F(PushStructureTest, RefusesStreamsOfDotGit) {
  expect_says(push_name(".git::$INDEX_ALLOCATION"), "a slash, a backslash or a colon");
}

TEST_F(PushStructureTest, RefusesDotGitmodules) {
  expect_says(push_name(".gitmodules"), "a spelling of .gitmodules");
}

TEST_F(PushStructureTest, RefusesDotDot) {
  expect_says(push_name(".."), "a reserved name");
}

TEST_F(PushStructureTest, RefusesDot) {
  expect_says(push_name("."), "a reserved name");
}

TEST_F(PushStructureTest, RefusesEmptyNames) {
  expect_says(push_name(""), "without a name");
}

TEST_F(PushStructureTest, RefusesPathsInNames) {
  expect_says(push_name("a/b"), "a slash");
}

TEST_F(PushStructureTest, RefusesBackslashes) {
  expect_says(push_name("a\\b"), "a backslash");
}

TEST_F(PushStructureTest, RefusesControlCharacters) {
  expect_says(push_name("a\nb"), "a control character");
}

TEST_F(PushStructureTest, RefusesUnsortedTrees) {
  const std::string file = blob();
  expect_says(push_tree(entry("100644", "b", file) + entry("100644", "a", file), {file}),
              "tree is not sorted");
}

TEST_F(PushStructureTest, RefusesDuplicateEntries) {
  const std::string file = blob();
  expect_says(push_tree(entry("100644", "a", file) + entry("100644", "a", file), {file}),
              "two entries \"a\"");
}

TEST_F(PushStructureTest, RefusesTheNullId) {
  expect_says(push_tree(entry("100644", "a", kZero), {}), "has no object id");
}

TEST_F(PushStructureTest, RefusesMalformedTrees) {
  expect_says(push_tree("100644 a", {}), "tree is malformed");
}

TEST_F(PushStructureTest, RefusesMalformedCommits) {
  const std::string good_start = "tree " + empty_tree() + "\nauthor ";
  const std::string end = "\n\nm\n";
  expect_says(push_commit("author x\n\nm\n"), "no tree line");
  expect_says(push_commit(good_start + "Ada 1 +0000\ncommitter " + kIdentity + end),
              "identity without an address");
  expect_says(push_commit(good_start + kIdentity + "\ncommitter Ada <a@b> 1 +1" + end),
              "malformed time zone");
  expect_says(
      push_commit(good_start + kIdentity + "\ncommitter Ada <a@b> 99999999999999 +0000" + end),
      "date that overflows");
  expect_says(push_commit(good_start + kIdentity + "\ncommitter " + kIdentity +
                          std::string("\n\nm\0\n", 5)),
              "NUL byte");
}

TEST_F(PushStructureTest, RefusesMalformedTags) {
  const std::string tip = commit_of(empty_tree());
  const std::string tag = store("tag", "object " + tip + "\ntype commit\ntag v1\n\nm\n");
  const std::string report = push_new(tag, pack({tag, tip, empty_tree()}), "refs/tags/v1");
  EXPECT_NE(report.find("no tagger line where one belongs"), std::string::npos) << report;
}

// --- connectivity

TEST_F(PushStructureTest, RefusesAMissingBlob) {
  const std::string file = blob();
  const std::string tree = store("tree", entry("100644", "a", file));
  const std::string tip = commit_of(tree);
  EXPECT_EQ(refusal(tip, pack({tree, tip})), "the push lacks object " + file);
}

TEST_F(PushStructureTest, RefusesAMissingTree) {
  const std::string tip = commit_of(empty_tree());
  EXPECT_EQ(refusal(tip, pack({tip})), "the push lacks object " + empty_tree());
}

TEST_F(PushStructureTest, RefusesAMissingParent) {
  const std::string first = commit("a", "1\n");
  const std::string second = commit("a", "2\n");
  EXPECT_EQ(refusal(second, pack_of({"main", "^" + first})), "the push lacks object " + first);
}

TEST_F(PushStructureTest, RefusesAMissingTip) {
  const std::string missing(40, '1');
  EXPECT_EQ(refusal(missing, pack({blob()})), "the push lacks object " + missing);
}

TEST_F(PushStructureTest, RefusesATreeWhereAFileBelongs) {
  const std::string inner = empty_tree();
  expect_says(push_tree(entry("100644", "a", inner), {inner}), "is no blob");
}

TEST_F(PushStructureTest, RefusesAFileWhereATreeBelongs) {
  const std::string file = blob();
  expect_says(push_tree(entry("40000", "a", file), {file}), "is no tree");
}

TEST_F(PushStructureTest, RefusesABlobAsACommitsTree) {
  const std::string file = blob();
  const std::string tip = commit_of(file);
  expect_says(refusal(tip, pack({file, tip})), "is no tree");
}

TEST_F(PushStructureTest, RefusesPathsTooDeep) {
  policy.limits.max_path_depth = 3;
  std::vector<std::string> objects = {blob()};
  for (int level = 0; level < 4; ++level) {
    objects.push_back(store("tree", entry(level ? "40000" : "100644", "a", objects.back())));
  }
  const std::string tip = commit_of(objects.back());
  objects.push_back(tip);
  expect_says(refusal(tip, pack(objects)), "too long or too deep");
}

TEST_F(PushStructureTest, RefusesPathsTooLong) {
  policy.limits.max_path_bytes = 20;
  const std::string file = blob();
  const std::string inner = store("tree", entry("100644", "0123456789", file));
  expect_says(push_tree(entry("40000", "0123456789", inner), {file, inner}),
              "too long or too deep");
}

// 10 names for the same subtree on each of 10 levels: 10^10 paths, 12 objects.
TEST_F(PushStructureTest, WalksABombOfTreesOnce) {
  std::vector<std::string> objects = {blob()};
  for (int level = 0; level < 10; ++level) {
    std::string content;
    for (char name = 'a'; name < 'k'; ++name) {
      content += entry(level ? "40000" : "100644", std::string(1, name), objects.back());
    }
    objects.push_back(store("tree", content));
  }
  const std::string tip = commit_of(objects.back());
  objects.push_back(tip);
  EXPECT_EQ(refusal(tip, pack(objects)), "");
}

// --- packs

std::string pack_with(uint32_t count, const std::string& entries) {
  std::string out = "PACK";
  base::append_be32(out, 2);
  base::append_be32(out, count);
  out += entries;
  return out + std::string(base::as_text(base::sha1_of(out).bytes));
}

std::string entry_with(int type, uint64_t size, const std::string& content) {
  std::string out;
  append_entry_header(out, type, size);
  return out + deflate(content);
}

const std::string kTip(40, '1');
constexpr int kBlob = 3;

TEST_F(PushStructureTest, RefusesWhatIsNoPack) {
  EXPECT_EQ(refusal(kTip, "GIF89a......."), "there is no pack where one belongs");
  EXPECT_EQ(refusal(kTip, ""), "the pack ends too early");
}

TEST_F(PushStructureTest, RefusesATruncatedPack) {
  const std::string tip = commit("a", "1\n");
  const std::string bytes = pack_of({"main"});
  for (const size_t length : {size_t{11}, size_t{13}, bytes.size() / 2, bytes.size() - 1}) {
    EXPECT_EQ(refusal(tip, bytes.substr(0, length)), "the pack ends too early") << length;
  }
}

TEST_F(PushStructureTest, RefusesADamagedPack) {
  const std::string tip = commit("a", "1\n");
  std::string bytes = pack_of({"main"});
  bytes.back() = static_cast<char>(bytes.back() ^ 1);
  EXPECT_EQ(refusal(tip, bytes), "the pack's checksum is wrong");
}

TEST_F(PushStructureTest, RefusesBytesAfterThePack) {
  const std::string tip = commit("a", "1\n");
  EXPECT_EQ(refusal(tip, pack_of({"main"}) + "x"), "there is something after the pack");
}

TEST_F(PushStructureTest, RefusesEntriesLongerThanTheySay) {
  EXPECT_EQ(refusal(kTip, pack_with(1, entry_with(kBlob, 3, "four"))),
            "an object of the pack is longer than it says");
}

TEST_F(PushStructureTest, RefusesEntriesShorterThanTheySay) {
  EXPECT_EQ(refusal(kTip, pack_with(1, entry_with(kBlob, 5, "four"))),
            "an object of the pack is shorter than it says");
}

TEST_F(PushStructureTest, RefusesUnknownEntryTypes) {
  EXPECT_EQ(refusal(kTip, pack_with(1, entry_with(5, 4, "four"))), "pack entry of an unknown type");
}

TEST_F(PushStructureTest, RefusesAnObjectTwice) {
  const std::string one = entry_with(kBlob, 4, "four");
  expect_says(refusal(kTip, pack_with(2, one + one)), " twice");
}

TEST_F(PushStructureTest, RefusesTooManyObjects) {
  policy.limits.max_objects = 10;
  EXPECT_EQ(refusal(kTip, pack_with(11, "")), "the pack holds 11 objects; the limit is 10");
}

TEST_F(PushStructureTest, RefusesTooManyBytes) {
  policy.limits.max_pack_bytes = 100;
  const std::string tip = commit("a", "1\n");
  EXPECT_EQ(refusal(tip, pack_of({"main"})), "the pack is larger than 100 bytes");
}

// The size is refused by the header: the content, which would inflate to 64 MiB, is never seen.
TEST_F(PushStructureTest, RefusesLargeObjectsByTheirHeader) {
  std::string header;
  append_entry_header(header, kBlob, uint64_t{64} << 20);
  expect_says(refusal(kTip, pack_with(1, header)), "object of 67108864 bytes");
}

TEST_F(PushStructureTest, RefusesToInflateTooMuchTogether) {
  policy.limits.max_inflated_bytes = 1000;
  std::string entries;
  for (char c = 'a'; c < 'd'; ++c) entries += entry_with(kBlob, 400, std::string(400, c));
  EXPECT_EQ(refusal(kTip, pack_with(3, entries)), "the pack inflates to more than 1000 bytes");
}

std::string size_bytes(uint64_t size) {
  std::string out;
  for (; size >= 128; size >>= 7) out += static_cast<char>(size | 0x80);
  return out + static_cast<char>(size);
}

std::string delta_entry(const ObjectId& base, const std::string& delta) {
  std::string out;
  append_entry_header(out, kPackedIdDelta, delta.size());
  out += base::as_text(base.bytes);
  return out + deflate(delta);
}

TEST_F(PushStructureTest, RefusesDeltasThatMakeTooMuch) {
  const std::string base_entry = entry_with(kBlob, 4, "four");
  const ObjectId base = object_id_of(ObjectKind::blob, "four");
  const std::string delta = size_bytes(4) + size_bytes(uint64_t{1} << 40) + "\x90\x04";
  expect_says(refusal(kTip, pack_with(2, base_entry + delta_entry(base, delta))),
              "makes too large an object");
}

TEST_F(PushStructureTest, RefusesDeltasThatLie) {
  const std::string base_entry = entry_with(kBlob, 4, "four");
  const ObjectId base = object_id_of(ObjectKind::blob, "four");
  for (const std::string& delta : {size_bytes(5) + size_bytes(4) + "\x90\x04",  // wrong base size
                                   size_bytes(4) + size_bytes(9) + "\x90\x04",  // makes too little
                                   size_bytes(4) + size_bytes(3) + "\x90\x04",  // makes too much
                                   size_bytes(4) + size_bytes(9) + "\x90\x09",  // beyond the base
                                   size_bytes(4) + size_bytes(4) + std::string(1, '\0')}) {
    expect_says(refusal(kTip, pack_with(2, base_entry + delta_entry(base, delta))), "delta");
  }
}

TEST_F(PushStructureTest, RefusesLongChainsOfDeltas) {
  policy.limits.max_delta_depth = 5;
  std::string entries = entry_with(kBlob, 1, "0");
  std::string content = "0";
  for (char c = '1'; c < '9'; ++c) {
    const ObjectId base = object_id_of(ObjectKind::blob, content);
    const std::string delta = size_bytes(content.size()) + size_bytes(content.size() + 1) + "\x90" +
                              std::string(1, static_cast<char>(content.size())) + "\x01" + c;
    entries += delta_entry(base, delta);
    content += c;
  }
  EXPECT_EQ(refusal(kTip, pack_with(9, entries)), "a chain of deltas in the pack is too long");
}

TEST_F(PushStructureTest, RefusesDeltasInACircle) {
  // A delta on itself can only be named by an id that nobody can make; on each other by offset.
  std::string header;
  append_entry_header(header, kPackedOffsetDelta, 4);
  const std::string self = header + std::string(1, '\0') + deflate("\x01\x01\x01x");
  EXPECT_EQ(refusal(kTip, pack_with(1, self)), "a delta of the pack has its base outside");
}

TEST_F(PushStructureTest, RefusesThinPacks) {
  std::string large;
  for (int i = 0; i < 500; ++i) large += std::to_string(i * 7919) + "\n";
  const std::string first = commit("a", large);
  push({"main:main"});
  const std::string second = commit("a", large + "more\n");
  const std::string body = head_of({command(first, second, "refs/heads/main")}) +
                           pack_of({"main", "^" + first}, {"--thin", "--delta-base-offset"});
  EXPECT_NE(send(body).report.find("thin packs are not taken"), std::string::npos);
  // git itself heeds the advertisement.
  EXPECT_EQ(push({"main:main"}).status, "ok refs/heads/main\n");
}

TEST_F(PushStructureTest, TakesDeltasOfBothKinds) {
  std::string large;
  for (int i = 0; i < 500; ++i) large += std::to_string(i * 7919) + "\n";
  for (int i = 0; i < 20; ++i) commit("a", large += "more\n");
  const std::string tip = client.git({"rev-parse", "main"});
  EXPECT_EQ(push_new(tip, pack_of({"main"}), "refs/heads/ids"), "unpack ok\nok refs/heads/ids\n");
  expect_sound();
  std::filesystem::remove_all(path);
  repository = create();
  EXPECT_EQ(refusal(tip, pack_of({"main"}, {"--delta-base-offset"})), "");
  expect_sound();
}

}  // namespace
}  // namespace vcs
