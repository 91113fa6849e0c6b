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

using ById = std::map<corpus::AnnotationId, corpus::Annotation>;

// What people have said on a page, to be found by what it says and of what.
class Sayings {
 public:
  explicit Sayings(const ById& all) {
    for (const auto& [id, annotation] : all) {
      const bool can_have_a_twin =
          !annotation.proposed && annotation.type != corpus::AnnotationType::correction;
      if (can_have_a_twin) said_.emplace(place_of(annotation), &annotation);
    }
  }

  // The same label on the same place; a text in normal form is the same, or is not given. Null:
  // none.
  const corpus::Annotation* twin_of(const corpus::Annotation& annotation) const {
    const auto [first, last] = said_.equal_range(place_of(annotation));
    const auto twin = std::find_if(first, last, [&](const auto& said) {
      return !annotation.text || annotation.text == said.second->text;
    });
    return twin == last ? nullptr : twin->second;
  }

 private:
  static std::string place_of(const corpus::Annotation& annotation) {
    corpus::Annotation place;
    place.type = annotation.type;
    place.label = annotation.label;
    place.words = annotation.words;
    place.box = annotation.box;
    place.polygon = annotation.polygon;
    place.from = annotation.from;
    place.to = annotation.to;
    return corpus::to_json(place).print();
  }

  std::multimap<std::string, const corpus::Annotation*> said_;
};

class Import {
 public:
  Import(Services& services, const Actor& actor, const OpenProject& project,
         const ImportRequest& request)
      : services_(services), actor_(actor), project_(project), request_(request) {}

  Result<ImportOutcome> run() {
    const vcs::Snapshot tip = TRY(project_.tip());
    schema_ = TRY(corpus::parse_schema(TRY(tip.read(corpus::kSchemaPath))));
    TRY(learn_names());
    auto pages = dataset::join_pages(TRY(request_.format->read(request_.file)));
    if (pages.size() == 1 && names_nothing(pages.front())) name_after_the_only_file(pages.front());
    for (dataset::ImportedPage& page : pages) {
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

  static bool names_nothing(const dataset::ImportedPage& page) {
    return page.document.empty() && page.file.empty();
  }

  // A file of one page that does not say which, and came with one document, means that one.
  void name_after_the_only_file(dataset::ImportedPage& page) const {
    if (request_.near.size() == 1) page.document = request_.near.begin()->hex;
    if (request_.coming.size() == 1) page.file = *request_.coming.begin();
    if (!names_nothing(page) && page.page == 0) page.page = 1;
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
    if (request_.coming.contains(file_name_of(page.file))) return foretell(page);
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

  // Of a document that is not here yet no more can be said than whether the schema has its labels.
  Result<void> foretell(const dataset::ImportedPage& page) {
    ++outcome_.coming_pages;
    for (const dataset::ImportedAnnotation& annotation : page.annotations) {
      const auto names = schema_.names_for(annotation.type);
      const bool is_known = std::find(names.begin(), names.end(), annotation.label) != names.end();
      ++(is_known ? outcome_.added : outcome_.refused["label that is not in schema.json"]);
    }
    return {};
  }

  // Not in git: what is said of it waits until it is.
  Result<void> absent(const corpus::DocumentId& id) {
    const auto row = services_.database->read([&](storage::Transaction& tx) {
      return storage::DocumentTable(tx).find(project_.project.id, id);
    });
    if (!row.ok() && row.error().code != base::Code::not_found) return row.error();
    // Of a file that has to be told its page nobody would know it any more later on.
    if (!row.ok() || request_.document) return unknown();
    if (row->state == storage::DocumentState::failed) {
      ++outcome_.refused["page of a document that could not be read"];
    } else {
      outcome_.waiting.insert(id);
    }
    return {};
  }

  Result<void> unknown() {
    ++outcome_.unknown_pages;
    return {};
  }

  // What is there already stays.
  Result<void> save(const corpus::DocumentId& id, corpus::PageNumber page,
                    std::vector<corpus::Annotation> imported) {
    const std::string branch = TRY(labels_branch(services_, actor_, project_, id));
    const PageAnnotations current = TRY(read_annotations_of(project_, branch, id, page));
    ById all;
    for (const corpus::Annotation& annotation : current.annotations)
      all[annotation.id] = annotation;
    if (!request_.origin) leave_out_known(all, imported);
    bool is_new = false;
    for (const corpus::Annotation& annotation : imported) {
      if (const corpus::Annotation* mine = other_correction(annotation, current.annotations)) {
        const bool same = mine->words == annotation.words && same_texts(*mine, annotation);
        ++(same ? outcome_.unchanged : outcome_.refused["word that is corrected otherwise here"]);
        continue;
      }
      is_new = put(annotation, all) || is_new;
    }
    if (request_.dry_run || !is_new) return {};
    return commit(id, page, current.version, all);
  }

  // A file without ids of ours may say what people have said already: the same label on the same
  // place is not added a second time, and relations of it go to what is here.
  void leave_out_known(const ById& all, std::vector<corpus::Annotation>& imported) {
    const Sayings here(all);
    std::map<corpus::AnnotationId, corpus::AnnotationId> twins;
    const auto follow = [&](std::optional<corpus::AnnotationId>& end) {
      if (end && twins.contains(*end)) end = twins.at(*end);
    };
    // Relations last: their ends are known by then.
    std::stable_partition(imported.begin(), imported.end(), [](const corpus::Annotation& a) {
      return a.type != corpus::AnnotationType::relation;
    });
    std::vector<corpus::Annotation> others;
    for (corpus::Annotation& annotation : imported) {
      follow(annotation.from);
      follow(annotation.to);
      const corpus::Annotation* twin =
          all.contains(annotation.id) ? nullptr : here.twin_of(annotation);
      if (twin == nullptr) {
        others.push_back(std::move(annotation));
        continue;
      }
      twins[annotation.id] = twin->id;
      ++outcome_.unchanged;
    }
    imported = std::move(others);
  }

  // True if it changes what is here. Of one id the file's version holds, with the reviewer's
  // verdict and what else only we know.
  bool put(const corpus::Annotation& annotation, ById& all) {
    const auto [place, added] = all.try_emplace(annotation.id, annotation);
    if (added) {
      ++outcome_.added;
      return true;
    }
    if (request_.origin && (!place->second.proposed || place->second.review)) {
      ++outcome_.decided;
      return false;
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
      return false;
    }
    place->second = std::move(merged);
    ++outcome_.changed;
    return true;
  }

  Result<void> commit(const corpus::DocumentId& id, corpus::PageNumber page,
                      const vcs::ObjectId& base, const ById& all) {
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
