// Files that attack or confuse decoders, each with what is to become of it. They are not part of
// the project: GLOSSATOR_TEST_DATA names a folder with hostile-dev/manifest.json.
#include <fcntl.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <iostream>

#include "base/file.h"
#include "ocr/pipeline.h"
#include "tests/support/result_matchers.h"

namespace ocr {
namespace {

struct Outcome {
  bool read = false;  // every page was
  std::string text;
  std::string codes;
  size_t pages = 0;
  double cpu_seconds = 0;
};

Outcome outcome_of(WorkerPool& pool, const base::Path& path) {
  Outcome outcome;
  ReadEvents events;
  events.on_page = [&](PageReading page) {
    ++outcome.pages;
    for (const corpus::Word& word : page.words) outcome.text += word.text + " ";
    if (page.failure) outcome.codes += page.failure->code + " ";
  };
  const base::UniqueFd file = TAKE(base::open_file(path, O_RDONLY));
  const DocumentReading reading = TAKE(read_document(pool, file.get(), {}, events));
  if (reading.refusal) outcome.codes += reading.refusal->code;
  outcome.read = outcome.codes.empty();
  outcome.cpu_seconds = reading.cpu_seconds;
  return outcome;
}

bool is_as_expected(const std::string& expect, const Outcome& outcome) {
  if (expect == "ok") return outcome.read;
  if (expect == "ok-empty") return outcome.read && outcome.text.empty();
  if (expect == "reject") return !outcome.read;
  if (expect == "needs-password") return outcome.codes == kEncrypted;
  return expect == "limit" || expect == "ok-or-reject" || expect == "ok-or-limit";
}

// About two minutes on an idle core.
TEST(Hostile, EndsAsTheManifestExpects) {
  const char* folder = std::getenv("GLOSSATOR_TEST_DATA");
  if (folder == nullptr) {
    std::cerr << "GLOSSATOR_TEST_DATA is not set: THE HOSTILE FILES WERE NOT TRIED\n";
    GTEST_SKIP() << "GLOSSATOR_TEST_DATA is not set";
  }
  const base::Path files = base::Path(folder) / "hostile-dev";
  const auto manifest = TAKE(base::parse_json(TAKE(base::read_file(files / "manifest.json"))));
  const auto pool = TAKE(WorkerPool::create({.workers = 1}));
  for (const base::Json& entry : *manifest.find_array("files")) {
    const std::string name = entry.string_or("file", "");
    const std::string expect = entry.string_or("expect", "");
    const Outcome outcome = outcome_of(*pool, files / name);
    EXPECT_TRUE(is_as_expected(expect, outcome))
        << name << ": " << expect << ", got " << outcome.codes;
    EXPECT_LT(outcome.cpu_seconds, 20) << name;
    const std::string contained = entry.string_or("text_contains", "");
    if (expect == "ok") {
      EXPECT_NE(outcome.text.find(contained), std::string::npos) << name;
    }
    const int64_t* pages = entry.find_integer("pages");
    if (pages != nullptr) {
      EXPECT_EQ(outcome.pages, static_cast<size_t>(*pages)) << name;
    }
  }
}

}  // namespace
}  // namespace ocr
