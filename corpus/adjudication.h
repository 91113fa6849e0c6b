// adjudication.json: which blind readings of a document were made one, by whom, and how far they
// agreed (docs/formats/adjudication.md). Written by the server alone.
// Plain values, pure functions, safe from any thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "corpus/agreement.h"

namespace corpus {

// People are named by the address with which they sign their commits.
struct AdjudicatedReading {
  int64_t slot = 0;  // refs/readings/<document>/<slot>
  std::string reader;
  std::string commit;  // what was read, hex
  bool operator==(const AdjudicatedReading&) const = default;
};

struct Adjudication {
  std::string adjudicator;
  base::Milliseconds at = 0;
  std::vector<AdjudicatedReading> readings;
  Agreement agreement;  // of the first two
  JsonMap extra;
  bool operator==(const Adjudication&) const = default;
};

base::Json to_json(const Agreement& agreement);
base::Json to_json(const Adjudication& adjudication);
base::Result<Adjudication> parse_adjudication(std::string_view text);
std::string print_adjudication(const Adjudication& adjudication);

}  // namespace corpus
