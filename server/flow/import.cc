#include "server/flow/import.h"

#include "corpus/schema.h"
#include "server/flow/annotate.h"
#include "server/flow/document_files.h"

namespace server {
namespace {

constexpr size_t kMostProblems = 100;

class Import {
 public:
  Import(Services& services, const Actor& actor, const OpenProject& project,
         const ImportRequest& request)
      : services_(services), actor_(actor), project_(project), request_(request) {}

  Result<ImportOutcome> run() {
    const vcs::Snapshot tip = TRY(project_.tip());
    schema_ = TRY(corpus::parse_schema(TRY(tip.read(corpus::kSchemaPath))));
    for (dataset::ImportedPage& page : TRY(request_.format->read(request_.file))) {
      for (const auto& [reason, count] : page.refused) outcome_.refused[reason] += count;
      page.refused.clear();
      TRY(take(tip, page));
    }
    return std::move(outcome_);
  }

 private:
  Result<void> take(const vcs::Snapshot& tip, const dataset::ImportedPage& page) {
    const auto named = corpus::DocumentId::parse(page.document);
    const auto id = request_.document ? request_.document
                    : named.ok()      ? std::optional(*named)
                                      : std::nullopt;
    const corpus::PageNumber number = request_.page > 0 ? request_.page : page.page;
    if (!id) return unknown();
    const DocumentFiles files(tip, project_.fan_out, *id, project_.parsed.get());
    const auto document = files.document();
    if (!document.ok() && document.error().code == base::Code::not_found) return unknown();
    if (!document.ok()) return document.error();
    if (number < 1 || number > document->pages.size()) return unknown();
    ++outcome_.pages;
    std::vector<corpus::Word> words;
    if (!document->pages[number - 1].failed()) words = TRY(files.words(number));
    auto settled = dataset::settle(page, {*document, number, words, schema_});
    for (const auto& [reason, count] : settled.refused) outcome_.refused[reason] += count;
    return save(*id, number, std::move(settled.annotations));
  }

  Result<void> unknown() {
    ++outcome_.unknown_pages;
    return {};
  }

  // What is there already stays; of one id the file's version holds, with the reviewer's verdict
  // and what else only we know.
  Result<void> save(const corpus::DocumentId& id, corpus::PageNumber page,
                    std::vector<corpus::Annotation> imported) {
    const PageAnnotations current = TRY(read_annotations_of(project_, kMain, id, page));
    std::map<corpus::AnnotationId, corpus::Annotation> all;
    for (const corpus::Annotation& annotation : current.annotations)
      all[annotation.id] = annotation;
    bool is_new = false;
    for (corpus::Annotation& annotation : imported) {
      const auto [place, added] = all.try_emplace(annotation.id, annotation);
      if (added) {
        ++outcome_.added;
        is_new = true;
        continue;
      }
      corpus::Annotation merged = place->second;
      merged.type = annotation.type;
      merged.label = annotation.label;
      merged.words = annotation.words;
      merged.box = annotation.box;
      merged.polygon = annotation.polygon;
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
  ImportOutcome outcome_;
};

}  // namespace

Result<ImportOutcome> import_labels(Services& services, const Actor& actor,
                                    const ImportRequest& request) {
  const auto project = TRY(services.catalog->open(actor.project()));
  return Import(services, actor, *project, request).run();
}

}  // namespace server
