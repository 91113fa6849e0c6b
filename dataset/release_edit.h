// A release told by what changed since the one before: most documents are as they were, so their
// lines of the manifest are passed on as they stand, and sums follow from the difference.
//
//   std::vector<RecordEdit> edits = ...;                       // ascending; what each is now
//   TRY(find_before(reader, edits));                           // what each was
//   ManifestHeader header = reader.header();
//   apply_edits(edits, header.totals);
//   TRY(splice_manifest(another_reader, header, edits, sink));
//
// The result is byte for byte what print_header() and print_record() give of all records. Pure but
// for the readers; memory follows the number of edits.
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "dataset/manifest.h"
#include "dataset/release.h"
#include "dataset/release_figures.h"

namespace dataset {

struct RecordEdit {
  corpus::DocumentId id;
  std::optional<ManifestRecord> before = {};  // none: it was not in the release
  std::optional<ManifestRecord> after = {};   // none: it is not in it any more
};

// Notes what each was in the older release, which is read to its end, and drops those that are the
// same. The edits ascend by id.
base::Result<void> find_before(ManifestReader& older, std::vector<RecordEdit>& edits);

void apply_edits(std::span<const RecordEdit> edits, ManifestTotals& totals);
// But for the words, whose files are not looked at here.
void apply_edits(std::span<const RecordEdit> edits, ReleaseFigures& figures);

// As compare_releases() tells it of all records, `documents` in the older release.
base::Result<ReleaseChange> compare_edits(std::span<const RecordEdit> edits, uint64_t documents,
                                          const TakeChange& take = {});

// The whole file: the header, then all records in their order.
using TextSink = std::function<base::Result<void>(std::string_view chunk)>;
base::Result<void> splice_manifest(ManifestReader& older, const ManifestHeader& header,
                                   std::span<const RecordEdit> edits, const TextSink& sink);

}  // namespace dataset
