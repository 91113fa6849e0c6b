#include "server/flow/annotate.h"

#include <algorithm>
#include <map>
#include <set>

#include "base/clock.h"
#include "corpus/validate.h"
#include "corpus/verdicts.h"
#include "server/flow/document_files.h"
#include "server/flow/earlier_words.h"
#include "server/flow/index.h"
#include "server/flow/readings.h"
#include "storage/overview_table.h"
#include "storage/stroke_table.h"

namespace server {
namespace {

const vcs::ObjectId& empty_version() {
  static const vcs::ObjectId id = vcs::object_id_of(vcs::ObjectKind::blob, "");
  return id;
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

using SharedAnnotations = std::shared_ptr<const std::vector<corpus::Annotation>>;

// Looks into the other files of the document, each read at most once and only when asked.
class Neighbours {
 public:
  Neighbours(const DocumentFiles& files, const corpus::Document& document, std::string own_path)
      : files_(files), document_(document), own_path_(std::move(own_path)) {}

  // A page that could not be read has none.
  bool has_word(corpus::PageNumber page, corpus::WordId id) {
    auto known = words_.find(page);
    if (known == words_.end()) {
      const auto ids = files_.word_ids(page);
      known = words_.emplace(page, ids.ok() ? *ids : nullptr).first;
    }
    return known->second && std::binary_search(known->second->begin(), known->second->end(), id);
  }

  bool has_word(corpus::WordId id) {
    for (corpus::PageNumber page = 1; page <= document_.pages.size(); ++page) {
      if (has_word(page, id)) return true;
    }
    return false;
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
      const auto version = files_.annotations(file.path);
      if (!version.ok()) continue;
      for (const corpus::Annotation& annotation : *version->annotations) {
        facts_->insert({annotation.id, {file.path, annotation.type, annotation.label}});
      }
    }
  }

  const DocumentFiles& files_;
  const corpus::Document& document_;
  std::string own_path_;
  std::map<corpus::PageNumber, std::shared_ptr<const WordIds>> words_;
  std::optional<std::map<corpus::AnnotationId, corpus::AnnotationFact>> facts_;
};

// One save against one state of the project.
class Save {
 public:
  Save(const Actor& actor, const OpenProject& project, const SaveRequest& request,
       const vcs::Snapshot& tip, const vcs::Snapshot& rules)
      : actor_(actor),
        project_(project),
        request_(request),
        rules_(rules),
        files_(tip, project.fan_out, request.document, project.parsed.get()) {}

  Result<std::vector<vcs::Edit>> edits(SaveOutcome& outcome) {
    outcome = SaveOutcome();
    const auto record = TRY(files_.shared_document());
    const corpus::Document& document = *record;
    TRY(require_page(document, request_.page));
    const std::string path = annotations_path(files_.directory(), request_.page);
    const AnnotationsVersion current = TRY(files_.annotations(path));
    const auto& theirs = *current.annotations;
    SharedAnnotations base_version = TRY(base_annotations(current));

    outcome.problems = corpus::Diagnostics(path);
    auto lines = lines_of(request_.annotations, outcome.problems);
    Neighbours neighbours(files_, document, path);
    TRY(bring_up_to_date(document, neighbours, base_version, lines));
    const auto& base = *base_version;
    TRY(validate(document, neighbours, theirs, lines, outcome.problems));
    check_verdicts(base, theirs, lines, outcome.problems);
    if (!outcome.problems.empty()) return stop(outcome, SaveOutcome::Kind::invalid, current);

    std::vector<corpus::Annotation> ours;
    for (auto& line : lines) ours.push_back(std::move(line.annotation));
    auto merge = corpus::merge_annotations(base, ours, theirs);
    if (!merge.conflicts.empty()) {
      outcome.conflicts = std::move(merge.conflicts);
      return stop(outcome, SaveOutcome::Kind::clash, current);
    }
    outcome.merged = current.id != request_.base;
    outcome.text = TRY(corpus::write_merged(merge.merged, theirs));
    const std::string& text = outcome.text;
    outcome.current = {vcs::object_id_of(vcs::ObjectKind::blob, text), std::move(merge.merged)};
    if (outcome.current.version == current.id) return std::vector<vcs::Edit>{};
    project_.parsed->put(outcome.current.version, outcome.current.annotations, text.size());
    std::vector<vcs::Edit> edits{{path, text}};
    const auto review = TRY(review_after(path, theirs, outcome));
    if (review) {
      edits.push_back({corpus::review_path(files_.directory()), corpus::print_review(*review)});
    }
    return edits;
  }

