#include "server/flow/history.h"

#include "server/flow/document_files.h"
#include "storage/push_log.h"
#include "storage/user_store.h"
#include "vcs/diff.h"
#include "vcs/history.h"

namespace server {
namespace {

void append_events(const corpus::AnnotationChanges& changes, corpus::PageNumber page,
                   std::vector<AnnotationEvent>& events) {
  using Kind = AnnotationEvent::Kind;
  for (const auto& added : changes.added) events.push_back({Kind::added, page, {}, added, {}});
  for (const auto& gone : changes.removed) events.push_back({Kind::removed, page, gone, {}, {}});
  for (const auto& changed : changes.changed) {
    events.push_back({Kind::changed, page, changed.before, changed.after, changed.fields});
  }
}

Result<std::vector<corpus::Annotation>> annotations_in(const vcs::ObjectReader& objects,
                                                       const std::optional<vcs::FileState>& file) {
  if (!file) return std::vector<corpus::Annotation>{};
  return corpus::read_annotations(
      TRY(vcs::read_object_of(objects, vcs::ObjectKind::blob, file->id)));
}

// The tree of the document's directory; kNoObject if it is not there.
Result<vcs::ObjectId> directory_tree(const OpenProject& project, const vcs::ObjectId& commit,
                                     const std::string& directory) {
  if (commit == vcs::kNoObject) return vcs::kNoObject;
  const vcs::Snapshot snapshot = TRY(vcs::Snapshot::at_commit(*project.repository, commit));
  const auto entry = TRY(snapshot.entry(directory));
  return entry ? entry->id : vcs::kNoObject;
}

struct DirectoryDiff {
  std::vector<AnnotationEvent> events;
  std::optional<std::string> review;
};

Result<DirectoryDiff> diff_directories(const OpenProject& project, const corpus::DocumentId& id,
                                       const vcs::ObjectId& before, const vcs::ObjectId& after) {
  DirectoryDiff diff;
  const std::string directory = corpus::document_dir(project.fan_out, id);
  TRY(vcs::diff_trees(
      *project.repository, before, after, [&](const vcs::Change& change) -> Result<bool> {
        const auto info =
            corpus::classify(directory + "/" + std::string(change.path), project.fan_out);
        if (info.kind == corpus::PathKind::page_annotations ||
            info.kind == corpus::PathKind::document_annotations) {
          append_events(
              corpus::annotation_changes(TRY(annotations_in(*project.repository, change.before)),
                                         TRY(annotations_in(*project.repository, change.after))),
              info.page, diff.events);
        } else if (info.kind == corpus::PathKind::review && change.after) {
          const std::string text = TRY(
              vcs::read_object_of(*project.repository, vcs::ObjectKind::blob, change.after->id));
          diff.review = corpus::name_of(TRY(corpus::parse_review(text)).state);
        }
        return true;
      }));
  return diff;
}

Result<std::string> pusher_of(Services& services, const OpenProject& project,
                              const vcs::HistoryEntry& entry) {
  return services.database->read([&](storage::Transaction& tx) -> Result<std::string> {
    const auto update = storage::PushLog(tx).find(project.project.id, entry.id.hex());
    if (!update.ok()) return std::string();
    const auto user = TRY(storage::UserStore(tx).find_user(update->user));
    return user.name == entry.commit.author.name ? std::string() : user.name;
  });
}

Result<Revision> revision_of(Services& services, const OpenProject& project,
                             const vcs::HistoryEntry& entry) {
  Revision revision;
  revision.commit = entry.id.hex();
  revision.author = entry.commit.author;
  revision.message = entry.commit.message;
  revision.pusher = TRY(pusher_of(services, project, entry));
  return revision;
}

}  // namespace

const char* name_of(AnnotationEvent::Kind kind) {
  switch (kind) {
    case AnnotationEvent::Kind::added:
      return "added";
    case AnnotationEvent::Kind::removed:
      return "removed";
    case AnnotationEvent::Kind::changed:
      return "changed";
  }
  return "changed";
}

Result<DocumentHistory> history_of_document(Services& services, const OpenProject& project,
                                            const corpus::DocumentId& id, size_t limit,
                                            const std::string& after) {
  const std::string directory = corpus::document_dir(project.fan_out, id);
  if (!TRY(TRY(project.tip()).entry(directory))) {
    return base::Error{base::Code::not_found, "there is no such document"};
  }
  vcs::HistoryQuery query{.start = TRY(project.tip_id()), .path = directory, .limit = limit};
  if (!after.empty()) query.after = TRY(vcs::ObjectId::from_hex(after));
  const vcs::HistoryPage page = TRY(vcs::history_of(*project.repository, query));
  DocumentHistory history;
  for (const vcs::HistoryEntry& entry : page.entries) {
    Revision revision = TRY(revision_of(services, project, entry));
    const auto& parents = entry.commit.parents;
    const vcs::ObjectId parent = parents.empty() ? vcs::kNoObject : parents.front();
    auto diff = TRY(diff_directories(project, id, TRY(directory_tree(project, parent, directory)),
                                     TRY(directory_tree(project, entry.id, directory))));
    revision.changes = std::move(diff.events);
    revision.review = std::move(diff.review);
    history.revisions.push_back(std::move(revision));
  }
  if (page.next) history.next = page.next->hex();
  return history;
}

Result<std::vector<AnnotationEvent>> diff_document(const OpenProject& project,
                                                   const corpus::DocumentId& id,
                                                   const std::string& from, const std::string& to) {
  const std::string directory = corpus::document_dir(project.fan_out, id);
  const auto before = TRY(directory_tree(project, TRY(vcs::ObjectId::from_hex(from)), directory));
  const auto after = TRY(directory_tree(project, TRY(vcs::ObjectId::from_hex(to)), directory));
  if (before == vcs::kNoObject && after == vcs::kNoObject) {
    return base::Error{base::Code::not_found, "there is no such document"};
  }
  return TRY(diff_directories(project, id, before, after)).events;
}

Result<Revision> blame_annotation(Services& services, const OpenProject& project,
                                  const corpus::DocumentId& id,
                                  const corpus::AnnotationId& annotation) {
  const vcs::Snapshot tip = TRY(project.tip());
  const DocumentFiles files(tip, project.fan_out, id);
  const auto extract = [&](std::string_view content) -> Result<std::optional<std::string>> {
    for (const auto& one : TRY(corpus::read_annotations(content))) {
      if (one.id == annotation) return std::optional(corpus::print_annotation(one));
    }
    return std::optional<std::string>();
  };
  for (const AnnotationFile& file : TRY(files.annotation_files())) {
    const auto entry =
        TRY(vcs::blame_value(*project.repository, TRY(project.tip_id()), file.path, extract));
    if (entry) return revision_of(services, project, *entry);
  }
  return base::Error{base::Code::not_found, "the document has no such annotation"};
}

}  // namespace server
