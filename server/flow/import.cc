#include "server/flow/import.h"

#include <algorithm>

#include "corpus/schema.h"
#include "server/flow/agreement.h"
#include "server/flow/annotate.h"
#include "server/flow/document_files.h"
#include "server/flow/readings.h"
#include "storage/document_table.h"

namespace server {
namespace {

constexpr size_t kMostProblems = 100;

// One of the same words that the import did not make: what a person has corrected holds.
const corpus::Annotation* other_correction(const corpus::Annotation& imported,
                                           const std::vector<corpus::Annotation>& here) {
  if (imported.type != corpus::AnnotationType::correction) return nullptr;
  for (const corpus::Annotation& mine : here) {
    if (mine.type != corpus::AnnotationType::correction || mine.id == imported.id) continue;
    const bool touches =
        std::any_of(mine.words.begin(), mine.words.end(), [&](corpus::WordId word) {
          return std::find(imported.words.begin(), imported.words.end(), word) !=
                 imported.words.end();
        });
    if (touches) return &mine;
  }
  return nullptr;
}

bool same_texts(const corpus::Annotation& a, const corpus::Annotation& b) {
  return std::equal(a.replacements.begin(), a.replacements.end(), b.replacements.begin(),
                    b.replacements.end(),
                    [](const auto& x, const auto& y) { return x.text == y.text; });
}

class Import {
 public:
  Import(Services& services, const Actor& actor, const OpenProject& project,
         const ImportRequest& request)
      : services_(services), actor_(actor), project_(project), request_(request) {}

  Result<ImportOutcome> run() {
    const vcs::Snapshot tip = TRY(project_.tip());
    schema_ = TRY(corpus::parse_schema(TRY(tip.read(corpus::kSchemaPath))));
    TRY(learn_names());
    for (dataset::ImportedPage& page : TRY(request_.format->read(request_.file))) {
      for (const auto& [reason, count] : page.refused) outcome_.refused[reason] += count;
      page.refused.clear();
      TRY(take(tip, page));
    }
    return std::move(outcome_);
  }

 private:
  static std::string file_name_of(const std::string& path) {
    return path.substr(path.find_last_of('/') + 1);
  }

  // Under each name that they ever came.
  Result<void> learn_names() {
    return services_.database->read([&](storage::Transaction& tx) -> Result<void> {
      for (const corpus::DocumentId& id : request_.near) {
        for (const auto& upload :
             TRY(storage::DocumentTable(tx).uploads(project_.project.id, id))) {
          names_[file_name_of(upload.source.file_name)].insert(id);
        }
      }
      return {};
    });
  }

  // The same of two models, or of two versions of one, are two proposals.
  void mark_keys(dataset::ImportedPage& page) const {
    const std::string mark = request_.origin->model + "\n" + request_.origin->version + "\n";
    for (dataset::ImportedAnnotation& annotation : page.annotations) {
      annotation.key = mark + annotation.key;
      if (!annotation.from.empty()) annotation.from = mark + annotation.from;
      if (!annotation.to.empty()) annotation.to = mark + annotation.to;
    }
  }

  // Who imports answers for what they import; a model proposes.
  void set_origin(corpus::Annotation& annotation) const {
    if (!request_.origin) {
      annotation.confidence.reset();
      return;
    }
    annotation.origin = request_.origin;
    annotation.proposed = true;
    annotation.extra[kProposedKey] = base::Json(proposed_digest(annotation));
  }

  Result<void> take(const vcs::Snapshot& tip, dataset::ImportedPage& page) {
    const std::optional<corpus::DocumentId> id = TRY(document_of(page));
    if (!id) return unknown();
    if (!request_.only.empty() && !request_.only.contains(*id)) return {};
    const corpus::PageNumber number = number_of(page);
    const DocumentFiles files(tip, project_.fan_out, *id, project_.parsed.get());
    const auto document = files.document();
    if (!document.ok() && document.error().code == base::Code::not_found) return absent(*id);
    if (!document.ok()) return document.error();
    if (number < 1 || number > document->pages.size()) return unknown();
    ++outcome_.pages;
    if (request_.origin) mark_keys(page);
    std::vector<corpus::Word> words;
    if (!document->pages[number - 1].failed()) words = TRY(files.words(number));
    auto settled = dataset::settle(page, {*document, number, words, schema_});
    for (const auto& [reason, count] : settled.refused) outcome_.refused[reason] += count;
    for (corpus::Annotation& annotation : settled.annotations) set_origin(annotation);
    return save(*id, number, std::move(settled.annotations));
  }

  // A file that names only an image means its one page.
  corpus::PageNumber number_of(const dataset::ImportedPage& page) const {
    if (request_.page > 0) return request_.page;
    return page.page == 0 && !page.file.empty() ? 1 : page.page;
  }

