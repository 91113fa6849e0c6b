#include "server/flow/accept_push.h"

#include <algorithm>
#include <map>
#include <set>

#include "base/clock.h"
#include "base/log.h"
#include "base/text.h"
#include "corpus/comments.h"
#include "corpus/event.h"
#include "corpus/splits.h"
#include "corpus/validate.h"
#include "server/flow/document_files.h"
#include "server/flow/index.h"
#include "server/flow/split.h"
#include "storage/push_log.h"
#include "vcs/diff.h"

namespace server {
namespace {

using corpus::PathInfo;
using corpus::PathKind;

constexpr size_t kMostLines = 50;              // shown to the pusher
constexpr size_t kMostChangedPaths = 200'000;  // of one push
constexpr size_t kMaxGuidelineBytes = size_t{1} << 20;

struct ChangedPath {
  std::string path;
  PathInfo info;
  bool was_there = false;
  bool is_there = false;
};

// The problems of one push, as the pusher will read them.
class Complaints {
 public:
  void add(const std::string& line) {
    if (lines_.size() < kMostLines) lines_.push_back(line);
    ++count_;
  }
  void add(const corpus::Diagnostics& problems) {
    for (const corpus::Diagnostic& problem : problems.list()) add(corpus::to_string(problem));
    count_ += problems.left_out();
  }
  bool empty() const { return count_ == 0; }
  std::string summary() const {
    return count_ == 1 ? "1 problem" : std::to_string(count_) + " problems";
  }
  std::vector<std::string> lines() const {
    std::vector<std::string> lines = lines_;
    if (count_ > lines_.size()) {
      lines.push_back("... and " + std::to_string(count_ - lines_.size()) + " more");
    }
    return lines;
  }

 private:
  std::vector<std::string> lines_;
  size_t count_ = 0;
};

std::string pushable_refs() {
  return "only main can be pushed; send your work with: git push origin HEAD:main";
}

// Judges the update of main from one snapshot to another.
class MainJudge {
 public:
  MainJudge(const Actor& actor, const OpenProject& project, const vcs::Snapshot& before,
            const vcs::Snapshot& after, Complaints& complaints)
      : actor_(actor), project_(project), before_(before), after_(after), complaints_(complaints) {}

  Result<void> judge(const vcs::ObjectReader& objects) {
    TRY(collect(objects));
    for (const ChangedPath& change : changes_) judge_right(change);
    if (!complaints_.empty()) return {};  // what may not be there is not read
    TRY(judge_schema());
    if (!complaints_.empty()) return {};
    for (const ChangedPath& change : changes_) TRY(judge_file(change));
    for (const corpus::DocumentId& id : annotated_) TRY(judge_annotations(id));
    return {};
  }

 private:
  Result<void> collect(const vcs::ObjectReader& objects) {
    return vcs::diff_trees(
        objects, before_.tree(), after_.tree(), [&](const vcs::Change& change) -> Result<bool> {
          if (changes_.size() >= kMostChangedPaths) {
            return base::Error{base::Code::limit, "more than 200000 files are changed"};
          }
          const std::string path(change.path);
          changes_.push_back({path, corpus::classify(path, project_.fan_out),
                              change.before.has_value(), change.after.has_value()});
          return true;
        });
  }

  void judge_right(const ChangedPath& change) {
    if (change.info.kind == PathKind::unknown) {
      complaints_.add(change.path + ": no file of this name belongs here");
      return;
    }
    const auto needed = corpus::permission_to_push(change.info.kind);
    if (!needed) {
      complaints_.add(change.path + ": only the server writes this file");
    } else if (!actor_.may(*needed)) {
      complaints_.add(change.path + ": you may not change this file (it needs " +
                      std::string(corpus::name_of(*needed)) + ")");
    } else if (change.info.document && !is_there(corpus::document_path(corpus::document_dir(
                                           project_.fan_out, *change.info.document)))) {
      complaints_.add(change.path + ": there is no such document; documents come by upload");
    }
  }

  bool is_there(const std::string& path) const {
    const auto entry = after_.entry(path);
    return entry.ok() && entry->has_value();
  }

  // Read first: everything else is held against it.
  Result<void> judge_schema() {
    const auto text = after_.read(corpus::kSchemaPath);
    if (!text.ok()) {
      complaints_.add(std::string(corpus::kSchemaPath) + ": must not be removed");
      return {};
    }
    corpus::Diagnostics problems{std::string(corpus::kSchemaPath)};
    auto schema = corpus::parse_schema(*text, problems);
    complaints_.add(problems);
    if (schema) schema_ = std::move(*schema);
    return {};
  }

