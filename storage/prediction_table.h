// Predictions, and labels of people, that wait for their documents to be read: the file as it came,
// and the documents that it still waits for. Original to the database until they are in git.
//
//   const PredictionFile sent{user, "coco", "reader", "7", content};
//   TRY(PredictionTable(tx).put(project, sent, documents, now, most_bytes));
//   for (const WaitingPrediction& waiting : TRY(PredictionTable(tx).waiting(project))) {
//     const auto file = TRY(PredictionTable(tx).file(waiting.number));   // each may be large
//   }
//   TRY(PredictionTable(tx).settle(waiting.number, waiting.documents));
//
// A view of one transaction, as all tables.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/clock.h"
#include "corpus/ids.h"
#include "storage/database.h"

namespace storage {

struct PredictionFile {
  UserId user = {};  // who sent it
  std::string format = {};
  std::string model = {};    // empty: people's labels
  std::string version = {};  // of the model
  std::string content = {};
  bool is_of_people() const { return model.empty(); }
  bool operator==(const PredictionFile&) const = default;
};

struct WaitingPrediction {
  int64_t number = 0;                         // of its file
  std::vector<corpus::DocumentId> documents;  // ascending
};

class PredictionTable {
 public:
  explicit PredictionTable(Transaction& tx) : tx_(tx) {}

  // The same file again waits once. limit: the files of the project would be more than
  // `most_bytes`.
  Result<void> put(ProjectId project, const PredictionFile& file,
                   std::span<const corpus::DocumentId> documents, base::Milliseconds now,
                   int64_t most_bytes);
  // Oldest first.
  Result<std::vector<WaitingPrediction>> waiting(ProjectId project);
  // Nothing if it waits for no document any more.
  Result<std::optional<PredictionFile>> file(int64_t number);
  // Whether anything waits for any of the documents: quick, and mostly not.
  Result<bool> is_any_waiting(ProjectId project, std::span<const corpus::DocumentId> documents);
  // It waits for these no more; with its last document the file goes.
  Result<void> settle(int64_t number, std::span<const corpus::DocumentId> documents);
  Result<void> forget_before(base::Milliseconds time);

 private:
  Transaction& tx_;
};

}  // namespace storage