  // The one that was asked for, or that the file names by our id or by that of an upload.
  Result<std::optional<corpus::DocumentId>> document_of(const dataset::ImportedPage& page) {
    if (request_.document) return request_.document;
    const auto named = corpus::DocumentId::parse(page.document);
    if (named.ok()) return std::optional(*named);
    const std::string name = file_name_of(page.file);
    if (name.empty()) return std::optional<corpus::DocumentId>();
    const auto found = TRY(documents_called(name));
    if (found.size() > 1) ++outcome_.refused["page whose file name several documents have"];
    return found.size() == 1 ? std::optional(*found.begin()) : std::nullopt;
  }

  Result<std::set<corpus::DocumentId>> documents_called(const std::string& name) {
    const auto near = names_.find(name);
    if (near != names_.end()) return near->second;
    const auto found = TRY(services_.database->read([&](storage::Transaction& tx) {
      return storage::DocumentTable(tx).with_file_name(project_.project.id, name);
    }));
    return std::set(found.begin(), found.end());
  }

  // Not in git. What a model found there waits until it is; a person's import is for what is here.
  Result<void> absent(const corpus::DocumentId& id) {
    const auto row = services_.database->read([&](storage::Transaction& tx) {
      return storage::DocumentTable(tx).find(project_.project.id, id);
    });
    if (!row.ok() && row.error().code != base::Code::not_found) return row.error();
    if (!row.ok() || !request_.origin) return unknown();
    outcome_.waiting.insert(id);
    return {};
  }

  Result<void> unknown() {
    ++outcome_.unknown_pages;
    return {};
  }

  // What is there already stays; of one id the file's version holds, with the reviewer's verdict
  // and what else only we know.
  Result<void> save(const corpus::DocumentId& id, corpus::PageNumber page,
                    std::vector<corpus::Annotation> imported) {
    const std::string branch = TRY(labels_branch(services_, actor_, project_, id));
    const PageAnnotations current = TRY(read_annotations_of(project_, branch, id, page));
    std::map<corpus::AnnotationId, corpus::Annotation> all;
    for (const corpus::Annotation& annotation : current.annotations)
      all[annotation.id] = annotation;
    bool is_new = false;
    for (corpus::Annotation& annotation : imported) {
      if (const corpus::Annotation* mine = other_correction(annotation, current.annotations)) {
        const bool same = mine->words == annotation.words && same_texts(*mine, annotation);
        ++(same ? outcome_.unchanged : outcome_.refused["word that is corrected otherwise here"]);
        continue;
      }
      const auto [place, added] = all.try_emplace(annotation.id, annotation);
      if (added) {
        ++outcome_.added;
        is_new = true;
        continue;
      }
      if (request_.origin && (!place->second.proposed || place->second.review)) {
        ++outcome_.decided;
        continue;
      }
      corpus::Annotation merged = place->second;
      merged.type = annotation.type;
      merged.label = annotation.label;
      merged.words = annotation.words;
      merged.box = annotation.box;
      merged.polygon = annotation.polygon;
      merged.replacements = annotation.replacements;
      if (request_.origin) {
        merged.confidence = annotation.confidence;
        merged.extra[kProposedKey] = annotation.extra.at(kProposedKey);
      }
      if (annotation.text) merged.text = annotation.text;
      if (merged == place->second) {
        ++outcome_.unchanged;
        continue;
      }
      place->second = std::move(merged);
      ++outcome_.changed;
      is_new = true;
    }
    if (request_.dry_run || !is_new) return {};
    return commit(id, page, current.version, all);
  }

  Result<void> commit(const corpus::DocumentId& id, corpus::PageNumber page,
                      const vcs::ObjectId& base,
                      const std::map<corpus::AnnotationId, corpus::Annotation>& all) {
    base::Json list = base::Json::array();
    for (const auto& [annotation_id, annotation] : all) list.push(corpus::to_json(annotation));
    const auto saved = TRY(save_annotations(services_, actor_, {id, page, base, std::move(list)}));
    for (const corpus::Diagnostic& problem : saved.problems.list()) {
      note(corpus::to_string(problem));
    }
    if (saved.kind == SaveOutcome::Kind::clash) {
      note("page " + std::to_string(page) + " of " + id.hex + " was changed meanwhile");
    }
    return {};
  }

  void note(std::string problem) {
    if (outcome_.problems.size() < kMostProblems) outcome_.problems.push_back(std::move(problem));
  }

  Services& services_;
  const Actor& actor_;
  const OpenProject& project_;
  const ImportRequest& request_;
  corpus::Schema schema_;
  std::map<std::string, std::set<corpus::DocumentId>> names_;  // of documents near the file
  ImportOutcome outcome_;
};

}  // namespace

Result<ImportOutcome> import_labels(Services& services, const Actor& actor,
                                    const ImportRequest& request) {
  const auto project = TRY(services.catalog->open(actor.project()));
  return Import(services, actor, *project, request).run();
}

}  // namespace server
