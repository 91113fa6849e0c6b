// What every BlobStore promises. Another one joins by a line at the end.
#include <gtest/gtest.h>

#include "storage/blob_store.h"
#include "tests/support/md5_collision.h"
#include "tests/support/result_matchers.h"

namespace storage {
namespace {

constexpr base::Milliseconds kLater = INT64_MAX;

struct Backend {
  const char* name;
  std::function<Result<std::unique_ptr<BlobStore>>(const base::Path& directory)> open;
};

class BlobStoreContract : public testing::TestWithParam<Backend> {
 protected:
  std::string content_of(const BlobName& name) {
    return TAKE(TAKE(store->open("acme", name))->read_whole());
  }
  std::vector<std::string> names() {
    std::vector<std::string> all;
    TAKE(store->for_each("acme", [&](const BlobEntry& entry) -> Result<bool> {
      all.push_back(entry.name.text());
      return true;
    }));
    return all;
  }
  std::unique_ptr<BlobWriter> sealed(std::string_view content) {
    auto writer = TAKE(store->begin("acme", {}));
    TAKE(writer->write(content));
    (void)TAKE(writer->seal());
    return writer;
  }
  static BlobName name_of(std::string_view content) { return {base::md5_of(content)}; }

  base::TempDir dir = TAKE(base::TempDir::create());
  std::unique_ptr<BlobStore> store = TAKE(GetParam().open(dir.path() / "store"));
};

TEST_P(BlobStoreContract, KeepsContentUnderItsMd5) {
  const auto hashes = TAKE(put_blob(*store, "acme", "hello\n"));
  EXPECT_EQ(hashes, base::hashes_of("hello\n"));
  EXPECT_EQ(hashes.md5.hex(), "b1946ac92492d2347c6235b4d2611184");
  EXPECT_EQ(content_of({hashes.md5}), "hello\n");
  EXPECT_EQ(TAKE(store->size("acme", {hashes.md5})), 6u);
}

TEST_P(BlobStoreContract, KeepsAnEmptyContent) {
  const auto hashes = TAKE(put_blob(*store, "acme", ""));
  EXPECT_EQ(content_of({hashes.md5}), "");
}

TEST_P(BlobStoreContract, HashesALongContentLikeAShortOne) {
  std::string content;
  for (int i = 0; content.size() < (5u << 20) + 7; ++i) content += std::to_string(i * 2654435761u);
  const auto writer = TAKE(store->begin("acme", {.size = content.size()}));
  for (size_t at = 0; at < content.size(); at += 100'003) {
    ASSERT_OK(writer->write(std::string_view(content).substr(at, 100'003)));
  }
  EXPECT_EQ(TAKE(writer->seal()), base::hashes_of(content));
  EXPECT_EQ(content_of(TAKE(writer->publish())), content);
}

TEST_P(BlobStoreContract, ReadsRanges) {
  const auto hashes = TAKE(put_blob(*store, "acme", "0123456789"));
  const auto reader = TAKE(store->open("acme", {hashes.md5}));
  std::string buffer(4, '?');
  EXPECT_EQ(TAKE(reader->read_at(3, buffer)), 4u);
  EXPECT_EQ(buffer, "3456");
  EXPECT_EQ(TAKE(reader->read_at(8, buffer)), 2u);
  EXPECT_EQ(TAKE(reader->read_at(99, buffer)), 0u);
}

TEST_P(BlobStoreContract, DoesNotReadMoreThanTheLimit) {
  const auto hashes = TAKE(put_blob(*store, "acme", "12345"));
  const auto reader = TAKE(store->open("acme", {hashes.md5}));
  EXPECT_EQ(test::code_of(reader->read_whole(4)), base::Code::limit);
}

TEST_P(BlobStoreContract, ShowsNothingBeforeItIsPublished) {
  const auto writer = sealed("hidden");
  EXPECT_FALSE(TAKE(store->exists("acme", name_of("hidden"))));
  EXPECT_TRUE(names().empty());
}

TEST_P(BlobStoreContract, StoresNothingThatIsNotAsAnnounced) {
  const std::vector<ExpectedContent> lies = {
      {.md5 = base::md5_of("b")}, {.sha256 = base::sha256_of("b")}, {.size = 2}};
  for (const ExpectedContent& lie : lies) {
    EXPECT_EQ(test::code_of(put_blob(*store, "acme", "a", lie)), base::Code::invalid);
  }
  EXPECT_TRUE(names().empty());
}

TEST_P(BlobStoreContract, StopsAtTheAnnouncedSizeAndAtTheLimit) {
  EXPECT_EQ(test::code_of(put_blob(*store, "acme", "abc", {.size = 2})), base::Code::invalid);
  EXPECT_EQ(test::code_of(put_blob(*store, "acme", "abc", {.limit = 2})), base::Code::limit);
  EXPECT_EQ(test::code_of(store->begin("acme", {.size = 9, .limit = 2})), base::Code::limit);
}

TEST_P(BlobStoreContract, TakesTheSameContentAgain) {
  const auto first = TAKE(put_blob(*store, "acme", "same"));
  EXPECT_EQ(TAKE(put_blob(*store, "acme", "same")), first);
  const auto third = sealed("same");
  EXPECT_EQ(TAKE(third->publish(first.sha256)), BlobName{first.md5});
  EXPECT_EQ(names().size(), 1u);
}

TEST_P(BlobStoreContract, RefusesAnotherContentWithTheSameMd5) {
  ASSERT_EQ(base::md5_of(test::kCollidingA), base::md5_of(test::kCollidingB));
  const auto first = TAKE(put_blob(*store, "acme", test::kCollidingA));
  EXPECT_EQ(test::code_of(put_blob(*store, "acme", test::kCollidingB)), base::Code::conflict);
  const auto told = sealed(test::kCollidingB);
  EXPECT_EQ(test::code_of(told->publish(first.sha256)), base::Code::conflict);
  EXPECT_EQ(content_of({first.md5}), test::kCollidingA);
}

TEST_P(BlobStoreContract, KeepsOrganisationsApart) {
  const auto hashes = TAKE(put_blob(*store, "acme", test::kCollidingA));
  EXPECT_FALSE(TAKE(store->exists("globex", {hashes.md5})));
  EXPECT_OK(put_blob(*store, "globex", test::kCollidingB));
  EXPECT_EQ(content_of({hashes.md5}), test::kCollidingA);
}

TEST_P(BlobStoreContract, RefusesAnOrganisationThatIsAPath) {
  for (const char* name : {"", "..", "a/b", ".incoming", "A"}) {
    EXPECT_EQ(test::code_of(store->begin(name, {})), base::Code::invalid) << name;
    EXPECT_EQ(test::code_of(store->open(name, {})), base::Code::invalid) << name;
  }
}

TEST_P(BlobStoreContract, KeepsDirectoryObjectsUnderTheirSuffix) {
  const auto hashes = TAKE(put_blob(*store, "acme", "[]", {.directory = true}));
  EXPECT_EQ(names(), std::vector<std::string>{"d751713988987e9331980363e24189ce.dir"});
  EXPECT_FALSE(TAKE(store->exists("acme", {hashes.md5, false})));
  EXPECT_EQ(content_of({hashes.md5, true}), "[]");
}

TEST_P(BlobStoreContract, SaysWhatIsMissing) {
  const BlobName missing = name_of("nothing");
  EXPECT_EQ(test::code_of(store->open("acme", missing)), base::Code::not_found);
  EXPECT_EQ(test::code_of(store->size("acme", missing)), base::Code::not_found);
  EXPECT_FALSE(TAKE(store->exists("acme", missing)));
  EXPECT_EQ(test::code_of(store->renew("acme", missing)), base::Code::not_found);
  EXPECT_EQ(test::code_of(store->modified_at("acme", missing)), base::Code::not_found);
  EXPECT_TRUE(TAKE(store->remove_older("acme", missing, kLater)));
}

TEST_P(BlobStoreContract, Removes) {
  const auto hashes = TAKE(put_blob(*store, "acme", "gone"));
  ASSERT_TRUE(TAKE(store->remove_older("acme", {hashes.md5}, kLater)));
  EXPECT_FALSE(TAKE(store->exists("acme", {hashes.md5})));
}

TEST_P(BlobStoreContract, DoesNotRemoveWhatWasNeededLately) {
  const BlobName name{TAKE(put_blob(*store, "acme", "kept")).md5};
  const auto stored_at = TAKE(store->modified_at("acme", name));
  const auto is_renewed = [&] { return TAKE(store->modified_at("acme", name)) > stored_at; };
  while (!is_renewed()) ASSERT_OK(store->renew("acme", name));
  EXPECT_FALSE(TAKE(store->remove_older("acme", name, stored_at)));
  const auto renewed_at = TAKE(store->modified_at("acme", name));
  while (TAKE(store->modified_at("acme", name)) == renewed_at) {
    ASSERT_OK(put_blob(*store, "acme", "kept"));
  }
  EXPECT_FALSE(TAKE(store->remove_older("acme", name, renewed_at)));
  EXPECT_EQ(content_of(name), "kept");
}

TEST_P(BlobStoreContract, VisitsAllInOrderAndStopsWhenTold) {
  for (int i = 0; i < 20; ++i) ASSERT_OK(put_blob(*store, "acme", std::to_string(i)));
  const auto all = names();
  EXPECT_EQ(all.size(), 20u);
  EXPECT_TRUE(std::is_sorted(all.begin(), all.end()));
  int visited = 0;
  ASSERT_OK(
      store->for_each("acme", [&](const BlobEntry&) -> Result<bool> { return ++visited < 3; }));
  EXPECT_EQ(visited, 3);
}

TEST_P(BlobStoreContract, PublishesManyAtOnce) {
  for (const size_t many : {50, 1000}) {
    const std::string there = "there already, before the " + std::to_string(many);
    ASSERT_OK(put_blob(*store, "acme", there));
    const size_t before = names().size();
    const auto text = [&](size_t i) { return std::to_string(i) + " of " + std::to_string(many); };
    std::vector<std::unique_ptr<BlobWriter>> writers;
    for (size_t i = 0; i < many; ++i) writers.push_back(sealed(text(i)));
    writers.push_back(sealed(there));
    writers.push_back(sealed(text(0)));  // twice in one batch
    ASSERT_OK(store->publish_all(writers));
    EXPECT_EQ(names().size(), before + many);
    EXPECT_EQ(content_of(name_of(text(42))), text(42));
  }
}

TEST_P(BlobStoreContract, RefusesToPublishWhatIsNotSealed) {
  const auto writer = TAKE(store->begin("acme", {}));
  EXPECT_EQ(test::code_of(writer->publish()), base::Code::internal);
}

TEST_P(BlobStoreContract, AdoptsAFile) {
  const base::Path file = dir.path() / "part";
  ASSERT_OK(base::write_file_durably(file, "uploaded in parts"));
  const auto writer = TAKE(store->adopt("acme", file, {.size = 17}));
  EXPECT_EQ(TAKE(writer->seal()), base::hashes_of("uploaded in parts"));
  EXPECT_EQ(content_of(TAKE(writer->publish())), "uploaded in parts");
  EXPECT_FALSE(std::filesystem::exists(file));
}

TEST_P(BlobStoreContract, LeavesAFileThatItDoesNotTake) {
  const base::Path file = dir.path() / "part";
  ASSERT_OK(base::write_file_durably(file, "short"));
  EXPECT_EQ(test::code_of(store->adopt("acme", file, {.size = 9})), base::Code::invalid);
  EXPECT_TRUE(std::filesystem::exists(file));
}

TEST_P(BlobStoreContract, VerifiesContent) {
  const auto hashes = TAKE(put_blob(*store, "acme", "true"));
  EXPECT_EQ(TAKE(store->verify("acme", {hashes.md5})), hashes);
}

TEST(BlobName, ReadsItsOwnText) {
  for (const char* text :
       {"d751713988987e9331980363e24189ce", "d751713988987e9331980363e24189ce.dir"}) {
    EXPECT_EQ(TAKE(BlobName::parse(text)).text(), text);
  }
  EXPECT_EQ(TAKE(BlobName::parse_path("d7", "51713988987e9331980363e24189ce.dir")).text(),
            "d751713988987e9331980363e24189ce.dir");
}

TEST(BlobName, RefusesOtherSpellings) {
  for (const char* text :
       {"", ".dir", "D751713988987e9331980363e24189ce", "d751713988987e93",
        "d751713988987e9331980363e24189ce.dir.dir", "../713988987e9331980363e24189cexx"}) {
    EXPECT_EQ(test::code_of(BlobName::parse(text)), base::Code::invalid) << text;
  }
  EXPECT_EQ(test::code_of(BlobName::parse_path("d", "751713988987e9331980363e24189ce")),
            base::Code::invalid);
}

INSTANTIATE_TEST_SUITE_P(Local, BlobStoreContract,
                         testing::Values(Backend{"Local", open_local_blob_store}),
                         [](const auto& info) { return std::string(info.param.name); });

}  // namespace
}  // namespace storage
