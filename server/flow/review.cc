#include "server/flow/review.h"

#include <set>

#include "corpus/verdicts.h"
#include "server/flow/document_files.h"
#include "server/flow/index.h"
#include "server/flow/readings.h"
#include "vcs/diff.h"

namespace server {
namespace {

// The most that any of the actor's roles allows.
Result<void> may_move(const Actor& actor, const corpus::Review& review, corpus::ReviewState to) {
  const auto work =
      review.submitted_by == actor.mail() ? corpus::Work::own : corpus::Work::of_others;
  Result<void> answer = base::Error{base::Code::denied, "no role"};
  for (const corpus::Role role : actor.access.roles) {
    answer = corpus::may_move(review.state, to, role, work, actor.project().policy);
    if (answer.ok()) return answer;
  }
  return answer;
}

Result<corpus::Review> moved(const DocumentFiles& files, const Actor& actor,
                             const ReviewMove& move) {
  corpus::Review review = TRY(files.review());
  if (review.state == move.to) return review;
  TRY(may_move(actor, review, move.to));
  review.state = move.to;
  review.reason = move.reason;
  if (move.to == corpus::ReviewState::submitted) {
    review.submitted_by = actor.mail();
    review.reviewer.clear();
  }
  const bool judged =
      move.to == corpus::ReviewState::accepted || move.to == corpus::ReviewState::rejected;
  if (judged) review.reviewer = actor.mail();
  review.reviewed.clear();
  if (judged || move.to == corpus::ReviewState::submitted) {
    review.reviewed = TRY(files.annotation_versions());
  }
  return review;
}

// The annotations of a version (a blob id, hex); nothing if they cannot be read.
std::optional<std::vector<corpus::Annotation>> annotations_in(const OpenProject& project,
                                                              const std::string& version) {
  const auto id = vcs::ObjectId::from_hex(version);
  if (!id.ok()) return std::nullopt;
  const auto text = vcs::read_object_of(*project.repository, vcs::ObjectKind::blob, *id,
                                        corpus::kMaxAnnotationFileBytes);
  if (!text.ok()) return std::nullopt;
  auto annotations = corpus::read_annotations(*text);
  return annotations.ok() ? std::optional(std::move(annotations).value()) : std::nullopt;
}

// Whether today's file is the one that was looked at, but for verdicts.
bool is_only_judged(const OpenProject& project, const std::string& reviewed,
                    const std::string& today) {
  const auto before = annotations_in(project, reviewed);
  const auto after = annotations_in(project, today);
  return before && after && corpus::same_but_for_verdicts(*before, *after);
}

Result<corpus::Review> review_after_push(const OpenProject& project, const DocumentFiles& files,
                                         const corpus::Review& review) {
  const auto today = TRY(files.annotation_versions());
  corpus::Review judged = review;
  for (const auto& [path, id] : today) {
    const auto reviewed = review.reviewed.find(path);
    if (reviewed == review.reviewed.end()) break;
    if (reviewed->second == id || !is_only_judged(project, reviewed->second, id)) continue;
    judged = corpus::after_verdicts(std::move(judged), path, id);
  }
  if (corpus::covers(judged, today)) return judged;
  return corpus::after_edit(review, "annotations were changed by a push");
}

}  // namespace

Result<void> reopen_changed(OpenProject& project, const vcs::ObjectId& before,
                            const vcs::ObjectId& after) {
  std::set<corpus::DocumentId> changed;
  TRY(vcs::diff_commits(
      *project.repository, before, after, [&](const vcs::Change& change) -> Result<bool> {
        const corpus::PathInfo info = corpus::classify(change.path, project.fan_out);
        if (info.kind == corpus::PathKind::page_annotations ||
            info.kind == corpus::PathKind::document_annotations) {
          changed.insert(*info.document);
        }
        return true;
      }));
  if (changed.empty()) return {};
  vcs::CommitRequest request;
  request.author = request.committer = server_signature();
  request.message = "Reopen documents that were changed\n";
  request.make = [&](const vcs::Snapshot& tip) -> Result<std::vector<vcs::Edit>> {
    std::vector<vcs::Edit> edits;
    for (const corpus::DocumentId& id : changed) {
      const DocumentFiles files(tip, project.fan_out, id);
      const corpus::Review review = TRY(files.review());
      if (review.state != corpus::ReviewState::submitted &&
          review.state != corpus::ReviewState::accepted) {
        continue;
      }
      const corpus::Review now = TRY(review_after_push(project, files, review));
      if (now == review) continue;
      edits.push_back({corpus::review_path(files.directory()), corpus::print_review(now)});
    }
    return edits;
  };
  TRY(project.commits->commit(std::move(request)));
  return {};
}

Result<corpus::Review> read_review(const OpenProject& project, const std::string& branch,
                                   const corpus::DocumentId& id) {
  const vcs::Snapshot tip = TRY(project.tip(branch));
  const DocumentFiles files(tip, project.fan_out, id);
  TRY(files.document());
  return files.review();
}

Result<corpus::Review> move_review(Services& services, const Actor& actor, const ReviewMove& move) {
  const auto project = TRY(services.catalog->open(actor.project()));
  corpus::Review review;
  vcs::CommitRequest request;
  request.author = request.committer = signature_of(actor);
  request.message =
      "Mark " + move.document.hex + " as " + std::string(corpus::name_of(move.to)) + "\n";
  request.make = [&](const vcs::Snapshot& tip) -> Result<std::vector<vcs::Edit>> {
    const DocumentFiles files(tip, project->fan_out, move.document);
    TRY(files.document());
    review = TRY(moved(files, actor, move));
    std::string text = TRY(corpus::write_review(review));
    return std::vector<vcs::Edit>{{corpus::review_path(files.directory()), std::move(text)}};
  };
  TRY(commit_labels(services, actor, *project, move.document, std::move(request)));
  TRY(catch_up(services, *project));
  TRY(services.database->write([&](storage::Transaction& tx) -> Result<void> {
    TRY(note_reading(tx, actor, move.document,
                     move.to == corpus::ReviewState::submitted ? storage::ReadingState::submitted
                                                               : storage::ReadingState::open));
    return audit(tx, actor, "review.move", document_subject(actor.project(), move.document.hex),
                 base::Json::object({{"state", corpus::name_of(move.to)}}));
  }));
  return review;
}

namespace {

// The move of one document among many: nothing to write where it is there already.
Result<std::optional<vcs::Edit>> move_one(const Actor& actor, const OpenProject& project,
                                          const vcs::Snapshot& tip, const ReviewMove& move) {
  const DocumentFiles files(tip, project.fan_out, move.document, project.parsed.get());
  TRY(files.shared_document());
  const corpus::Review before = TRY(files.review());
  const corpus::Review after = TRY(moved(files, actor, move));
  if (after == before) return std::optional<vcs::Edit>();
  std::string text = TRY(corpus::write_review(after));
  return std::optional<vcs::Edit>({corpus::review_path(files.directory()), std::move(text)});
}

// Each reading has a branch of its own, so that these are as many commits.
std::vector<ReviewOutcome> move_readings(Services& services, const Actor& actor,
                                         const std::vector<corpus::DocumentId>& documents,
                                         corpus::ReviewState to, const std::string& reason) {
  std::vector<ReviewOutcome> outcomes;
  for (const corpus::DocumentId& id : documents) {
    const auto moved = move_review(services, actor, {id, to, reason});
    outcomes.push_back({id, moved.ok() ? std::nullopt : std::optional(moved.error())});
  }
  return outcomes;
}

}  // namespace

Result<std::vector<ReviewOutcome>> move_reviews(Services& services, const Actor& actor,
                                                const std::vector<corpus::DocumentId>& documents,
                                                corpus::ReviewState to, const std::string& reason) {
  if (reads_blind(actor)) return move_readings(services, actor, documents, to, reason);
  const auto project = TRY(services.catalog->open(actor.project()));
  std::vector<ReviewOutcome> outcomes;
  vcs::CommitRequest request;
  request.author = request.committer = signature_of(actor);
  request.message = "Mark " + std::to_string(documents.size()) + " documents as " +
                    std::string(corpus::name_of(to)) + "\n";
  request.make = [&](const vcs::Snapshot& tip) -> Result<std::vector<vcs::Edit>> {
    outcomes.clear();
    std::vector<vcs::Edit> edits;
    for (const corpus::DocumentId& id : documents) {
      auto edit = move_one(actor, *project, tip, {id, to, reason});
      outcomes.push_back({id, {}});
      if (!edit.ok()) {
        outcomes.back().refusal = edit.error();
      } else if (*edit) {
        edits.push_back(std::move(**edit));
      }
    }
    return edits;
  };
  TRY(project->commits->commit(std::move(request)));
  TRY(catch_up(services, *project, [&](storage::Transaction& tx) -> Result<void> {
    for (const ReviewOutcome& outcome : outcomes) {
      if (outcome.refusal) continue;
      TRY(audit(tx, actor, "review.move", document_subject(actor.project(), outcome.document.hex),
                base::Json::object({{"state", corpus::name_of(to)}})));
    }
    return {};
  }));
  return outcomes;
}

}  // namespace server
