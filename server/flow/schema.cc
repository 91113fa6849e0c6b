#include "server/flow/schema.h"

#include <algorithm>
#include <set>

#include "corpus/review.h"
#include "server/flow/document_files.h"
#include "server/flow/index.h"
#include "storage/label_table.h"

namespace server {
namespace {

using corpus::AnnotationType;

// Whether annotations of this type take their label from that list of the schema.
bool is_of(std::string_view list, AnnotationType type) {
  switch (type) {
    case AnnotationType::relation:
      return list == "relations";
    case AnnotationType::table:
      return list == "tables";
    case AnnotationType::class_:
      return list == "classes";
    case AnnotationType::correction:
      return false;
    default:
      return list == "labels";
  }
}

bool has(const corpus::Schema& schema, std::string_view list, std::string_view name) {
  if (list == "labels") return schema.find_label(name) != nullptr;
  if (list == "relations") return schema.find_relation(name) != nullptr;
  if (list == "tables") return schema.find_table(name) != nullptr;
  return list == "classes" && schema.find_class(name) != nullptr;
}

Result<void> check(const SchemaRename& rename, const corpus::Schema& now,
                   const corpus::Schema& next) {
  const auto refuse = [&](const char* why) {
    return base::Error{base::Code::invalid,
                       "\"" + rename.from + "\" cannot become \"" + rename.to + "\": " + why};
  };
  if (!has(now, rename.list, rename.from)) return refuse("there is no such name today");
  if (has(next, rename.list, rename.from)) return refuse("the new schema keeps the old name");
  if (!has(next, rename.list, rename.to)) return refuse("the new schema lacks the new name");
  return {};
}

const std::string& renamed(const std::vector<SchemaRename>& renames, AnnotationType type,
                           const std::string& label) {
  for (const SchemaRename& rename : renames) {
    if (rename.from == label && is_of(rename.list, type)) return rename.to;
  }
  return label;
}

// The counts as they will be after the renames.
std::vector<corpus::LabelCount> renamed(std::vector<corpus::LabelCount> counts,
                                        const std::vector<SchemaRename>& renames) {
  for (corpus::LabelCount& count : counts) {
    count.use.label = renamed(renames, count.use.type, count.use.label);
    if (count.use.shape == corpus::ValueShape::end) {
      count.use.value = renamed(renames, AnnotationType::span, count.use.value);
    }
  }
  return counts;
}

// The files of one document with the new names.
Result<void> rename_in(const DocumentFiles& files, const std::vector<SchemaRename>& renames,
                       std::vector<vcs::Edit>& edits) {
  corpus::Review review = TRY(files.review());
  const corpus::Review before = review;
  for (const AnnotationFile& file : TRY(files.annotation_files())) {
    std::vector<corpus::Annotation> annotations = *TRY(files.annotations(file.path)).annotations;
    bool changed = false;
    for (corpus::Annotation& annotation : annotations) {
      const std::string& label = renamed(renames, annotation.type, annotation.label);
      changed = changed || label != annotation.label;
      annotation.label = std::string(label);
    }
    if (!changed) continue;
    std::string text = TRY(corpus::write_annotations(std::move(annotations)));
    const std::string name = file.path.substr(files.directory().size() + 1);
    const auto reviewed = review.reviewed.find(name);
    if (reviewed != review.reviewed.end() && reviewed->second == file.id.hex()) {
      reviewed->second = vcs::object_id_of(vcs::ObjectKind::blob, text).hex();
    }
    edits.push_back({file.path, std::move(text)});
  }
  if (review != before) {
    edits.push_back({corpus::review_path(files.directory()), TRY(corpus::write_review(review))});
  }
  return {};
}

class Changing {
 public:
  Changing(Services& services, const Actor& actor, const SchemaChange& change)
      : services_(services), actor_(actor), change_(change) {}

  Result<SchemaOutcome> run() {
    project_ = TRY(services_.catalog->open(actor_.project()));
    TRY(catch_up(services_, *project_));
    const auto next = corpus::parse_schema(change_.schema.print(), outcome_.problems);
    if (!next) return stop(SchemaOutcome::Kind::invalid);
    next_ = outcome_.schema = *next;
    const corpus::Schema now = TRY(look_at(TRY(project_->tip())));
    if (outcome_.version != change_.base) return stop(SchemaOutcome::Kind::clash);
    for (const SchemaRename& rename : change_.renames) TRY(check(rename, now, next_));
    TRY(count(now));
    if (change_.dry_run) return std::move(outcome_);
    if (!outcome_.findings.empty() && !change_.accept_findings) {
      return stop(SchemaOutcome::Kind::needs_decision);
    }
    TRY(commit());
    return std::move(outcome_);
  }

 private:
  SchemaOutcome stop(SchemaOutcome::Kind kind) {
    outcome_.kind = kind;
    return std::move(outcome_);
  }

  // The schema of a state, its version noted.
  Result<corpus::Schema> look_at(const vcs::Snapshot& state) {
    const auto entry = TRY(state.entry(corpus::kSchemaPath));
    if (!entry) return base::Error{base::Code::internal, "the project has no schema"};
    outcome_.version = entry->id;
    return as_stored(corpus::parse_schema(TRY(state.read_file(*entry))));
  }

