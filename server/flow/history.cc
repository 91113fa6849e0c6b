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

Result<vcs::ObjectId> directory_in(const vcs::Snapshot& snapshot, const std::string& directory) {
  const auto entry = TRY(snapshot.entry(directory));
  return entry && entry->is_tree() ? entry->id : vcs::kNoObject;
}

// The tree of the document's directory; kNoObject if it is not there.
Result<vcs::ObjectId> directory_tree(const OpenProject& project, const vcs::ObjectId& commit,
                                     const std::string& directory) {
  if (commit == vcs::kNoObject) return vcs::kNoObject;
  return directory_in(TRY(vcs::Snapshot::at_commit(*project.repository, commit)), directory);
}

// Tells the changes of one document's directory from tree to tree.
class DirectoryDiff {
 public:
  DirectoryDiff(const OpenProject& project, const corpus::DocumentId& id)
      : project_(project), directory_(corpus::document_dir(project.fan_out, id)) {}

  Result<DocumentChanges> between(const vcs::ObjectId& before, const vcs::ObjectId& after) {
    TRY(vcs::diff_trees(*project_.repository, before, after,
                        [&](const vcs::Change& change) -> Result<bool> {
                          TRY(add(change));
                          return true;
                        }));
    return std::move(found_);
  }

 private:
  Result<void> add(const vcs::Change& change) {
    const std::string path(change.path);
    const auto info = corpus::classify(directory_ + "/" + path, project_.fan_out);
    switch (info.kind) {
      case corpus::PathKind::page_annotations:
      case corpus::PathKind::document_annotations:
        return add_annotations(change, info.page);
      case corpus::PathKind::review:
        return change.after ? add_review(path, change) : Result<void>();
      default:
        return {};
    }
  }

  Result<void> add_annotations(const vcs::Change& change, corpus::PageNumber page) {
    const auto before = corpus::read_annotations(TRY(text_of(change.before)));
    const auto after = corpus::read_annotations(TRY(text_of(change.after)));
    if (before.ok() && after.ok()) {
      append_events(corpus::annotation_changes(*before, *after), page, found_.annotations);
    } else {
      found_.unreadable.emplace_back(change.path);
    }
    return {};
  }

  // A verdict on a label rewrites the file too, and moves nothing.
  Result<void> add_review(const std::string& path, const vcs::Change& change) {
    const auto before = corpus::parse_review(TRY(text_of(change.before)));
    const auto after = corpus::parse_review(TRY(text_of(change.after)));
    if (!after.ok()) {
      found_.unreadable.push_back(path);
      return {};
    }
    const bool stays = change.before && before.ok() && before->state == after->state;
    if (!stays) found_.review = corpus::name_of(after->state);
    return {};
  }

  // Empty if it is not there.
  Result<std::string> text_of(const std::optional<vcs::FileState>& file) const {
    if (!file) return std::string();
    return vcs::read_object_of(*project_.repository, vcs::ObjectKind::blob, file->id);
  }

  const OpenProject& project_;
  std::string directory_;
  DocumentChanges found_;
};

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
                                            const std::string& branch, const corpus::DocumentId& id,
                                            size_t limit, const std::string& after) {
  const std::string directory = corpus::document_dir(project.fan_out, id);
  if (!TRY(TRY(project.tip(branch)).entry(directory))) {
    return base::Error{base::Code::not_found, "there is no such document"};
  }
  vcs::HistoryQuery query{.start = TRY(project.tip_id(branch)), .path = directory, .limit = limit};
  if (!after.empty()) query.after = TRY(vcs::ObjectId::from_hex(after));
  const vcs::HistoryPage page = TRY(vcs::history_of(*project.repository, query));
  DocumentHistory history;
  for (const vcs::HistoryEntry& entry : page.entries) {
    Revision revision = TRY(revision_of(services, project, entry));
    const auto& parents = entry.commit.parents;
    const vcs::ObjectId parent = parents.empty() ? vcs::kNoObject : parents.front();
    const auto before = TRY(directory_tree(project, parent, directory));
    const auto now = TRY(directory_tree(project, entry.id, directory));
    revision.changes = TRY(DirectoryDiff(project, id).between(before, now));
    history.revisions.push_back(std::move(revision));
  }
  if (page.next) history.next = page.next->hex();
  return history;
}

Result<DocumentChanges> diff_document(const OpenProject& project, const std::string& branch,
                                      const corpus::DocumentId& id, const std::string& from,
                                      const std::string& to) {
  const std::string directory = corpus::document_dir(project.fan_out, id);
  const auto before = TRY(directory_in(TRY(project.past(from, branch)), directory));
  const auto after = TRY(directory_in(TRY(project.past(to, branch)), directory));
  if (before == vcs::kNoObject && after == vcs::kNoObject) {
    return base::Error{base::Code::not_found, "there is no such document"};
  }
  return DirectoryDiff(project, id).between(before, after);
}

Result<Revision> blame_annotation(Services& services, const OpenProject& project,
                                  const std::string& branch, const corpus::DocumentId& id,
                                  const corpus::AnnotationId& annotation) {
  const vcs::Snapshot tip = TRY(project.tip(branch));
  const DocumentFiles files(tip, project.fan_out, id);
  const auto extract = [&](std::string_view content) -> Result<std::optional<std::string>> {
    for (const auto& one : TRY(corpus::read_annotations(content))) {
      if (one.id == annotation) return std::optional(corpus::print_annotation(one));
    }
    return std::optional<std::string>();
  };
  for (const AnnotationFile& file : TRY(files.annotation_files())) {
    const auto entry =
        TRY(vcs::blame_value(*project.repository, TRY(project.tip_id(branch)), file.path, extract));
    if (entry) return revision_of(services, project, *entry);
  }
  return base::Error{base::Code::not_found, "the document has no such annotation"};
}

}  // namespace server
