// How a project stands, in numbers that are kept as things happen: asking costs the same however
// many documents there are.
//
//   TRY(OverviewTable(tx).note({project, user, Deed::submitted}, now));
//   const auto standing = TRY(OverviewTable(tx).documents(project));
//
// Counts of documents and pages are derived, what people did is original. A view of one
// transaction, as all tables.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "corpus/document.h"
#include "storage/document_table.h"

namespace storage {

// Documents in one state.
struct Standing {
  DocumentState state = DocumentState::uploaded;
  std::string review_state;  // empty: not in git yet
  std::string failure_code;  // empty: nothing failed
  int64_t documents = 0;
  bool operator==(const Standing&) const = default;
};

// Pages of one kind of scan, read about equally surely.
struct PageStanding {
  std::string quality;  // as corpus::verdict_of; empty: not known
  int twentieth = -1;   // of the mean confidence of its words, 0 to 19; -1: no words
  int64_t pages = 0;
  bool operator==(const PageStanding&) const = default;
};

enum class Deed { uploaded, saved, pushed, submitted, accepted, rejected };
std::string_view name_of(Deed deed);

struct Activity {
  int64_t day = 0;  // since 1970, UTC
  UserId user;      // none: nobody who is known here
  std::string name;
  std::string deed;
  int64_t amount = 0;
  bool operator==(const Activity&) const = default;
};

inline constexpr base::Milliseconds kMillisecondsOfDay = 86'400'000;

// Of the submitted documents of each annotator, one of so many is drawn for a second look.
inline constexpr int64_t kSampledOneOf = 10;

class OverviewTable {
 public:
  explicit OverviewTable(Transaction& tx) : tx_(tx) {}

  Result<std::vector<Standing>> documents(ProjectId project);
  Result<std::vector<PageStanding>> pages(ProjectId project);

  Result<void> note(ProjectId project, UserId user, Deed deed, base::Milliseconds now,
                    int64_t amount = 1);
  // From that day on, by day.
  Result<std::vector<Activity>> activity(ProjectId project, int64_t from_day);

  // After note(submitted): draws the document for a second look, or not. Of each ten of an
  // annotator exactly one is drawn, and nobody can tell before which.
  Result<void> draw_sample(ProjectId project, const corpus::DocumentId& document, UserId submitter);

 private:
  Transaction& tx_;
};

}  // namespace storage
