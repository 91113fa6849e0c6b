#include "dataset/shards.h"

#include <gtest/gtest.h>

#include "tests/dataset/fixtures.h"
#include "tests/support/result_matchers.h"

namespace dataset {
namespace {

std::vector<ManifestRecord> records(size_t count) {
  std::vector<ManifestRecord> list;
  for (size_t i = 0; i < count; ++i) {
    list.push_back(test::record_of("document " + std::to_string(i), i % 3 == 0 ? "test" : "train"));
  }
  return test::sorted(list);
}

TEST(Shards, HoldEveryDocumentOnce) {
  const auto list = records(30);
  const auto shards = TAKE(plan_shards(test::reader_of(list), {.bytes = UINT64_MAX, .pages = 4}));
  for (const ManifestRecord& record : list) {
    size_t holders = 0;
    for (const Shard& shard : shards) {
      holders += shard.part == record.split && shard.first <= record.id && record.id <= shard.last;
    }
    EXPECT_EQ(holders, 1u);
  }
}

TEST(Shards, EndWhenTheyAreFull) {
  const auto shards =
      TAKE(plan_shards(test::reader_of(records(30)), {.bytes = UINT64_MAX, .pages = 4}));
  std::vector<std::string> names;
  for (const Shard& shard : shards) names.push_back(shard.name());
  EXPECT_EQ(names,
            (std::vector<std::string>{"test-000000.tar", "test-000001.tar", "test-000002.tar",
                                      "train-000000.tar", "train-000001.tar", "train-000002.tar",
                                      "train-000003.tar", "train-000004.tar"}));
  EXPECT_EQ(shards[0].pages, 4u);
}

TEST(Shards, WithoutASplitAreForTraining) {
  const auto shards = TAKE(plan_shards(test::reader_of({test::record_of("a", "")})));
  ASSERT_EQ(shards.size(), 1u);
  EXPECT_EQ(shards[0].name(), "train-000000.tar");
}

}  // namespace
}  // namespace dataset
