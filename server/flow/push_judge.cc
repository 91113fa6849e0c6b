#include "server/flow/push_judge.h"

#include <algorithm>
#include <map>
#include <set>

#include "base/text.h"
#include "corpus/comments.h"
#include "corpus/file_form.h"
#include "corpus/validate.h"
#include "corpus/verdicts.h"
#include "server/flow/document_files.h"
#include "server/flow/lfs.h"
#include "server/flow/split.h"
#include "vcs/diff.h"

namespace server {
namespace {

using corpus::PathInfo;
using corpus::PathKind;

constexpr size_t kMostLines = 50;              // shown to the pusher
constexpr size_t kMostChangedPaths = 200'000;  // of one push

struct ChangedPath {
  std::string path;
  PathInfo info;
  bool was_there = false;
  bool is_there = false;
};

// Judges the update of main from one snapshot to another.
class MainJudge {
 public:
  MainJudge(const Actor& actor, const OpenProject& project, const vcs::Snapshot& before,
            const vcs::Snapshot& after, Complaints& complaints, const std::string& writer)
      : actor_(actor),
        project_(project),
        before_(before),
        after_(after),
        complaints_(complaints),
        writer_(writer.empty() ? actor.mail() : writer) {}

  Result<void> judge(const vcs::ObjectReader& objects) {
    TRY(collect(objects));
    for (const ChangedPath& change : changes_) TRY(judge_right(change));
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

  Result<void> judge_right(const ChangedPath& change) {
    const auto objection = TRY(objection_to(actor_, project_, after_, change.path, change.info));
    if (objection) complaints_.add(*objection);
    return {};
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
      case PathKind::attachment:
        complaints_.add(TRY(form_of(change)));
        return {};
      default:
        return {};
    }
  }

  // Empty if it is not there.
  Result<std::string> text_of(const vcs::Snapshot& snapshot, const std::string& path) const {
    if (!TRY(snapshot.entry(path))) return std::string();
    return snapshot.read(path, corpus::kMaxAnnotationFileBytes);
  }

  Result<corpus::Diagnostics> form_of(const ChangedPath& change) const {
    if (!change.is_there) return corpus::Diagnostics(change.path);
    return corpus::check_form(change.info, change.path, TRY(text_of(after_, change.path)));
  }

  Result<void> judge_comments(const ChangedPath& change) {
    const auto before = TRY(corpus::read_comments(TRY(text_of(before_, change.path))));
    auto after = corpus::parse_comments(TRY(text_of(after_, change.path)), change.path);
    corpus::check_comment_changes(before, after, writer_, after.problems);
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
    const corpus::Diagnostics problems = TRY(form_of(change));
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
    return judge_verdicts(id, texts);
  }

  Result<void> judge_verdicts(const corpus::DocumentId& id,
                              const std::vector<corpus::AnnotationText>& texts) {
    if (actor_.may(corpus::Permission::review_write)) return {};
    corpus::KnownVerdicts known;
    for (const AnnotationFile& file :
         TRY(DocumentFiles(before_, project_.fan_out, id).annotation_files())) {
      known.add(corpus::parse_annotations(TRY(text_of(before_, file.path))).values());
    }
    for (const corpus::AnnotationText& text : texts) {
      corpus::Diagnostics problems(text.path);
      known.check(corpus::parse_annotations(text.text).lines, problems);
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
  const std::string& writer_;  // of comments
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

}  // namespace

void Complaints::add(const std::string& line) {
  if (lines_.size() < kMostLines) lines_.push_back(line);
  ++count_;
}

void Complaints::add(const corpus::Diagnostics& problems) {
  for (const corpus::Diagnostic& problem : problems.list()) add(corpus::to_string(problem));
  count_ += problems.left_out();
}

std::string Complaints::summary() const {
  return count_ == 1 ? "1 problem" : std::to_string(count_) + " problems";
}

std::vector<std::string> Complaints::lines() const {
  std::vector<std::string> lines = lines_;
  if (count_ > lines_.size()) {
    lines.push_back("... and " + std::to_string(count_ - lines_.size()) + " more");
  }
  if (!hint_.empty()) lines.push_back(hint_);
  return lines;
}

Result<void> judge_main(const Actor& actor, const OpenProject& project, const vcs::Snapshot& before,
                        const vcs::Snapshot& after, const vcs::ObjectReader& objects,
                        Complaints& complaints, const std::string& writer) {
  return MainJudge(actor, project, before, after, complaints, writer).judge(objects);
}

Result<std::optional<std::string>> objection_to(const Actor& actor, const OpenProject& project,
                                                const vcs::Snapshot& after, const std::string& path,
                                                const corpus::PathInfo& info) {
  using Objection = std::optional<std::string>;
  if (info.kind == PathKind::unknown) {
    return Objection(path + ": no file of this name belongs here");
  }
  if (info.kind == PathKind::attachment && !uses_lfs(actor.project())) {
    return Objection(path + ": " + kLfsIsOff);
  }
  const auto needed = corpus::permission_to_push(info.kind);
  if (!needed) return Objection(path + ": only the server writes this file");
  if (!actor.may(*needed)) {
    return Objection(path + ": you may not change this file (it needs " +
                     std::string(corpus::name_of(*needed)) + ")");
  }
  if (!info.document) return Objection();
  const auto directory = corpus::document_dir(project.fan_out, *info.document);
  if (TRY(after.entry(corpus::document_path(directory)))) return Objection();
  return Objection(path + ": there is no such document; documents come by upload");
}

std::string name_of(const vcs::NewCommit& commit) {
  return "commit " + commit.id.hex().substr(0, 10);
}

void judge_authors(const Actor& actor, std::span<const vcs::NewCommit> commits,
                   Complaints& complaints) {
  if (actor.project().policy.import_foreign_authors) return;
  for (const vcs::NewCommit& commit : commits) {
    for (const auto& [role, signature] : {std::pair("author", &commit.commit.author),
                                          std::pair("committer", &commit.commit.committer)}) {
      if (is_own(actor, signature->email)) continue;
      complaints.add(name_of(commit) + ": the " + role + " <" + signature->email +
                     "> is not you; set it with: git config user.email " + actor.mail());
    }
  }
}

}  // namespace server
