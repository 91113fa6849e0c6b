#include "dataset/release_edit.h"

#include <algorithm>

namespace dataset {

using base::Result;

namespace {

// The records of one side of the edits.
NextRecord records_of(std::span<const RecordEdit> edits,
                      std::optional<ManifestRecord> RecordEdit::*side) {
  return [edits, side, at = size_t{0}]() mutable -> Result<std::optional<ManifestRecord>> {
    while (at < edits.size() && !(edits[at].*side)) ++at;
    if (at == edits.size()) return std::optional<ManifestRecord>();
    return edits[at++].*side;
  };
}

}  // namespace

Result<void> find_before(ManifestReader& older, std::vector<RecordEdit>& edits) {
  auto edit = edits.begin();
  while (const auto line = TRY(older.next_line())) {
    while (edit != edits.end() && edit->id < line->id) ++edit;
    if (edit == edits.end() || line->id < edit->id) continue;
    edit->before = TRY(parse_record(line->text));
  }
  std::erase_if(edits, [](const RecordEdit& e) { return e.before == e.after; });
  return {};
}

void apply_edits(std::span<const RecordEdit> edits, ManifestTotals& totals) {
  for (const RecordEdit& edit : edits) {
    if (edit.before) totals.remove(*edit.before);
    if (edit.after) totals.add(*edit.after);
  }
}

void apply_edits(std::span<const RecordEdit> edits, ReleaseFigures& figures) {
  for (const RecordEdit& edit : edits) {
    if (edit.before) figures.remove(*edit.before);
    if (edit.after) figures.add(*edit.after);
  }
}

Result<ReleaseChange> compare_edits(std::span<const RecordEdit> edits, uint64_t documents,
                                    const TakeChange& take) {
  const auto before = records_of(edits, &RecordEdit::before);
  const auto after = records_of(edits, &RecordEdit::after);
  ReleaseChange change = TRY(compare_releases(before, after, take));
  const auto looked_at = std::count_if(edits.begin(), edits.end(),
                                       [](const RecordEdit& e) { return e.before.has_value(); });
  change.unchanged += documents - static_cast<uint64_t>(looked_at);
  return change;
}

Result<void> splice_manifest(ManifestReader& older, const ManifestHeader& header,
                             std::span<const RecordEdit> edits, const TextSink& sink) {
  const auto put = [&](const RecordEdit& edit) -> Result<void> {
    return edit.after ? sink(print_record(*edit.after)) : Result<void>();
  };
  TRY(sink(print_header(header)));
  auto edit = edits.begin();
  while (const auto line = TRY(older.next_line())) {
    while (edit != edits.end() && edit->id < line->id) TRY(put(*edit++));
    const bool is_replaced = edit != edits.end() && edit->id == line->id;
    if (!is_replaced) TRY(sink(line->text));
  }
  while (edit != edits.end()) TRY(put(*edit++));
  return {};
}

}  // namespace dataset
