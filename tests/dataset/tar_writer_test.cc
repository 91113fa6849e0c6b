#include "dataset/detail/tar_writer.h"

#include <gtest/gtest.h>

#include "tests/dataset/export_test_support.h"

namespace dataset::detail {
namespace {

std::string tar_of(std::string_view path, std::string_view content) {
  std::string bytes;
  ExportOutput out([&](std::string_view chunk) -> base::Result<void> {
    bytes += chunk;
    return {};
  });
  TarWriter tar(out);
  MUST(tar.add(path, content));
  MUST(tar.finish());
  MUST(out.flush());
  return bytes;
}

TEST(TarWriter, FillsBlocks) {
  const std::string tar = tar_of("a/b.txt", "hello");
  EXPECT_EQ(tar.size(), 4 * 512u);
  EXPECT_EQ(test::untar(tar), (std::map<std::string, std::string>{{"a/b.txt", "hello"}}));
}

TEST(TarWriter, NamesNoTimeAndNoOwner) {
  const std::string tar = tar_of("a", "");
  EXPECT_EQ(tar.substr(108, 7), "0000000");
  EXPECT_EQ(tar.substr(136, 11), "00000000000");
  EXPECT_EQ(tar.substr(265, 64), std::string(64, '\0'));
}

TEST(TarWriter, ItsChecksumIsTheSumOfTheHeader) {
  std::string header = tar_of("a", "x").substr(0, 512);
  const unsigned long said = std::stoul(header.substr(148, 6), nullptr, 8);
  header.replace(148, 8, "        ");
  unsigned long sum = 0;
  for (const char c : header) sum += static_cast<unsigned char>(c);
  EXPECT_EQ(said, sum);
}

TEST(TarWriter, DividesLongPaths) {
  const std::string directory(90, 'd');
  const std::string tar = tar_of(directory + "/" + std::string(60, 'f'), "");
  EXPECT_EQ(tar.substr(0, 60), std::string(60, 'f'));
  EXPECT_EQ(tar.substr(345, 90), directory);
}

TEST(TarWriter, RefusesPathsThatDoNotFit) {
  ExportOutput out([](std::string_view) -> base::Result<void> { return {}; });
  EXPECT_EQ(test::code_of(TarWriter(out).add(std::string(101, 'f'), "")), base::Code::invalid);
}

TEST(TarWriter, RefusesAnotherSizeThanAnnounced) {
  ExportOutput out([](std::string_view) -> base::Result<void> { return {}; });
  TarWriter tar(out);
  EXPECT_EQ(test::code_of(tar.add("a", 3, [&] { return out.write("four"); })),
            base::Code::internal);
}

}  // namespace
}  // namespace dataset::detail
