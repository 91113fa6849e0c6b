#include "ocr/archive.h"

#include <archive.h>
#include <archive_entry.h>
#include <gtest/gtest.h>

#include "tests/ocr/samples.h"
#include "tests/support/result_matchers.h"

namespace ocr {
namespace {

struct Member {
  std::string name;
  std::string content;
  int type = AE_IFREG;
};

enum class Kind { zip, tar_gz };

std::string packed(Kind kind, const std::vector<Member>& members) {
  std::string out(8u << 20, '\0');
  size_t used = 0;
  archive* writer = archive_write_new();
  if (kind == Kind::zip) {
    archive_write_set_format_zip(writer);
  } else {
    archive_write_set_format_pax_restricted(writer);
    archive_write_add_filter_gzip(writer);
  }
  archive_write_open_memory(writer, out.data(), out.size(), &used);
  for (const Member& member : members) {
    archive_entry* entry = archive_entry_new();
    archive_entry_set_pathname(entry, member.name.c_str());
    archive_entry_set_filetype(entry, static_cast<unsigned>(member.type));
    archive_entry_set_perm(entry, 0644);
    if (member.type == AE_IFLNK) archive_entry_set_symlink(entry, "/etc/passwd");
    archive_entry_set_size(entry, static_cast<la_int64_t>(member.content.size()));
    archive_write_header(writer, entry);
    archive_write_data(writer, member.content.data(), member.content.size());
    archive_entry_free(entry);
  }
  archive_write_close(writer);
  archive_write_free(writer);
  out.resize(used);
  return out;
}

struct Outcome {
  ArchiveReading reading;
  std::vector<Member> members;
};

Outcome unpacked(const std::string& bytes, const ArchiveLimits& limits = {}) {
  const auto pool = TAKE(WorkerPool::create({.workers = 1}));
  Outcome outcome;
  ArchiveEvents events;
  events.begin = [&](const ArchiveEntry& entry) {
    outcome.members.push_back({entry.name, ""});
    return base::Result<void>();
  };
  events.bytes = [&](std::string_view chunk) {
    outcome.members.back().content += chunk;
    return base::Result<void>();
  };
  events.end = [] { return base::Result<void>(); };
  const base::UniqueFd file = test::as_file(bytes);
  outcome.reading = TAKE(read_archive(*pool, file.get(), limits, events));
  return outcome;
}

TEST(Archive, GivesFilesOfAZipAndATar) {
  for (const Kind kind : {Kind::zip, Kind::tar_gz}) {
    const Outcome outcome = unpacked(packed(kind, {{"a/one.pdf", "first"}, {"two.png", "2nd"}}));
    ASSERT_EQ(outcome.members.size(), 2U);
    EXPECT_EQ(outcome.members[0].name, "a/one.pdf");
    EXPECT_EQ(outcome.members[0].content, "first");
    EXPECT_EQ(outcome.members[1].content, "2nd");
    EXPECT_FALSE(outcome.reading.failure);
  }
}

TEST(Archive, SkipsWhatIsNoFile) {
  const Outcome outcome = unpacked(
      packed(Kind::tar_gz, {{"link", "", AE_IFLNK}, {"folder", "", AE_IFDIR}, {"f", "x"}}));
  EXPECT_EQ(outcome.members.size(), 1U);
  EXPECT_EQ(outcome.reading.skipped, 2U);
}

TEST(Archive, StopsAtTooManyEntries) {
  const Outcome outcome =
      unpacked(packed(Kind::zip, {{"1", "x"}, {"2", "x"}, {"3", "x"}}), {.entries = 2});
  EXPECT_EQ(outcome.reading.failure.value_or(Failure{}).code, kTooLarge);
  EXPECT_EQ(outcome.reading.entries, 2U);
}

TEST(Archive, StopsAtTooManyBytes) {
  const std::string bytes = packed(Kind::zip, {{"big", std::string(1 << 20, 'x')}});
  EXPECT_EQ(unpacked(bytes, {.entry_bytes = 1000}).reading.failure.value_or(Failure{}).code,
            kTooLarge);
}

TEST(Archive, StopsAtABomb) {
  const std::string bytes = packed(Kind::tar_gz, {{"zeros", std::string(100u << 20, '\0')}});
  EXPECT_EQ(unpacked(bytes).reading.failure.value_or(Failure{}).code, kTooLarge);
}

TEST(Archive, SaysThatItIsDamaged) {
  EXPECT_EQ(unpacked("\x1f\x8b\x08 nonsense").reading.failure.value_or(Failure{}).code, kDamaged);
}

TEST(Archive, ReturnsTheErrorOfACallback) {
  const auto pool = TAKE(WorkerPool::create({.workers = 1}));
  ArchiveEvents events;
  events.begin = [](const ArchiveEntry&) -> base::Result<void> {
    return base::Error{base::Code::busy, "full"};
  };
  const base::UniqueFd file = test::as_file(packed(Kind::zip, {{"a", "x"}}));
  EXPECT_EQ(test::code_of(read_archive(*pool, file.get(), {}, events)), base::Code::busy);
}

}  // namespace
}  // namespace ocr