  Result<void> judge_file(const ChangedPath& change) {
    switch (change.info.kind) {
      case PathKind::page_annotations:
      case PathKind::document_annotations:
        annotated_.insert(*change.info.document);
        return {};
      case PathKind::comments:
        return judge_comments(change);
      case PathKind::review:
        return judge_review(change);
      case PathKind::split:
      case PathKind::split_members:
        return judge_split(change);
      case PathKind::guideline:
        return judge_guideline(change);
      default:
        return {};
    }
  }

  // Empty if it is not there.
  Result<std::string> text_of(const vcs::Snapshot& snapshot, const std::string& path) const {
    if (!TRY(snapshot.entry(path))) return std::string();
    return snapshot.read(path, corpus::kMaxAnnotationFileBytes);
  }

  Result<void> judge_guideline(const ChangedPath& change) {
    const std::string text = TRY(text_of(after_, change.path));
    if (text.size() > kMaxGuidelineBytes) complaints_.add(change.path + ": longer than 1 MiB");
    if (!base::is_utf8(text)) complaints_.add(change.path + ": not UTF-8");
    return {};
  }

  Result<void> judge_comments(const ChangedPath& change) {
    const auto before = TRY(corpus::read_comments(TRY(text_of(before_, change.path))));
    auto after = corpus::parse_comments(TRY(text_of(after_, change.path)), change.path);
    corpus::check_comment_changes(before, after, actor_.mail(), after.problems);
    complaints_.add(after.problems);
    return {};
  }

  Result<void> judge_review(const ChangedPath& change) {
    const std::string old_text = TRY(text_of(before_, change.path));
    const std::string new_text = TRY(text_of(after_, change.path));
    const corpus::Review before =
        old_text.empty() ? corpus::Review{} : TRY(corpus::parse_review(old_text));
    corpus::Diagnostics problems(change.path);
    const auto after = new_text.empty() ? std::optional(corpus::Review{})
                                        : corpus::parse_review(new_text, problems);
    complaints_.add(problems);
    if (!after) return {};
    base::Error last;
    for (const corpus::Role role : actor_.access.roles) {
      const auto allowed =
          corpus::may_change_review(before, *after, role, actor_.mail(), actor_.project().policy);
      if (allowed.ok()) return {};
      last = allowed.error();
    }
    complaints_.add(change.path + ": " + last.what);
    return {};
  }

  Result<void> judge_split(const ChangedPath& change) {
    corpus::Diagnostics problems(change.path);
    const std::string text = TRY(text_of(after_, change.path));
    if (change.info.kind == PathKind::split) {
      if (change.is_there) (void)corpus::parse_split(text, problems);
    } else {
      (void)corpus::parse_placements(text, change.info.split_shard, problems);
    }
    complaints_.add(problems);
    if (!problems.empty()) return {};
    for (std::string& line : TRY(refuse_broken_locks(before_, after_, change.info.split))) {
      if (told_locks_.insert(line).second) complaints_.add(line);
    }
    return {};
  }

  // All annotation files of the document together: ids and relations cross them.
  Result<void> judge_annotations(const corpus::DocumentId& id) {
    const DocumentFiles files(after_, project_.fan_out, id);
    const corpus::Document document = TRY(files.document());
    std::vector<corpus::AnnotationText> texts;
    for (const AnnotationFile& file : TRY(files.annotation_files())) {
      std::string now = TRY(text_of(after_, file.path));
      std::string before = TRY(text_of(before_, file.path));
      texts.push_back({file.path, file.page, std::move(now), std::move(before)});
    }
    corpus::DocumentContext context;
    context.document = &document;
    context.schema = &schema_;
    context.words_of = [&](corpus::PageNumber page) { return words_of(files, page); };
    for (const corpus::Diagnostics& problems : TRY(corpus::validate_document(context, texts))) {
      complaints_.add(problems);
    }
    return {};
  }

  static Result<std::vector<corpus::Word>> words_of(const DocumentFiles& files,
                                                    corpus::PageNumber page) {
    auto words = files.words(page);
    if (!words.ok() && words.error().code == base::Code::not_found) {
      return std::vector<corpus::Word>{};  // a page that could not be read has none
    }
    return words;
  }

