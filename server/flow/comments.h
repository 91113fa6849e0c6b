// People talk about a document: about one of its annotations, a page, or the whole
// (corpus/comments.h). Each step is one commit, by whoever took it.
//
//   const auto all = TRY(read_comments_of(*project, kMain, id));
//   const corpus::Comment made = TRY(add_comment(services, actor, id, {.annotation = box,
//       .text = "net or gross?"}));
//
// Others' comments may be settled, not rewritten or removed.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "corpus/comments.h"
#include "server/flow/actor.h"
#include "server/flow/services.h"

namespace server {

// `branch`: main, or a reading (readings.h).
Result<std::vector<corpus::Comment>> read_comments_of(const OpenProject& project,
                                                      const std::string& branch,
                                                      const corpus::DocumentId& id);

struct NewComment {
  std::optional<corpus::AnnotationId> annotation = {};
  std::optional<corpus::PageNumber> page = {};
  std::optional<corpus::CommentId> reply_to = {};
  std::string text = {};
};
// invalid if what it answers or is about is not there.
Result<corpus::Comment> add_comment(Services& services, const Actor& actor,
                                    const corpus::DocumentId& id, const NewComment& comment);

struct CommentChange {
  std::optional<std::string> text = {};
  std::optional<bool> resolved = {};
};
// denied for others' text.
Result<corpus::Comment> change_comment(Services& services, const Actor& actor,
                                       const corpus::DocumentId& id,
                                       const corpus::CommentId& comment,
                                       const CommentChange& change);

// One's own, as long as nobody has answered it.
Result<void> remove_comment(Services& services, const Actor& actor, const corpus::DocumentId& id,
                            const corpus::CommentId& comment);

}  // namespace server
