#include "corpus/file_form.h"

#include <utility>

#include "base/text.h"
#include "corpus/annotation.h"
#include "corpus/comments.h"
#include "corpus/lfs_pointer.h"
#include "corpus/review.h"
#include "corpus/schema.h"
#include "corpus/splits.h"

namespace corpus {
namespace {

void check_guideline(std::string_view text, Diagnostics& problems) {
  if (text.size() > kMaxGuidelineBytes) problems.add({}, "longer than 1 MiB");
  if (!base::is_utf8(text)) problems.add({}, "not UTF-8");
}

void check_attachment(std::string_view text, Diagnostics& problems) {
  const auto pointer = parse_lfs_pointer(text);
  if (pointer.ok()) return;
  problems.add(
      {}, pointer.error().what + "; run: git lfs install, then git add --renormalize attachments");
}

}  // namespace

Diagnostics check_form(const PathInfo& info, std::string path, std::string_view text) {
  Diagnostics problems(path);
  switch (info.kind) {
    case PathKind::page_annotations:
    case PathKind::document_annotations:
      return parse_annotations(text, std::move(path)).problems;
    case PathKind::comments:
      return parse_comments(text, std::move(path)).problems;
    case PathKind::schema:
      (void)parse_schema(text, problems);
      return problems;
    case PathKind::review:
      (void)parse_review(text, problems);
      return problems;
    case PathKind::split:
      (void)parse_split(text, problems);
      return problems;
    case PathKind::split_members:
      (void)parse_placements(text, info.split_shard, problems);
      return problems;
    case PathKind::guideline:
      check_guideline(text, problems);
      return problems;
    case PathKind::attachment:
      check_attachment(text, problems);
      return problems;
    default:
      return problems;
  }
}

}  // namespace corpus
