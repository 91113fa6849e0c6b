// Predictions that wait for their documents to be read: the file as it came, and the documents that
// it still waits for. Original to the database until they are proposals in git.
//
//   TRY(PredictionTable(tx).put(project, {user, "coco", "reader", "7", file}, documents, now));
//   for (const WaitingPrediction& waiting : TRY(PredictionTable(tx).waiting(project))) ...
//   TRY(PredictionTable(tx).settle(waiting.number, waiting.documents));
//
// A view of one transaction, as all tables.
#pragma once

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
  std::string model = {};
  std::string version = {};  // of the model
  std::string content = {};
  bool operator==(const PredictionFile&) const = default;
};

struct WaitingPrediction {
  int64_t number = 0;
  PredictionFile file;
  std::vector<corpus::DocumentId> documents;  // ascending
};

class PredictionTable {
 public:
  explicit PredictionTable(Transaction& tx) : tx_(tx) {}

  // The same file again waits once.
  Result<void> put(ProjectId project, const PredictionFile& file,
                   std::span<const corpus::DocumentId> documents, base::Milliseconds now);
  // Oldest first.
  Result<std::vector<WaitingPrediction>> waiting(ProjectId project);
  // Whether anything waits for any of the documents: quick, and mostly not.
  Result<bool> is_any_waiting(ProjectId project, std::span<const corpus::DocumentId> documents);
  // It waits for these no more; with its last document the file goes.
  Result<void> settle(int64_t number, std::span<const corpus::DocumentId> documents);
  Result<void> forget_before(base::Milliseconds time);

 private:
  Transaction& tx_;
};

}  // namespace storage
