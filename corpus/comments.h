// comments.jsonl: the discussion about a document (docs/formats/comments.md). One comment a line,
// sorted by id. A comment hangs on an annotation, on a page, or on the document.
// Plain values, pure functions, safe from any thread.
#pragma once

#include <compare>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "corpus/annotation.h"
#include "corpus/diagnostic.h"
#include "corpus/ids.h"

namespace corpus {

// A ULID, as annotations have.
struct CommentId {
  std::string text;
  auto operator<=>(const CommentId&) const = default;
  static base::Result<CommentId> parse(std::string_view text);
};

struct Comment {
  CommentId id;
  std::optional<AnnotationId> annotation;  // neither this nor a page: the document
  std::optional<PageNumber> page;
  std::string author;  // the address with which they sign commits
  base::Milliseconds at = 0;
  std::string text;
  std::optional<CommentId> reply_to;
  bool resolved = false;
  JsonMap extra;

  bool operator==(const Comment&) const = default;
};

inline constexpr size_t kMaxCommentsPerFile = 10'000;

struct CommentLine {
  Comment comment;
  base::Json source;  // knows the places
};
struct ParsedComments {
  std::vector<CommentLine> lines;
  Diagnostics problems;
  bool ok() const { return problems.empty(); }
  std::vector<Comment> values() const;
};

// Checks the form and that replies answer a comment of the file.
ParsedComments parse_comments(std::string_view text, std::string path = {});
base::Result<std::vector<Comment>> read_comments(std::string_view text);
std::string print_comments(std::vector<Comment> comments);
// What may be committed: the same, read back before it is handed out. Code::limit beyond the limits
// of a file.
base::Result<std::string> write_comments(std::vector<Comment> comments);
base::Json to_json(const Comment& comment);
std::optional<Comment> comment_from_json(const base::Json& json, Diagnostics& problems);

// What a push by `person` did wrong: others' comments may be resolved, not rewritten or removed,
// and new ones are one's own. Problems are placed in the new file.
void check_comment_changes(const std::vector<Comment>& before, const ParsedComments& after,
                           std::string_view person, Diagnostics& problems);

}  // namespace corpus
