#include "server/flow/comments.h"

#include <algorithm>
#include <functional>

#include "base/clock.h"
#include "base/random.h"
#include "server/flow/document_files.h"
#include "server/flow/index.h"
#include "server/flow/readings.h"

namespace server {
namespace {

using Comments = std::vector<corpus::Comment>;

Result<Comments> comments_in(const DocumentFiles& files) {
  const FileVersion file = TRY(files.version(corpus::comments_path(files.directory())));
  return as_stored(corpus::read_comments(file.text));
}

Result<corpus::Comment*> find(Comments& comments, const corpus::CommentId& id) {
  const auto found = std::find_if(comments.begin(), comments.end(),
                                  [&](const corpus::Comment& comment) { return comment.id == id; });
  if (found == comments.end()) {
    return base::Error{base::Code::not_found, "there is no such comment"};
  }
  return &*found;
}

Result<bool> has_annotation(const DocumentFiles& files, const corpus::AnnotationId& id) {
  for (const AnnotationFile& file : TRY(files.annotation_files())) {
    const AnnotationsVersion version = TRY(files.annotations(file.path));
    const auto& list = *version.annotations;
    if (std::any_of(list.begin(), list.end(), [&](const auto& one) { return one.id == id; })) {
      return true;
    }
  }
  return false;
}

Result<void> check_subject(const DocumentFiles& files, Comments& comments,
                           const NewComment& comment) {
  const auto document = TRY(files.document());
  if (comment.annotation && !TRY(has_annotation(files, *comment.annotation))) {
    return base::Error{base::Code::invalid, "the document has no such annotation"};
  }
  if (comment.page && *comment.page > document.pages.size()) {
    return base::Error{base::Code::invalid, "the document has no such page"};
  }
  if (comment.reply_to && !find(comments, *comment.reply_to).ok()) {
    return base::Error{base::Code::invalid, "there is no such comment to answer"};
  }
  return {};
}

using Change = std::function<Result<void>(const DocumentFiles& files, Comments& comments)>;

// One commit that changes the discussion; everything is looked at in the newest state.
Result<void> commit_change(Services& services, const Actor& actor, const corpus::DocumentId& id,
                           std::string_view action, const Change& change) {
  const auto project = TRY(services.catalog->open(actor.project()));
  vcs::CommitRequest request;
  request.author = request.committer = signature_of(actor);
  request.message = "Comment on " + id.hex + "\n";
  request.make = [&](const vcs::Snapshot& tip) -> Result<std::vector<vcs::Edit>> {
    const DocumentFiles files(tip, project->fan_out, id);
    TRY(files.document());
    Comments comments = TRY(comments_in(files));
    TRY(change(files, comments));
    std::string text = TRY(corpus::write_comments(std::move(comments)));
    return std::vector<vcs::Edit>{{corpus::comments_path(files.directory()), std::move(text)}};
  };
  TRY(commit_labels(services, actor, *project, id, std::move(request)));
  return catch_up(services, *project, [&](storage::Transaction& tx) {
    return audit(tx, actor, action, document_subject(actor.project(), id.hex));
  });
}

}  // namespace

Result<std::vector<corpus::Comment>> read_comments_of(const OpenProject& project,
                                                      const std::string& branch,
                                                      const corpus::DocumentId& id) {
  const vcs::Snapshot tip = TRY(project.tip(branch));
  const DocumentFiles files(tip, project.fan_out, id);
  TRY(files.document());
  return comments_in(files);
}

Result<corpus::Comment> add_comment(Services& services, const Actor& actor,
                                    const corpus::DocumentId& id, const NewComment& comment) {
  corpus::Comment made;
  made.id = {base::new_ulid()};
  made.annotation = comment.annotation;
  made.page = comment.page;
  made.reply_to = comment.reply_to;
  made.author = actor.mail();
  made.at = base::now_milliseconds();
  made.text = comment.text;
  TRY(commit_change(services, actor, id, "comment.add",
                    [&](const DocumentFiles& files, Comments& comments) -> Result<void> {
                      TRY(check_subject(files, comments, comment));
                      comments.push_back(made);
                      return {};
                    }));
  return made;
}

Result<corpus::Comment> change_comment(Services& services, const Actor& actor,
                                       const corpus::DocumentId& id,
                                       const corpus::CommentId& comment,
                                       const CommentChange& change) {
  corpus::Comment changed;
  TRY(commit_change(services, actor, id, "comment.change",
                    [&](const DocumentFiles&, Comments& comments) -> Result<void> {
                      corpus::Comment* found = TRY(find(comments, comment));
                      if (change.text && found->author != actor.mail()) {
                        return base::Error{base::Code::denied, "that is somebody else's comment"};
                      }
                      if (change.text) found->text = *change.text;
                      if (change.resolved) found->resolved = *change.resolved;
                      changed = *found;
                      return {};
                    }));
  return changed;
}

Result<void> remove_comment(Services& services, const Actor& actor, const corpus::DocumentId& id,
                            const corpus::CommentId& comment) {
  return commit_change(
      services, actor, id, "comment.remove",
      [&](const DocumentFiles&, Comments& comments) -> Result<void> {
        const corpus::Comment* found = TRY(find(comments, comment));
        if (found->author != actor.mail()) {
          return base::Error{base::Code::denied, "that is somebody else's comment"};
        }
        const bool answered = std::any_of(comments.begin(), comments.end(), [&](const auto& other) {
          return other.reply_to == comment;
        });
        if (answered) return base::Error{base::Code::conflict, "somebody has answered it"};
        std::erase_if(comments, [&](const auto& one) { return one.id == comment; });
        return {};
      });
}

}  // namespace server