 private:
  Result<std::vector<vcs::Edit>> stop(SaveOutcome& outcome, SaveOutcome::Kind kind,
                                      const AnnotationsVersion& current) {
    outcome.kind = kind;
    outcome.current = {current.id, *current.annotations};
    return std::vector<vcs::Edit>{};
  }

  Result<SharedAnnotations> base_annotations(const AnnotationsVersion& current) {
    if (request_.base == current.id) return current.annotations;
    if (request_.base == empty_version()) {
      return std::make_shared<const std::vector<corpus::Annotation>>();
    }
    const base::Error unknown{base::Code::invalid, "If-Match names no version of this page"};
    const auto text = vcs::read_object_of(*project_.repository, vcs::ObjectKind::blob,
                                          request_.base, corpus::kMaxAnnotationFileBytes);
    if (!text.ok()) return unknown;
    auto annotations = corpus::read_annotations(*text);
    if (!annotations.ok()) return unknown;
    return std::make_shared<const std::vector<corpus::Annotation>>(std::move(*annotations));
  }

  Result<std::shared_ptr<const corpus::Schema>> schema() const {
    const auto entry = TRY(rules_.entry(corpus::kSchemaPath));
    if (!entry) return base::Error{base::Code::internal, "the project has no schema"};
    return project_.parsed->get<corpus::Schema>(
        entry->id, [&] { return rules_.read_file(*entry); },
        [](std::string_view text) { return as_stored(corpus::parse_schema(text)); });
  }

  // The page may have been read again since the client saw it: then both name words that are gone.
  Result<void> bring_up_to_date(const corpus::Document& document, Neighbours& neighbours,
                                SharedAnnotations& base,
                                std::vector<corpus::AnnotationLine>& lines) {
    EarlierWords earlier(project_, files_, [&](corpus::WordId id) {
      const bool never_was = id >= document.next_word;
      return !never_was && !neighbours.has_word(request_.page, id) && !neighbours.has_word(id);
    });
    if (std::any_of(lines.begin(), lines.end(),
                    [&](const auto& line) { return earlier.names_gone_words(line.annotation); })) {
      std::vector<corpus::Annotation> ours;
      for (const corpus::AnnotationLine& line : lines) ours.push_back(line.annotation);
      TRY(earlier.carry_over(request_.page, ours));
      for (size_t i = 0; i < lines.size(); ++i) lines[i].annotation = std::move(ours[i]);
    }
    if (std::any_of(base->begin(), base->end(),
                    [&](const auto& a) { return earlier.names_gone_words(a); })) {
      auto carried = std::make_shared<std::vector<corpus::Annotation>>(*base);
      TRY(earlier.carry_over(request_.page, *carried));
      base = std::move(carried);
    }
    return {};
  }

  Result<void> validate(const corpus::Document& document, Neighbours& neighbours,
                        const std::vector<corpus::Annotation>& before,
                        const std::vector<corpus::AnnotationLine>& lines,
                        corpus::Diagnostics& problems) {
    const auto schema_of_tip = TRY(schema());
    corpus::PageContext context;
    context.page = request_.page;
    if (request_.page > 0) {
      const corpus::Page& page = document.pages[request_.page - 1];
      context.width = page.width;
      context.height = page.height;
    }
    context.schema = schema_of_tip.get();
    context.page_has_word = [&](corpus::WordId id) {
      return request_.page > 0 && neighbours.has_word(request_.page, id);
    };
    context.document_has_word = [&](corpus::WordId id) { return neighbours.has_word(id); };
    context.next_word = document.next_word;
    context.elsewhere = [&](const corpus::AnnotationId& id) { return neighbours.find(id); };
    context.before = before;
    corpus::validate_annotations(lines, context, problems);
    return {};
  }

