// Three-way merge of what people edit: by id and by field, never by line of text. The same code
// serves a save in the browser, the merge of a push on the server, and `glossator merge-driver`.
//
//   AnnotationMerge m = merge_annotations(base, ours, theirs);
//   if (m.conflicts.empty()) save(print_annotations(m.merged));
//   else ask(m.conflicts);    // each: which annotation, which field, base, mine, theirs
//
// Different annotations always merge; the same one merges field by field, attributes name by
// name. One side's deletion against the other's change is a conflict, and so is deleting what the
// other side made a relation to. Where there is a conflict, `merged` holds our value (or the one
// that is left), so nothing that either side added is ever missing in it.
//
// Laws: merge(b,a,b) = a; merge(b,a,a) = a; merge(b,x,y) and merge(b,y,x) have the same
// conflicts mirrored, and the same result if there are none.
//
// Plain values, pure functions, safe from any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "corpus/annotation.h"
#include "corpus/comments.h"
#include "corpus/layout.h"
#include "corpus/review.h"
#include "corpus/schema.h"

namespace corpus {

// Two sides that want different things. Absent values are null.
struct Conflict {
  std::string id;     // of the annotation or comment; "labels/total" in a schema; else empty
  std::string field;  // a key, "attributes.currency", or empty: the thing as a whole
  base::Json base;
  base::Json ours;
  base::Json theirs;

  bool operator==(const Conflict&) const = default;
};
base::Json to_json(const Conflict& conflict);

struct AnnotationMerge {
  std::vector<Annotation> merged;   // sorted by id
  std::vector<Conflict> conflicts;  // sorted by id, then by field
};
AnnotationMerge merge_annotations(const std::vector<Annotation>& base,
                                  const std::vector<Annotation>& ours,
                                  const std::vector<Annotation>& theirs);

// The file of such a merge, as write_annotations makes it. `theirs` was read from a file of the
// repository: what still stands there unchanged is not read back once more.
base::Result<std::string> write_merged(const std::vector<Annotation>& merged,
                                       const std::vector<Annotation>& theirs);

struct CommentMerge {
  std::vector<Comment> merged;
  std::vector<Conflict> conflicts;
};
CommentMerge merge_comments(const std::vector<Comment>& base, const std::vector<Comment>& ours,
                            const std::vector<Comment>& theirs);

// By the state machine: of two steps forward the further one wins, a step back (an edit after
// submission or acceptance reopens) wins over any step forward; accepted against rejected is a
// conflict.
struct ReviewMerge {
  Review merged;
  std::vector<Conflict> conflicts;
};
ReviewMerge merge_reviews(const Review& base, const Review& ours, const Review& theirs);

// By name in each list, field by field.
struct SchemaMerge {
  Schema merged;
  std::vector<Conflict> conflicts;
};
SchemaMerge merge_schemas(const Schema& base, const Schema& ours, const Schema& theirs);

// Any file of the repository; no text means that the file is not there.
struct FileMerge {
  enum class Outcome {
    merged,       // `text` is the result
    conflicts,    // `text` is the result with our values; `marked` shows both sides to people
    unmergeable,  // files of this kind are taken whole: one side must be chosen
  };
  Outcome outcome = Outcome::merged;
  std::optional<std::string> text;  // nothing: the file is gone
  std::string marked;  // `text` with git's conflict markers around the lines in question
  std::vector<Conflict> conflicts;
};
// Code::invalid if a text of a mergeable kind cannot be read; the message says whose. Code::limit
// if both sides together are more than a file may hold.
base::Result<FileMerge> merge_file(PathKind kind, std::optional<std::string_view> base,
                                   std::optional<std::string_view> ours,
                                   std::optional<std::string_view> theirs);

}  // namespace corpus
