#include "server/flow/annotate.h"

#include <set>

#include "corpus/validate.h"
#include "corpus/verdicts.h"
#include "server/flow/document_files.h"
#include "server/flow/index.h"

namespace server {
namespace {

const vcs::ObjectId& empty_version() {
  static const vcs::ObjectId id = vcs::object_id_of(vcs::ObjectKind::blob, "");
  return id;
}

std::string path_of(const DocumentFiles& files, corpus::PageNumber page) {
  return page == 0 ? corpus::document_annotations_path(files.directory())
                   : corpus::page_annotations_path(files.directory(), page);
}

Result<void> require_page(const corpus::Document& document, corpus::PageNumber page) {
  if (page <= document.pages.size()) return {};
  return base::Error{base::Code::not_found,
                     "the document has " + std::to_string(document.pages.size()) + " pages"};
}

// The annotations as sent, with the places of their values; problems of form are noted.
std::vector<corpus::AnnotationLine> lines_of(const base::Json& list,
                                             corpus::Diagnostics& problems) {
  std::vector<corpus::AnnotationLine> lines;
  std::set<corpus::AnnotationId> seen;
  if (list.as_array()->size() > corpus::kMaxAnnotationsPerFile) {
    problems.add(list.at(), "a page has at most " + std::to_string(corpus::kMaxAnnotationsPerFile) +
                                " annotations");
    return lines;
  }
  for (const base::Json& item : *list.as_array()) {
    auto annotation = corpus::annotation_from_json(item, problems);
    if (!annotation) continue;
    if (!seen.insert(annotation->id).second) {
      problems.add(item.at(), "the id " + annotation->id.text + " is there twice");
      continue;
    }
    lines.push_back({std::move(*annotation), item});
  }
  return lines;
}

// Looks into the other files of the document, each read at most once and only when asked.
class Neighbours {
 public:
  Neighbours(const DocumentFiles& files, const corpus::Document& document, std::string own_path)
      : files_(files), document_(document), own_path_(std::move(own_path)) {}

  bool has_word(corpus::WordId id) {
    if (!words_) {
      words_.emplace();
      for (corpus::PageNumber page = 1; page <= document_.pages.size(); ++page) {
        const auto words = files_.words(page);
        if (!words.ok()) continue;
        for (const corpus::Word& word : *words) words_->insert(word.id);
      }
    }
    return words_->contains(id);
  }

  std::optional<corpus::AnnotationFact> find(const corpus::AnnotationId& id) {
    if (!facts_) collect_facts();
    const auto found = facts_->find(id);
    if (found == facts_->end()) return std::nullopt;
    return found->second;
  }

 private:
  void collect_facts() {
    facts_.emplace();
    const auto list = files_.annotation_files();
    if (!list.ok()) return;
    for (const AnnotationFile& file : *list) {
      if (file.path == own_path_) continue;
      const auto version = files_.version(file.path);
      if (!version.ok()) continue;
      const auto annotations = corpus::read_annotations(version->text);
      if (!annotations.ok()) continue;
      for (const corpus::Annotation& annotation : *annotations) {
        facts_->insert({annotation.id, {file.path, annotation.type, annotation.label}});
      }
    }
  }

  const DocumentFiles& files_;
  const corpus::Document& document_;
  std::string own_path_;
  std::optional<std::set<corpus::WordId>> words_;
  std::optional<std::map<corpus::AnnotationId, corpus::AnnotationFact>> facts_;
};

// One save against one state of the project; made anew whenever the state has moved on.
class Save {
 public:
  Save(const Actor& actor, const OpenProject& project, const SaveRequest& request,
       const vcs::Snapshot& tip)
      : actor_(actor),
        project_(project),
        request_(request),
        tip_(tip),
        files_(tip, project.fan_out, request.document) {}

  Result<std::vector<vcs::Edit>> edits(SaveOutcome& outcome) {
    outcome = SaveOutcome();
    const corpus::Document document = TRY(files_.document());
    TRY(require_page(document, request_.page));
    const std::string path = path_of(files_, request_.page);
    const FileVersion current = TRY(files_.version(path));
    const auto theirs = TRY(as_stored(corpus::read_annotations(current.text)));
    const auto base = TRY(base_annotations(current, theirs));

    outcome.problems = corpus::Diagnostics(path);
    auto lines = lines_of(request_.annotations, outcome.problems);
    TRY(validate(document, path, theirs, lines, outcome.problems));
    check_verdicts({base, theirs}, lines, outcome.problems);
    if (!outcome.problems.empty())
      return stop(outcome, SaveOutcome::Kind::invalid, current, theirs);

    std::vector<corpus::Annotation> ours;
    for (auto& line : lines) ours.push_back(std::move(line.annotation));
    auto merge = corpus::merge_annotations(base, ours, theirs);
    if (!merge.conflicts.empty()) {
      outcome.conflicts = std::move(merge.conflicts);
      return stop(outcome, SaveOutcome::Kind::clash, current, theirs);
    }
    outcome.merged = current.id != request_.base;
    const std::string text = TRY(corpus::write_annotations(merge.merged));
    outcome.current = {vcs::object_id_of(vcs::ObjectKind::blob, text), std::move(merge.merged)};
    if (outcome.current.version == current.id) return std::vector<vcs::Edit>{};
    return with_review({{path, text}});
  }