  const Actor& actor_;
  const OpenProject& project_;
  const vcs::Snapshot& before_;
  const vcs::Snapshot& after_;
  Complaints& complaints_;
  std::vector<ChangedPath> changes_;
  std::set<corpus::DocumentId> annotated_;
  std::set<std::string> told_locks_;
  corpus::Schema schema_;
};

bool is_own(const Actor& actor, const std::string& address) {
  const auto& own = actor.access.principal.user.addresses;
  return std::any_of(own.begin(), own.end(), [&](const std::string& known) {
    return base::fold_for_search(known) == base::fold_for_search(address);
  });
}

void judge_authors(const Actor& actor, std::span<const vcs::NewCommit> commits,
                   Complaints& complaints) {
  if (actor.project().policy.import_foreign_authors) return;
  for (const vcs::NewCommit& commit : commits) {
    for (const auto& [role, signature] : {std::pair("author", &commit.commit.author),
                                          std::pair("committer", &commit.commit.committer)}) {
      if (is_own(actor, signature->email)) continue;
      complaints.add("commit " + commit.id.hex().substr(0, 10) + ": the " + role + " <" +
                     signature->email + "> is not you; set it with: git config user.email " +
                     actor.mail());
    }
  }
}

vcs::Verdict judge(const Actor& actor, const OpenProject& project, const vcs::PushView& push) {
  vcs::Verdict verdict;
  for (const vcs::RefCommand& command : push.commands) {
    if (command.ref != kMain) {
      verdict.refused[command.ref] =
          command.ref.starts_with("refs/tags/") ? "tags belong to the server" : "forbidden ref";
      verdict.lines.push_back(pushable_refs());
      continue;
    }
    Complaints complaints;
    judge_authors(actor, push.commits, complaints);
    const auto before = push.before(command);
    const auto after = push.after(command);
    if (!before.ok() || !after.ok()) {
      verdict.refused[command.ref] = "cannot be read";
      continue;
    }
    const auto judged = MainJudge(actor, project, *before, *after, complaints).judge(push.objects);
    if (!judged.ok()) complaints.add(base::to_string(judged.error()));
    if (complaints.empty()) continue;
    verdict.refused[command.ref] = complaints.summary();
    for (std::string& line : complaints.lines()) verdict.lines.push_back(std::move(line));
  }
  return verdict;
}

// Documents whose labels a push changed after they were submitted or accepted are open again.
Result<void> reopen_reviews(Services&, OpenProject& project, const vcs::RefCommand& command) {
  std::set<corpus::DocumentId> changed;
  TRY(vcs::diff_commits(*project.repository, command.before, command.after,
                        [&](const vcs::Change& change) -> Result<bool> {
                          const PathInfo info = corpus::classify(change.path, project.fan_out);
                          if (info.kind == PathKind::page_annotations ||
                              info.kind == PathKind::document_annotations) {
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
      if (corpus::covers(review, TRY(files.annotation_versions()))) continue;
      edits.push_back(
          {corpus::review_path(files.directory()),
           corpus::print_review(corpus::after_edit(review, "annotations were changed by a push"))});
    }
    return edits;
  };
  TRY(project.commits->commit(std::move(request)));
  return {};
}

Result<void> record_push(Services& services, const Actor& actor,
                         std::span<const vcs::AcceptedUpdate> updates) {
  return services.database->write([&](storage::Transaction& tx) -> Result<void> {
    for (const vcs::AcceptedUpdate& update : updates) {
      const auto& command = update.command;
      TRY(storage::PushLog(tx).append({actor.project().id, update.ref,
                                       command.creates() ? "" : command.before.hex(),
                                       command.deletes() ? "" : command.after.hex(), actor.user(),
                                       actor.access.principal.token, base::now_milliseconds()}));
      TRY(audit(tx, actor, "git.push", actor.project().path() + "/" + update.ref,
                base::Json::object({{"commit", command.after.hex()}})));
      TRY(services.events->append(
          tx,
          {.type = std::string(corpus::event_type::kRepositoryPushed),
           .project = actor.project().id,
           .subject = actor.project().path(),
           .data = base::Json::object({{"ref", update.ref}, {"commit", command.after.hex()}})}));
    }
    return {};
  });
}

}  // namespace

vcs::PushHandlers push_handlers(Services& services, const Actor& actor, OpenProject& project) {
  vcs::PushHandlers handlers;
  handlers.validate = [&](const vcs::PushView& push) { return judge(actor, project, push); };
  handlers.accepted = [&](std::span<const vcs::AcceptedUpdate> updates) {
    // The refs are durable: what fails from here on is caught up with later, and only logged.
    const auto done = [&]() -> Result<void> {
      TRY(record_push(services, actor, updates));
      for (const auto& update : updates) TRY(reopen_reviews(services, project, update.command));
      return catch_up(services, project);
    }();
    if (!done.ok()) {
      base::log_error("a push was taken but not indexed", {{"error.message", done.error().what}});
    }
    return std::vector<std::string>{};
  };
  handlers.failed = [](const base::Error& error) {
    base::log_error("a push could not be stored", {{"error.message", error.what}});
  };
  return handlers;
}

}  // namespace server