  // What stands in the version that was edited, or in today's, was judged by somebody else.
  void check_verdicts(const std::vector<corpus::Annotation>& base,
                      const std::vector<corpus::Annotation>& theirs,
                      const std::vector<corpus::AnnotationLine>& lines,
                      corpus::Diagnostics& problems) const {
    if (actor_.may(corpus::Permission::review_write)) return;
    corpus::KnownVerdicts known;
    known.add(base);
    known.add(theirs);
    known.check(lines, problems);
  }

  // The first label puts a new document in progress; a label after submission or acceptance
  // reopens it. Nothing: the review stays as it is.
  Result<std::optional<corpus::Review>> review_after(const std::string& path,
                                                     const std::vector<corpus::Annotation>& before,
                                                     SaveOutcome& outcome) const {
    const PageAnnotations& after = outcome.current;
    corpus::Review review = TRY(files_.review());
    const corpus::Review old = review;
    if (corpus::same_but_for_verdicts(before, after.annotations)) {
      review = corpus::after_verdicts(std::move(review), path.substr(files_.directory().size() + 1),
                                      after.version.hex());
    } else if (review.state == corpus::ReviewState::new_) {
      review.state = corpus::ReviewState::in_progress;
    } else {
      review = corpus::after_edit(std::move(review), "annotations were changed");
    }
    outcome.reopened = old.state != review.state;
    return review == old ? std::nullopt : std::optional(std::move(review));
  }

  const Actor& actor_;
  const OpenProject& project_;
  const SaveRequest& request_;
  const vcs::Snapshot& rules_;  // has the schema
  DocumentFiles files_;
};

// Works a save out before its turn to commit comes, on the thread of whoever asked for it, while
// others do the same. When it is its turn, nearly always nothing that it has read has changed; only
// if something has, it is worked out anew. Belongs to one request.
class PreparedSave {
 public:
  PreparedSave(const Actor& actor, const OpenProject& project, const SaveRequest& request)
      : actor_(actor), project_(project), request_(request) {}

  Result<std::vector<vcs::Edit>> edits(const vcs::Snapshot& tip) {
    // Whoever reads blind follows main's schema, everybody else that of the state which they
    // change.
    const vcs::Snapshot rules = reads_blind(actor_) ? TRY(project_.tip()) : tip;
    const Inputs now = TRY(inputs_of(tip, rules));
    if (!edits_ || now != inputs_) {
      edits_ = Save(actor_, project_, request_, tip, rules).edits(outcome_);
      inputs_ = now;
    }
    return *edits_;
  }

  SaveOutcome& outcome() { return outcome_; }

 private:
  // All that a save reads of a state: as long as these are the same, so is what it does.
  struct Inputs {
    vcs::ObjectId document;  // its directory
    vcs::ObjectId schema;
    bool operator==(const Inputs&) const = default;
  };

  Result<Inputs> inputs_of(const vcs::Snapshot& tip, const vcs::Snapshot& rules) const {
    Inputs inputs;
    inputs.document =
        id_of(TRY(tip.entry(corpus::document_dir(project_.fan_out, request_.document))));
    inputs.schema = id_of(TRY(rules.entry(corpus::kSchemaPath)));
    return inputs;
  }

  static vcs::ObjectId id_of(const std::optional<vcs::TreeEntry>& entry) {
    return entry ? entry->id : vcs::kNoObject;
  }

