#include "corpus/review.h"

#include <algorithm>
#include <array>

#include "base/bytes.h"
#include "corpus/detail/merge_fields.h"
#include "corpus/detail/object_reader.h"
#include "corpus/detail/read_back.h"

namespace corpus {
namespace {

using base::Json;
using detail::ObjectReader;
using detail::Presence;
using S = ReviewState;

constexpr size_t kMaxReviewBytes = size_t{4} << 20;
constexpr size_t kMaxReviewed = 20'000;

const std::array<std::string, 5> kStateNames = {"new", "in_progress", "submitted", "accepted",
                                                "rejected"};

struct Move {
  ReviewState from;
  ReviewState to;
  Permission needs;
  bool judges;  // one's own work only where the policy allows it
};
constexpr std::array<Move, 11> kMoves = {{
    {S::new_, S::in_progress, Permission::annotation_write, false},
    {S::new_, S::submitted, Permission::annotation_submit, false},
    {S::in_progress, S::submitted, Permission::annotation_submit, false},
    {S::submitted, S::in_progress, Permission::annotation_write, false},
    {S::submitted, S::accepted, Permission::review_write, true},
    {S::submitted, S::rejected, Permission::review_write, true},
    {S::accepted, S::in_progress, Permission::annotation_write, false},
    {S::accepted, S::rejected, Permission::review_write, true},
    {S::rejected, S::in_progress, Permission::annotation_write, false},
    {S::rejected, S::submitted, Permission::annotation_submit, false},
    {S::rejected, S::accepted, Permission::review_write, true},
}};

const Move* find_move(ReviewState from, ReviewState to) {
  const auto found = std::find_if(kMoves.begin(), kMoves.end(), [&](const Move& move) {
    return move.from == from && move.to == to;
  });
  return found == kMoves.end() ? nullptr : &*found;
}

// How far along; accepted and rejected are equally far.
int rank(ReviewState state) {
  return std::min(static_cast<int>(state), static_cast<int>(S::accepted));
}

std::string moved(ReviewState from, ReviewState to) {
  return "from " + std::string(name_of(from)) + " to " + std::string(name_of(to));
}

void read_reviewed(ObjectReader& reader, std::map<std::string, std::string>& out) {
  const Json* reviewed = reader.object("reviewed");
  if (reviewed == nullptr) return;
  if (reviewed->as_object()->size() > kMaxReviewed) {
    reader.refuse(reviewed->at(), "\"reviewed\" names too many files");
    return;
  }
  for (const auto& member : *reviewed->as_object()) {
    const std::string* blob = member.value.as_string();
    const bool is_id = blob && (base::is_lower_hex(*blob, 40) || base::is_lower_hex(*blob, 64));
    if (!is_id) {
      reader.refuse(member.value.at(), "expected the id of a git blob: 40 or 64 digits");
    } else {
      out.emplace(member.key, *blob);
    }
  }
}

base::Error denied(std::string what) {
  return {base::Code::denied, std::move(what)};
}

// Who is named by the new state, and that nobody else's name changed.
base::Result<void> check_names(const Review& before, const Review& after, std::string_view person) {
  const bool submits = after.state == S::submitted && before.state != S::submitted;
  const bool judges =
      before.state != after.state && (after.state == S::accepted || after.state == S::rejected);
  if (submits && after.submitted_by != person) {
    return denied("\"submitted_by\" must name the one who submits");
  }
  if (judges && after.reviewer != person) {
    return denied("\"reviewer\" must name the one who accepts or rejects");
  }
  if (!submits && !after.submitted_by.empty() && after.submitted_by != before.submitted_by) {
    return denied("\"submitted_by\" changes only when the document is submitted");
  }
  if (!judges && !after.reviewer.empty() && after.reviewer != before.reviewer) {
    return denied("\"reviewer\" changes only when the document is accepted or rejected");
  }
  return {};
}

}  // namespace

std::string_view name_of(ReviewState state) {
  return kStateNames[static_cast<size_t>(state)];
}

std::optional<ReviewState> parse_review_state(std::string_view name) {
  for (size_t i = 0; i < kStateNames.size(); ++i) {
    if (kStateNames[i] == name) return static_cast<ReviewState>(i);
  }
  return std::nullopt;
}

std::optional<Review> parse_review(std::string_view text, Diagnostics& problems) {
  const size_t before = problems.count();
  const auto json = detail::parse_object_text(text, kMaxReviewBytes, problems);
  if (!json) return std::nullopt;
  Review out;
  ObjectReader reader(*json, problems);
  reader.word("state", parse_review_state, kStateNames, out.state, Presence::required);
  reader.text("submitted_by", out.submitted_by);
  reader.text("reviewer", out.reviewer);
  read_reviewed(reader, out.reviewed);
  reader.text("reason", out.reason);
  out.extra = reader.finish();
  if (problems.count() != before) return std::nullopt;
  return out;
}

base::Result<Review> parse_review(std::string_view text) {
  return detail::first_problem_of<Review>(
      [&](Diagnostics& problems) { return parse_review(text, problems); });
}

base::Json to_json(const Review& review) {
  Json out = Json::object({{"state", name_of(review.state)}});
  detail::set_text(out, "submitted_by", review.submitted_by);
  detail::set_text(out, "reviewer", review.reviewer);
  if (!review.reviewed.empty()) {
    Json reviewed = Json::object();
    for (const auto& [path, blob] : review.reviewed) reviewed.set(path, blob);
    out.set("reviewed", std::move(reviewed));
  }
  detail::set_text(out, "reason", review.reason);
  detail::add_extra(out, review.extra);
  return out;
}

std::string print_review(const Review& review) {
  return to_json(review).print() + '\n';
}

base::Result<std::string> write_review(const Review& review) {
  return detail::if_readable(print_review(review),
                             [](std::string_view text) { return parse_review(text); });
}

base::Result<void> may_move(ReviewState from, ReviewState to, Role role, Work work,
                            const ProjectPolicy& policy) {
  if (from == to) return {};
  const Move* move = find_move(from, to);
  if (move == nullptr) {
    return base::Error{base::Code::conflict, "a document does not go " + moved(from, to)};
  }
  if (!allows(role, move->needs, policy)) {
    return denied("the role " + std::string(name_of(role)) + " may not take a document " +
                  moved(from, to));
  }
  if (move->judges && work == Work::own && !policy.self_review) {
    return denied("this project lets nobody accept or reject work of their own");
  }
  return {};
}

base::Result<void> may_change_review(const Review& before, const Review& after, Role role,
                                     std::string_view person, const ProjectPolicy& policy) {
  const Work work = before.submitted_by == person ? Work::own : Work::of_others;
  TRY(may_move(before.state, after.state, role, work, policy));
  TRY(check_names(before, after, person));
  const bool judged = after.state == S::accepted || after.state == S::rejected;
  if (before.state == after.state && judged && before != after &&
      !allows(role, Permission::review_write, policy)) {
    return denied("the role " + std::string(name_of(role)) + " may not change a verdict");
  }
  return {};
}

bool covers(const Review& review, const std::map<std::string, std::string>& blobs) {
  return review.reviewed == blobs;
}

Review after_verdicts(Review review, const std::string& path, std::string_view blob) {
  const auto reviewed = review.reviewed.find(path);
  if (reviewed != review.reviewed.end()) reviewed->second = blob;
  return review;
}

Review after_edit(Review review, std::string_view reason) {
  if (review.state != S::submitted && review.state != S::accepted) return review;
  review.state = S::in_progress;
  review.reason = reason;
  review.reviewer.clear();
  review.reviewed.clear();
  return review;
}

ReviewMerge merge_reviews(const Review& base, const Review& ours, const Review& theirs) {
  if (ours == theirs || theirs == base) return {ours, {}};
  if (ours == base) return {theirs, {}};
  const int ours_rank = rank(ours.state);
  const int theirs_rank = rank(theirs.state);
  if (ours_rank != theirs_rank) {
    const bool back = std::min(ours_rank, theirs_rank) < rank(base.state);
    return {(ours_rank < theirs_rank) == back ? ours : theirs, {}};
  }
  std::vector<Conflict> conflicts;
  const auto merged =
      detail::merge_fields(detail::fields_of(to_json(base)), detail::fields_of(to_json(ours)),
                           detail::fields_of(to_json(theirs)), "", conflicts);
  auto review = parse_review(detail::object_of(merged).print());
  return {review.ok() ? std::move(review).value() : ours, std::move(conflicts)};
}

}  // namespace corpus
