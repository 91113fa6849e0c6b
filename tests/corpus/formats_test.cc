// Freezes the formats: each golden file, and the example on each page of docs/formats/, is in
// canonical form. A change here is a change of the public format.
#include <gtest/gtest.h>

#include <functional>

#include "base/file.h"
#include "corpus/adjudication.h"
#include "corpus/comments.h"
#include "corpus/config.h"
#include "corpus/document.h"
#include "corpus/event.h"
#include "corpus/review.h"
#include "corpus/schema.h"
#include "corpus/splits.h"
#include "corpus/words.h"
#include "tests/support/result_matchers.h"

namespace corpus {
namespace {

std::string read(const std::string& path) {
  return TAKE(base::read_file(base::Path(GLOSSATOR_SOURCE_DIR) / path));
}

std::string event_again(const std::string& text) {
  const auto json = TAKE(base::parse_json(text));
  return to_json(TAKE(event_from_json(json)), json.string_or("source", "")).print() + '\n';
}

struct Format {
  const char* name;
  const char* golden;  // below tests/corpus/golden/
  const char* page;    // below docs/formats/; its block ```<golden>
  std::function<std::string(const std::string&)> again;  // read and print
};

void PrintTo(const Format& format, std::ostream* out) {
  *out << format.name;
}

const std::vector<Format> kFormats = {
    {"Annotations", "0001.annotations.jsonl", "annotations.md",
     [](const std::string& text) { return print_annotations(TAKE(read_annotations(text))); }},
    {"Words", "0001.words.tsv", "words.md",
     [](const std::string& text) { return print_words(TAKE(parse_words(text))); }},
    {"Document", "document.json", "document.md",
     [](const std::string& text) { return print_document(TAKE(parse_document(text))); }},
    {"Schema", "schema.json", "schema.md",
     [](const std::string& text) { return print_schema(TAKE(parse_schema(text))); }},
    {"Review", "review.json", "review.md",
     [](const std::string& text) { return print_review(TAKE(parse_review(text))); }},
    {"Adjudication", "adjudication.json", "adjudication.md",
     [](const std::string& text) { return print_adjudication(TAKE(parse_adjudication(text))); }},
    {"Comments", "comments.jsonl", "comments.md",
     [](const std::string& text) { return print_comments(TAKE(read_comments(text))); }},
    {"Config", "glossator.json", "config.md",
     [](const std::string& text) { return print_config(TAKE(parse_config(text))); }},
    {"Split", "split.json", "splits.md",
     [](const std::string& text) { return print_split(TAKE(parse_split(text))); }},
    {"Placements", "0f.tsv", "splits.md",
     [](const std::string& text) { return print_placements(TAKE(parse_placements(text, "0f"))); }},
    {"Event", "event.json", "events.md", event_again},
};

// The block of a page that is marked with the golden file's name, without indentation by tabs.
std::string example_in(const std::string& page, const std::string& mark) {
  const std::string fence = "```" + mark + "\n";
  const size_t start = page.find(fence);
  if (start == std::string::npos) return "no block marked " + mark;
  const size_t body = start + fence.size();
  return page.substr(body, page.find("```", body) - body);
}

class FormatTest : public testing::TestWithParam<Format> {};

TEST_P(FormatTest, GoldenFileIsCanonical) {
  const std::string text = read(std::string("tests/corpus/golden/") + GetParam().golden);
  EXPECT_EQ(GetParam().again(text), text);
}

TEST_P(FormatTest, ExampleOnItsPageIsCanonical) {
  const std::string page = read(std::string("docs/formats/") + GetParam().page);
  const std::string text = example_in(page, GetParam().golden);
  EXPECT_EQ(GetParam().again(text), text);
}

INSTANTIATE_TEST_SUITE_P(Formats, FormatTest, testing::ValuesIn(kFormats),
                         [](const auto& info) { return std::string(info.param.name); });

}  // namespace
}  // namespace corpus
