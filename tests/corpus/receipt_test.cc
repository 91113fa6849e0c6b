#include "corpus/receipt.h"

#include <gtest/gtest.h>

#include "tests/support/result_matchers.h"

namespace corpus {
namespace {

Receipt sample() {
  Receipt receipt;
  receipt.id = "01JD8Z6V5N0M3K4H7Q9R2S1T00";
  receipt.at = 1'764'288'000'123;
  receipt.dataset = "claims";
  receipt.version = "1.3.0";
  receipt.manifest_sha256 = base::sha256_of("a manifest");
  receipt.parts = {"train"};
  receipt.model = "router";
  receipt.model_version = "7";
  receipt.run = "https://runs.example.org/1";
  receipt.metrics = {{"epochs", 3}, {"f1", 0.93}};
  receipt.by = "theo@acme.example";
  return receipt;
}

TEST(Receipt, ComesBackFromItsLine) {
  Receipt bare = sample();
  bare.id = "01JD8Z6V5N0M3K4H7Q9R2S1T01";
  bare.kind = Receipt::Kind::evaluation;
  bare.parts.clear();
  bare.model_version.clear();
  bare.run.clear();
  bare.metrics.clear();
  const std::vector<Receipt> both = {sample(), bare};
  EXPECT_EQ(TAKE(read_receipts(print_receipts(both))), both);
  EXPECT_TRUE(TAKE(read_receipts("")).empty());
}

TEST(Receipt, IsOneCanonicalLine) {
  EXPECT_EQ(print_receipts({sample()}),
            "{\"id\":\"01JD8Z6V5N0M3K4H7Q9R2S1T00\",\"at\":\"2025-11-28T00:00:00.123Z\","
            "\"kind\":\"training\",\"release\":{\"name\":\"claims\",\"version\":\"1.3.0\","
            "\"manifest_sha256\":\"" +
                sample().manifest_sha256.hex() +
                "\",\"parts\":[\"train\"]},\"model\":{\"name\":\"router\",\"version\":\"7\"},"
                "\"run\":\"https://runs.example.org/1\",\"metrics\":{\"epochs\":3,\"f1\":0.93},"
                "\"by\":\"theo@acme.example\"}\n");
}

TEST(Receipt, RefusesWhatIsNone) {
  const std::string good = print_receipts({sample()});
  for (const auto& [from, to] :
       std::vector<std::pair<std::string, std::string>>{{"\"training\"", "\"guessing\""},
                                                        {"0.93", "\"high\""},
                                                        {"01JD8Z", "nought"},
                                                        {"\"claims\"", "\"\""},
                                                        {"\"model\"", "\"modell\""},
                                                        {"[\"train\"]", "[1]"},
                                                        {"2025-11-28T", "yesterday"}}) {
    std::string bad = good;
    bad.replace(bad.find(from), from.size(), to);
    EXPECT_EQ(test::code_of(read_receipts(bad)), base::Code::invalid) << bad;
  }
}

}  // namespace
}  // namespace corpus
