// review.json: how far the labels of a document are, and who says so (docs/formats/review.md).
// No file means new. One state machine, for the browser, for a push and for a merge:
//
//     new -> in_progress -> submitted -> accepted
//      \________^    ^  ^___/   |  \---> rejected      accepted <-> rejected: a second look
//                     \_________|__________/           accepted -> in_progress: reopened
//
// Plain values, pure functions, safe from any thread.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "corpus/access.h"
#include "corpus/annotation.h"
#include "corpus/diagnostic.h"

namespace corpus {

enum class ReviewState { new_, in_progress, submitted, accepted, rejected };
std::string_view name_of(ReviewState state);
std::optional<ReviewState> parse_review_state(std::string_view name);

// People are named by the address with which they sign their commits.
struct Review {
  ReviewState state = ReviewState::new_;
  std::string submitted_by;
  std::string reviewer;
  // What was looked at: path below the document's directory -> git blob id (40 or 64 digits).
  std::map<std::string, std::string> reviewed;
  std::string reason;  // why it was rejected or reopened
  JsonMap extra;

  bool operator==(const Review&) const = default;
};

base::Result<Review> parse_review(std::string_view text);
std::optional<Review> parse_review(std::string_view text, Diagnostics& problems);
std::string print_review(const Review& review);
// What may be committed: the same, read back before it is handed out.
base::Result<std::string> write_review(const Review& review);
base::Json to_json(const Review& review);

// Whose labels are being judged.
enum class Work { own, of_others };

// Whether this role may take the document from one state to another. Code::denied if the role or
// the policy forbids it, Code::conflict if there is no such move at all. Staying is no move and
// always allowed.
base::Result<void> may_move(ReviewState from, ReviewState to, Role role, Work work,
                            const ProjectPolicy& policy);

// The whole change of a file in a push by `person`: the move, and that reviewer and submitted_by
// name the one who moves and are otherwise left alone.
base::Result<void> may_change_review(const Review& before, const Review& after, Role role,
                                     std::string_view person, const ProjectPolicy& policy);

// Whether the blobs of today are the ones that were reviewed.
bool covers(const Review& review, const std::map<std::string, std::string>& blobs);
// After verdicts on annotations of a file that is `blob` now: the document is as far as it was, and
// with its verdicts the file is still the one that was looked at. `path` is below the document's
// directory, as in `reviewed`.
Review after_verdicts(Review review, const std::string& path, std::string_view blob);
// After an edit: submitted and accepted documents are in progress again, with the reason.
Review after_edit(Review review, std::string_view reason);

}  // namespace corpus
