#include "server/client/pulled_leakage.h"

#include <fcntl.h>
#include <gtest/gtest.h>

#include "corpus/words.h"
#include "tests/dataset/fixtures.h"
#include "tests/dataset/invented_forms.h"
#include "tests/support/result_matchers.h"

namespace server::client {
namespace {

using base::Code;

void write(const base::Path& path, std::string_view text) {
  ASSERT_OK(base::make_directories(path.parent_path()));
  const auto fd = TAKE(base::open_file(path, O_WRONLY | O_CREAT | O_TRUNC));
  ASSERT_OK(base::write_all(fd.get(), text));
}

class PulledLeakageTest : public testing::Test {
 protected:
  // As a pull leaves it; the words are written unless they were not pulled.
  void add(const std::string& name, const std::string& part, const std::vector<corpus::Word>& page,
           bool pulled = true) {
    dataset::ManifestRecord record = test::record_of(name, part);
    const std::string text = corpus::print_words(page);
    record.pages[0].words = dataset::text_ref_of(text);
    if (pulled) write(words_of(record), text);
    records.push_back(std::move(record));
  }
  base::Path words_of(const dataset::ManifestRecord& record) const {
    return root / "documents" / record.id.hex.substr(0, 1) / record.id.hex / "pages" /
           "0001.words.tsv";
  }
  Result<PulledLeakage> found() {
    records = test::sorted(std::move(records));
    write(root / "manifest.jsonl", test::manifest_of(records));
    return leakage_of_pulled(root);
  }

  base::TempDir dir = TAKE(base::TempDir::create());
  base::Path root = dir.path();
  test::InventedForms forms{3};
  std::vector<dataset::ManifestRecord> records;
};

TEST_F(PulledLeakageTest, IsNoneWhereNothingIsShared) {
  add("a", "train", forms.page());
  add("b", "test", forms.page());
  const auto leakage = TAKE(found());
  EXPECT_EQ(leakage.report, (dataset::LeakageReport{.documents = 2}));
  EXPECT_EQ((leakage.name + " " + leakage.version), "claims 1.2.3");
  EXPECT_EQ(leakage.pages_without_words, 0u);
}

TEST_F(PulledLeakageTest, FindsAnotherScanByItsWordsAndACopyByItsBytes) {
  const auto page = forms.page();
  add("a", "train", page);
  add("b", "test", forms.scanned_again(page));
  add("c", "train", forms.page());
  add("d", "test", forms.page(), false);
  records[3].pages[0].image = records[2].pages[0].image;
  const auto leakage = TAKE(found());
  EXPECT_EQ(leakage.report.leaking, 4u);
  EXPECT_EQ(leakage.report.by_near_page, 2u);
  EXPECT_EQ(leakage.report.by_page_image, 2u);
  EXPECT_EQ(leakage.pages_without_words, 1u);
}

TEST_F(PulledLeakageTest, NeedsAWholePullOfAReleaseWithASplit) {
  EXPECT_EQ(test::code_of(leakage_of_pulled(root)), Code::not_found);
  dataset::ManifestHeader header = test::header_of({});
  header.split.reset();
  write(root / "manifest.jsonl", dataset::print_header(header));
  EXPECT_EQ(test::code_of(leakage_of_pulled(root)), Code::invalid);
  add("a", "train", forms.page());
  write(words_of(records[0]), corpus::print_words(forms.page()));
  EXPECT_EQ(test::code_of(found()), Code::invalid);
}

}  // namespace
}  // namespace server::client
