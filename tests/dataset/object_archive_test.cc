#include "dataset/object_archive.h"

#include <gtest/gtest.h>

#include <map>

#include "tests/support/result_matchers.h"

namespace dataset {
namespace {

using base::Code;

// Contents by their address, as a store has them.
class Store {
 public:
  ArchivedObject add(const std::string& content, DvcObjectKind kind = DvcObjectKind::file) {
    const ArchivedObject object{base::md5_of(content), kind, content.size()};
    contents_[object.md5.hex()] = content;
    return object;
  }

  std::string archive(const std::vector<ArchivedObject>& objects) const {
    std::string out;
    const auto written = write_object_archive(
        objects,
        [&](const ArchivedObject& object, const ArchiveSink& sink) {
          return sink(contents_.at(object.md5.hex()));
        },
        [&](std::string_view chunk) -> base::Result<void> {
          out += chunk;
          return {};
        });
    EXPECT_TRUE(written.ok());
    return out;
  }

 private:
  std::map<std::string, std::string> contents_;
};

struct Taken {
  ArchivedObject object;
  std::string content;
  bool operator==(const Taken&) const = default;
};

base::Result<std::vector<Taken>> read_in_steps(std::string_view archive, size_t step) {
  std::vector<Taken> taken;
  std::string content;
  ObjectArchiveReader reader([&](const ArchivedObject& object, std::string_view piece,
                                 bool is_last) -> base::Result<void> {
    content += piece;
    if (is_last) taken.push_back({object, std::exchange(content, {})});
    return {};
  });
  for (size_t at = 0; at < archive.size(); at += step) TRY(reader.feed(archive.substr(at, step)));
  TRY(reader.finish());
  return taken;
}

TEST(ObjectArchive, ComesBackFromChunksOfAnySize) {
  Store store;
  const std::vector<ArchivedObject> objects = {
      store.add("a"), store.add(""), store.add(std::string(512, 'x')),
      store.add("[]", DvcObjectKind::directory), store.add(std::string(70'001, 'y'))};
  const std::string archive = store.archive(objects);
  EXPECT_EQ(archive.size(), TAKE(object_archive_size(objects)));
  const std::vector<Taken> whole = TAKE(read_in_steps(archive, archive.size()));
  ASSERT_EQ(whole.size(), objects.size());
  for (size_t i = 0; i < objects.size(); ++i) {
    EXPECT_EQ(whole[i].object, objects[i]);
    EXPECT_EQ(base::md5_of(whole[i].content), objects[i].md5);
  }
  for (const size_t step : {1u, 7u, 511u, 512u, 513u, 4096u}) {
    EXPECT_EQ(TAKE(read_in_steps(archive, step)), whole) << step;
  }
}

TEST(ObjectArchive, IsATarOfAStoresOwnPaths) {
  Store store;
  const auto object = store.add("hello\n");
  const std::string archive = store.archive({object});
  EXPECT_EQ(archive.substr(0, archive.find('\0')), "files/md5/b1/946ac92492d2347c6235b4d2611184");
  EXPECT_EQ(archive.substr(257, 5), "ustar");
  EXPECT_EQ(archive.substr(512, 6), "hello\n");
}

TEST(ObjectArchive, TellsWhenItEndsEarly) {
  Store store;
  const std::string archive = store.archive({store.add("one"), store.add("two")});
  for (size_t size = 0; size + 1024 <= archive.size(); size += 256) {
    EXPECT_EQ(test::code_of(read_in_steps(archive.substr(0, size), 100)), Code::invalid) << size;
  }
}

TEST(ObjectArchive, RefusesWhatIsNone) {
  Store store;
  const std::string good = store.archive({store.add("one")});
  std::string elsewhere = good;
  elsewhere.replace(0, 10, "../../etc/");
  std::string odd_size = good;
  odd_size.replace(124, 3, "abc");
  for (const std::string& bad : {std::string(512, 'x'), elsewhere, odd_size}) {
    EXPECT_EQ(test::code_of(read_in_steps(bad, bad.size())), Code::invalid);
  }
}

TEST(ObjectArchive, WhatTheTakerSaysStopsIt) {
  Store store;
  const std::string archive = store.archive({store.add("one")});
  ObjectArchiveReader reader(
      [](const ArchivedObject&, std::string_view, bool) -> base::Result<void> {
        return base::Error{Code::no_space, "full"};
      });
  EXPECT_EQ(test::code_of(reader.feed(archive)), Code::no_space);
}

TEST(ObjectArchive, LeavesHugeObjectsToOthers) {
  const std::vector<ArchivedObject> huge = {{{}, DvcObjectKind::file, uint64_t{8} << 30}};
  EXPECT_EQ(test::code_of(object_archive_size(huge)), Code::limit);
}

}  // namespace
}  // namespace dataset