 private:
  Result<std::vector<vcs::Edit>> stop(SaveOutcome& outcome, SaveOutcome::Kind kind,
                                      const FileVersion& current,
                                      const std::vector<corpus::Annotation>& annotations) {
    outcome.kind = kind;
    outcome.current = {current.id, annotations};
    return std::vector<vcs::Edit>{};
  }

  Result<std::vector<corpus::Annotation>> base_annotations(
      const FileVersion& current, const std::vector<corpus::Annotation>& theirs) {
    if (request_.base == current.id) return theirs;
    if (request_.base == empty_version()) return std::vector<corpus::Annotation>{};
    const base::Error unknown{base::Code::invalid, "If-Match names no version of this page"};
    const auto text = vcs::read_object_of(*project_.repository, vcs::ObjectKind::blob,
                                          request_.base, corpus::kMaxAnnotationFileBytes);
    if (!text.ok()) return unknown;
    auto annotations = corpus::read_annotations(*text);
    if (!annotations.ok()) return unknown;
    return annotations;
  }

  Result<void> validate(const corpus::Document& document, const std::string& path,
                        const std::vector<corpus::Annotation>& before,
                        const std::vector<corpus::AnnotationLine>& lines,
                        corpus::Diagnostics& problems) {
    const auto schema = TRY(as_stored(corpus::parse_schema(TRY(tip_.read(corpus::kSchemaPath)))));
    std::set<corpus::WordId> page_words;
    corpus::PageContext context;
    context.page = request_.page;
    if (request_.page > 0) {
      const corpus::Page& page = document.pages[request_.page - 1];
      context.width = page.width;
      context.height = page.height;
      const auto words = files_.words(request_.page);
      if (words.ok()) {
        for (const corpus::Word& word : *words) page_words.insert(word.id);
      }
    }
    Neighbours neighbours(files_, document, path);
    context.schema = &schema;
    context.page_has_word = [&](corpus::WordId id) { return page_words.contains(id); };
    context.document_has_word = [&](corpus::WordId id) { return neighbours.has_word(id); };
    context.elsewhere = [&](const corpus::AnnotationId& id) { return neighbours.find(id); };
    context.before = before;
    corpus::validate_annotations(lines, context, problems);
    return {};
  }

  // What stands in the version that was edited, or in today's, was judged by somebody else.
  void check_verdicts(const std::vector<std::vector<corpus::Annotation>>& before,
                      const std::vector<corpus::AnnotationLine>& lines,
                      corpus::Diagnostics& problems) const {
    if (actor_.may(corpus::Permission::review_write)) return;
    corpus::KnownVerdicts known;
    for (const auto& annotations : before) known.add(annotations);
    known.check(lines, problems);
  }

  // The first label puts a new document in progress; a label after submission or acceptance
  // reopens it.
  Result<std::vector<vcs::Edit>> with_review(std::vector<vcs::Edit> edits) {
    corpus::Review review = TRY(files_.review());
    const corpus::Review before = review;
    if (review.state == corpus::ReviewState::new_) {
      review.state = corpus::ReviewState::in_progress;
    } else {
      review = corpus::after_edit(std::move(review), "annotations were changed");
    }
    if (review != before) {
      edits.push_back({corpus::review_path(files_.directory()), corpus::print_review(review)});
    }
    return edits;
  }

  const Actor& actor_;
  const OpenProject& project_;
  const SaveRequest& request_;
  const vcs::Snapshot& tip_;
  DocumentFiles files_;
};

}  // namespace

Result<PageAnnotations> read_annotations_of(const OpenProject& project,
                                            const corpus::DocumentId& id, corpus::PageNumber page) {
  const vcs::Snapshot tip = TRY(project.tip());
  const DocumentFiles files(tip, project.fan_out, id);
  TRY(require_page(TRY(files.document()), page));
  const FileVersion file = TRY(files.version(path_of(files, page)));
  auto annotations = TRY(as_stored(corpus::read_annotations(file.text)));
  return PageAnnotations{file.id, std::move(annotations)};
}

Result<SaveOutcome> save_annotations(Services& services, const Actor& actor,
                                     const SaveRequest& request) {
  const auto project = TRY(services.catalog->open(actor.project()));
  SaveOutcome outcome;
  vcs::CommitRequest commit;
  commit.author = commit.committer = signature_of(actor);
  commit.message =
      "Annotate page " + std::to_string(request.page) + " of " + request.document.hex + "\n";
  commit.make = [&](const vcs::Snapshot& tip) {
    return Save(actor, *project, request, tip).edits(outcome);
  };
  const vcs::CommitResult result = TRY(project->commits->commit(std::move(commit)));
  outcome.commit = result.commit.hex();
  if (outcome.kind != SaveOutcome::Kind::saved) return outcome;
  TRY(catch_up(services, *project));
  TRY(services.database->write([&](storage::Transaction& tx) {
    return audit(tx, actor, "annotations.save",
                 document_subject(actor.project(), request.document.hex),
                 base::Json::object(
                     {{"page", static_cast<int64_t>(request.page)}, {"commit", outcome.commit}}));
  }));
  return outcome;
}

}  // namespace server
