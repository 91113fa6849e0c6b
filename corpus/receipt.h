// What a model was made or judged with: a receipt says which run of which model used which release
// of a dataset, and what came out (docs/formats/receipts.md). Kept as git notes at
// refs/notes/receipts on the release's tag, a line a receipt.
//
//   const std::string note = print_receipts(receipts);
//   const std::vector<Receipt> again = TRY(read_receipts(note));
//
// Plain values, pure functions, safe from any thread.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/digest.h"
#include "base/json.h"
#include "base/result.h"

namespace corpus {

inline constexpr char kReceiptsRef[] = "refs/notes/receipts";

struct Receipt {
  enum class Kind { training, evaluation };

  std::string id;  // a ULID
  base::Milliseconds at = 0;
  Kind kind = Kind::training;
  std::string dataset;  // the release: its name, version and digest
  std::string version;
  base::Sha256 manifest_sha256;
  std::vector<std::string> parts;  // of the split that were used; empty: all
  std::string model;
  std::string model_version;  // may be empty
  std::string run;            // where the run is described: an address, a commit; may be empty
  std::map<std::string, double> metrics;
  std::string by;  // the address of who wrote it

  bool operator==(const Receipt&) const = default;
};

std::string_view name_of(Receipt::Kind kind);
std::optional<Receipt::Kind> parse_receipt_kind(std::string_view name);

base::Json to_json(const Receipt& receipt);
base::Result<Receipt> receipt_from_json(const base::Json& json);

// JSON Lines, in the order given; each receipt canonical.
std::string print_receipts(const std::vector<Receipt>& receipts);
base::Result<std::vector<Receipt>> read_receipts(std::string_view text);

}  // namespace corpus
