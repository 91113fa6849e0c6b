#include "server/flow/agreement.h"

#include "base/digest.h"
#include "server/flow/document_files.h"

namespace server {
namespace {

// The label that was proposed stands no more where a person gave another: then it counts for the
// label that it has now.
void count(const corpus::Annotation& annotation, std::map<ProposalOrigin, ProposalFate>& all) {
  if (!annotation.origin) return;
  ProposalFate& fate =
      all[{annotation.origin->model, annotation.origin->version, annotation.label}];
  const auto known = annotation.extra.find(kProposedKey);
  const bool same =
      known == annotation.extra.end() || known->second == base::Json(proposed_digest(annotation));
  if (annotation.review && annotation.review->state == corpus::Verdict::rejected) {
    ++fate.rejected;
  } else if (annotation.proposed) {
    ++fate.open;
  } else {
    ++(same ? fate.taken : fate.changed);
  }
}

}  // namespace

std::string proposed_digest(const corpus::Annotation& annotation) {
  corpus::Annotation content;
  content.type = annotation.type;
  content.label = annotation.label;
  content.words = annotation.words;
  content.box = annotation.box;
  content.polygon = annotation.polygon;
  content.text = annotation.text;
  content.attributes = annotation.attributes;
  return base::sha256_of(corpus::print_annotation(content)).hex().substr(0, 16);
}

Result<std::map<ProposalOrigin, ProposalFate>> agreement_with_models(const OpenProject& project) {
  std::map<ProposalOrigin, ProposalFate> all;
  const vcs::Snapshot tip = TRY(project.tip());
  TRY(for_each_document(tip, [&](const corpus::DocumentId& id) -> Result<void> {
    const DocumentFiles files(tip, project.fan_out, id);
    for (const AnnotationFile& file : TRY(files.annotation_files())) {
      const auto read = files.annotations(file.path);
      if (!read.ok() && is_unreadable(read.error())) continue;  // nothing can be told of it
      if (!read.ok()) return read.error();
      for (const corpus::Annotation& annotation : *read->annotations) count(annotation, all);
    }
    return {};
  }));
  return all;
}

}  // namespace server
