// Brings what one state of the project changed since a common one onto another state: file by file,
// inside annotations, comments, reviews and the schema by id and field (corpus/merge.h). What a
// push that is behind, a rebase and a proposal share.
//
//   vcs::ObjectOverlay objects(*project.repository);
//   const StateMerge merge = TRY(merge_states(project.fan_out, {base, pushed, main}, objects));
//   if (merge.clashes.empty()) commit(merge.tree);
//
// The cost follows what `ours` changed. Nothing is written but to the overlay.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "corpus/layout.h"
#include "vcs/object_reader.h"

namespace server {

using base::Result;

// Trees, not commits.
struct MergeSides {
  vcs::ObjectId base;
  vcs::ObjectId ours;    // whose changes are brought
  vcs::ObjectId theirs;  // the state that they are brought onto
};

struct StateMerge {
  vcs::ObjectId tree;  // `theirs` with our changes; of no use if there are clashes
  // What both sides changed in different ways, one line each: file, page, annotation, field and
  // both values; and files that would hold too much. For the eyes of the one who merges, never for
  // a log.
  std::vector<std::string> clashes;
  // What was left out because it would not be true any more: a review of labels that have changed.
  std::vector<std::string> notes;
};

// Whether our change of a path is wanted; all are without one.
using WantsPath = std::function<bool(std::string_view path, const corpus::PathInfo& info)>;

// Code::invalid if a file that must be merged cannot be read; the message names it.
Result<StateMerge> merge_states(const corpus::FanOut& fan_out, const MergeSides& sides,
                                vcs::ObjectOverlay& objects, const WantsPath& wants = {});

}  // namespace server
