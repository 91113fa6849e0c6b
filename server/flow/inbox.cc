#include "server/flow/inbox.h"

#include <algorithm>

#include "server/flow/document_files.h"

namespace server {
namespace {

Result<storage::DocumentPage> rejected_documents(Services& services, const Actor& actor,
                                                 const std::string& cursor) {
  return services.database->read([&](storage::Transaction& tx) {
    storage::DocumentQuery query;
    query.project = actor.project().id;
    query.review_state = corpus::name_of(corpus::ReviewState::rejected);
    query.cursor = cursor;
    return storage::DocumentTable(tx).list(query);
  });
}

Result<int64_t> count_rejected(const DocumentFiles& files) {
  int64_t count = 0;
  for (const AnnotationFile& file : TRY(files.annotation_files())) {
    const AnnotationsVersion version = TRY(files.annotations(file.path));
    count += std::count_if(version.annotations->begin(), version.annotations->end(),
                           [](const corpus::Annotation& annotation) {
                             return annotation.review &&
                                    annotation.review->state == corpus::Verdict::rejected;
                           });
  }
  return count;
}

}  // namespace

Result<std::vector<Returned>> returned_to(Services& services, const Actor& actor, size_t limit) {
  const auto project = TRY(services.catalog->open(actor.project()));
  const vcs::Snapshot tip = TRY(project->tip());
  std::vector<Returned> found;
  std::string cursor;
  do {
    storage::DocumentPage page = TRY(rejected_documents(services, actor, cursor));
    for (storage::DocumentRow& row : page.rows) {
      const DocumentFiles files(tip, project->fan_out, row.id, project->parsed.get());
      const auto review = files.review();
      if (!review.ok() || review->submitted_by != actor.mail()) continue;
      const auto rejected = count_rejected(files);
      found.push_back({std::move(row), *review, rejected.value_or(0)});
      if (found.size() == limit) return found;
    }
    cursor = std::move(page.next_cursor);
  } while (!cursor.empty());
  return found;
}

}  // namespace server