  const Actor& actor_;
  const OpenProject& project_;
  const SaveRequest& request_;
  Inputs inputs_;
  std::optional<Result<std::vector<vcs::Edit>>> edits_;
  SaveOutcome outcome_;
};

storage::DraftOwner owner_of(const Actor& actor, const SaveRequest& request) {
  return {actor.project().id, request.document, actor.user()};
}

// What the save of the same strokes made, if there was one. What was sent later does not come here
// any more, but an answer may not have been heard, or the request been late.
Result<std::optional<SaveOutcome>> saved_before(Services& services, const Actor& actor,
                                                const OpenProject& project,
                                                const SaveRequest& request) {
  const auto saved = TRY(services.database->read([&](storage::Transaction& tx) {
    return storage::StrokeTable(tx).find(owner_of(actor, request), request.session, request.page);
  }));
  if (!saved || saved->stroke < request.stroke) return std::optional<SaveOutcome>();
  SaveOutcome outcome;
  outcome.current.version = TRY(vcs::ObjectId::from_hex(saved->version));
  outcome.commit = saved->commit;
  outcome.merged = true;  // or may be
  if (outcome.current.version == empty_version()) return std::optional(std::move(outcome));
  auto text = vcs::read_object_of(*project.repository, vcs::ObjectKind::blob,
                                  outcome.current.version, corpus::kMaxAnnotationFileBytes);
  // Somebody has rewritten history: then it is merged as any other.
  if (!text.ok()) return std::optional<SaveOutcome>();
  outcome.text = std::move(*text);
  outcome.current.annotations = TRY(corpus::read_annotations(outcome.text));
  return std::optional(std::move(outcome));
}

}  // namespace

Result<PageAnnotations> read_annotations_of(const OpenProject& project, const std::string& branch,
                                            const corpus::DocumentId& id, corpus::PageNumber page) {
  return read_annotations_in(project, TRY(project.tip(branch)), id, page);
}

Result<PageAnnotations> read_annotations_in(const OpenProject& project, const vcs::Snapshot& state,
                                            const corpus::DocumentId& id, corpus::PageNumber page) {
  const DocumentFiles files(state, project.fan_out, id, project.parsed.get());
  TRY(require_page(*TRY(files.shared_document()), page));
  const AnnotationsVersion file = TRY(files.annotations(annotations_path(files.directory(), page)));
  return PageAnnotations{file.id, *file.annotations};
}

Result<SaveOutcome> save_annotations(Services& services, const Actor& actor,
                                     const SaveRequest& request) {
  const auto project = TRY(services.catalog->open(actor.project()));
  if (!request.stroke.empty()) {
    auto before = TRY(saved_before(services, actor, *project, request));
    if (before) return std::move(*before);
  }
  PreparedSave save(actor, *project, request);
  const std::string branch = TRY(labels_branch(services, actor, *project, request.document));
  (void)save.edits(TRY(project->tip(branch)));  // what is wrong is said when it is its turn
  vcs::CommitRequest commit;
  commit.author = commit.committer = signature_of(actor);
  commit.message =
      "Annotate page " + std::to_string(request.page) + " of " + request.document.hex + "\n";
  commit.make = [&](const vcs::Snapshot& tip) { return save.edits(tip); };
  const vcs::CommitResult result =
      TRY(commit_labels(services, actor, *project, request.document, std::move(commit)));
  SaveOutcome outcome = std::move(save.outcome());
  outcome.commit = result.commit.hex();
  if (outcome.kind != SaveOutcome::Kind::saved) return outcome;
  TRY(catch_up(services, *project, [&](storage::Transaction& tx) -> Result<void> {
    TRY(storage::OverviewTable(tx).note(actor.project().id, actor.user(), storage::Deed::saved,
                                        base::now_milliseconds()));
    if (!request.stroke.empty()) {
      TRY(storage::StrokeTable(tx).note(owner_of(actor, request),
                                        {request.session, request.page, request.stroke,
                                         outcome.current.version.hex(), outcome.commit},
                                        base::now_milliseconds()));
    }
    if (outcome.reopened) {
      TRY(note_reading(tx, actor, request.document, storage::ReadingState::open));
    }
    return audit(tx, actor, "annotations.save",
                 document_subject(actor.project(), request.document.hex),
                 base::Json::object(
                     {{"page", static_cast<int64_t>(request.page)}, {"commit", outcome.commit}}));
  }));
  return outcome;
}

}  // namespace server
