// The end of blind readings (readings.h): somebody who may review sees both, makes one of them on
// main, and closes them. What was read, by whom, and how far they agreed is committed beside the
// result (corpus/adjudication.h).
//
//   const ReadingsView view = TRY(show_readings(services, actor, id));
//   if (view.is_complete()) ...view.pairs...       // where they agree, and where not
//   TRY(adjudicate(services, actor, id));          // main has the labels that shall be
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "corpus/adjudication.h"
#include "corpus/review.h"
#include "server/flow/actor.h"
#include "server/flow/services.h"
#include "storage/reading_table.h"

namespace server {

struct ReadingView {
  corpus::AdjudicatedReading reading;  // no commit: nothing was labelled yet
  std::string name;                    // of the reader
  storage::ReadingState state = storage::ReadingState::open;
};

struct PagePair {
  corpus::PageNumber page = 0;  // 0: of the document as a whole
  corpus::ReadingPair pair;
};

struct ReadingsView {
  int64_t wanted = 1;
  std::vector<ReadingView> readings;  // by slot
  bool is_closed = false;
  // Once enough are submitted: the first two beside each other.
  std::vector<PagePair> pairs;
  std::optional<corpus::Agreement> agreement;
};

// denied without review:write. Nothing is told of labels before all readings are submitted.
Result<ReadingsView> show_readings(Services& services, const Actor& actor,
                                   const corpus::DocumentId& id);

// Main's labels are the result: accepted, with adjudication.json beside them. conflict while a
// reading is missing, or when they are closed.
Result<corpus::Adjudication> adjudicate(Services& services, const Actor& actor,
                                        const corpus::DocumentId& id);

}  // namespace server