  Result<void> count(const corpus::Schema& now) {
    const auto counts = TRY(services_.database->read([&](storage::Transaction& tx) {
      return storage::LabelTable(tx).counts(actor_.project().id);
    }));
    outcome_.findings =
        corpus::schema_impact(renamed_names(now), next_, renamed(counts, change_.renames));
    documents_ = TRY(documents_to_rename());
    outcome_.renamed_documents = documents_.size();
    return {};
  }

  // Today's schema under the new names, so that a rename alone is no finding.
  corpus::Schema renamed_names(corpus::Schema schema) const {
    const auto apply = [&](auto& entries, AnnotationType type) {
      for (auto& entry : entries)
        entry.name = std::string(renamed(change_.renames, type, entry.name));
    };
    apply(schema.labels, AnnotationType::span);
    apply(schema.relations, AnnotationType::relation);
    apply(schema.tables, AnnotationType::table);
    apply(schema.classes, AnnotationType::class_);
    for (auto& relation : schema.relations) {
      for (auto* ends : {&relation.from, &relation.to}) {
        for (std::string& end : *ends) {
          end = std::string(renamed(change_.renames, AnnotationType::span, end));
        }
      }
    }
    return schema;
  }

  Result<std::set<corpus::DocumentId>> documents_to_rename() {
    return services_.database->read(
        [&](storage::Transaction& tx) -> Result<std::set<corpus::DocumentId>> {
          std::set<corpus::DocumentId> out;
          for (const SchemaRename& rename : change_.renames) {
            const auto found = TRY(storage::LabelTable(tx).documents_with(
                actor_.project().id, rename.from, kMostRenamedDocuments + 1));
            out.insert(found.begin(), found.end());
          }
          if (out.size() > kMostRenamedDocuments) {
            return base::Error{base::Code::limit,
                               "a name in more than " + std::to_string(kMostRenamedDocuments) +
                                   " documents is not changed in one step: add the new one, change "
                                   "the annotations with git, then remove the old one"};
          }
          return out;
        });
  }

  Result<void> commit() {
    vcs::CommitRequest request;
    request.author = request.committer = signature_of(actor_);
    request.message = message();
    request.make = [this](const vcs::Snapshot& tip) { return edits(tip, true); };
    const auto made = TRY(project_->commits->commit(std::move(request)));
    if (outcome_.kind == SchemaOutcome::Kind::clash) return {};
    outcome_.commit = made.commit.hex();
    outcome_.version = vcs::object_id_of(vcs::ObjectKind::blob, corpus::print_schema(next_));
    TRY(catch_up(services_, *project_, [&](storage::Transaction& tx) {
      return audit(tx, actor_, "schema.change", actor_.project().path(),
                   base::Json::object({{"commit", outcome_.commit}}));
    }));
    return rename_latecomers();
  }

  Result<std::vector<vcs::Edit>> edits(const vcs::Snapshot& tip, bool with_schema) {
    std::vector<vcs::Edit> out;
    if (with_schema) {
      TRY(look_at(tip));
      if (outcome_.version != change_.base) {
        outcome_.kind = SchemaOutcome::Kind::clash;
        return out;
      }
      out.push_back({std::string(corpus::kSchemaPath), corpus::print_schema(next_)});
    }
    for (const corpus::DocumentId& id : documents_) {
      const DocumentFiles files(tip, project_->fan_out, id, project_->parsed.get());
      if (TRY(tip.entry(files.directory()))) TRY(rename_in(files, change_.renames, out));
    }
    return out;
  }

  // What was saved under the old name while the schema was being changed.
  Result<void> rename_latecomers() {
    constexpr int kRounds = 3;
    for (int round = 0; round < kRounds && !change_.renames.empty(); ++round) {
      documents_ = TRY(documents_to_rename());
      if (documents_.empty()) return {};
      vcs::CommitRequest request;
      request.author = request.committer = signature_of(actor_);
      request.message = message();
      request.make = [this](const vcs::Snapshot& tip) { return edits(tip, false); };
      TRY(project_->commits->commit(std::move(request)));
      TRY(catch_up(services_, *project_));
    }
    return {};
  }

  std::string message() const {
    std::string out = "Change the schema\n";
    for (const SchemaRename& rename : change_.renames) {
      out += "\nRename " + rename.from + " to " + rename.to + " (" + rename.list + ")";
    }
    return change_.renames.empty() ? out : out + "\n";
  }

  Services& services_;
  const Actor& actor_;
  const SchemaChange& change_;
  std::shared_ptr<OpenProject> project_;
  corpus::Schema next_;
  std::set<corpus::DocumentId> documents_;
  SchemaOutcome outcome_;
};

}  // namespace

Result<SchemaOutcome> change_schema(Services& services, const Actor& actor,
                                    const SchemaChange& change) {
  return Changing(services, actor, change).run();
}

}  // namespace server
