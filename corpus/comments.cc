#include "corpus/comments.h"

#include <algorithm>
#include <unordered_map>

#include "base/random.h"
#include "corpus/detail/json_lines.h"
#include "corpus/detail/merge_fields.h"
#include "corpus/detail/object_reader.h"
#include "corpus/detail/read_back.h"
#include "corpus/layout.h"

namespace corpus {
namespace {

constexpr detail::LineLimits kLimits{kMaxAnnotationFileBytes, kMaxAnnotationLineBytes,
                                     kMaxCommentsPerFile};

using base::Json;
using detail::ObjectReader;
using detail::Presence;

std::string moment_text(base::Milliseconds at) {
  return at % 1000 == 0 ? base::to_rfc3339(at) : base::to_rfc3339_with_milliseconds(at);
}

void read_moment(ObjectReader& reader, base::Milliseconds& out) {
  std::string text;
  const Json* value = reader.member("at", Presence::required);
  if (value == nullptr || !reader.text("at", text)) return;
  const auto moment = base::from_rfc3339(text);
  if (!moment.ok()) reader.refuse(value->at(), "\"at\": " + moment.error().what);
  out = moment.value_or(0);
}

void read_page(ObjectReader& reader, Comment& out) {
  int64_t page = 0;
  if (reader.integer("page", 1, kMaxPages, page)) out.page = static_cast<PageNumber>(page);
  if (out.page && out.annotation) {
    reader.refuse(reader.member("page")->at(),
                  "a comment has \"annotation\" or \"page\", not both");
  }
}

void check_replies(ParsedComments& parsed) {
  std::unordered_map<std::string, size_t> known;
  for (const CommentLine& line : parsed.lines) known.emplace(line.comment.id.text, known.size());
  for (const CommentLine& line : parsed.lines) {
    const auto& answered = line.comment.reply_to;
    if (!answered) continue;
    const bool itself = *answered == line.comment.id;
    if (itself || !known.contains(answered->text)) {
      parsed.problems.add(line.source.find("reply_to")->at(),
                          itself ? "a comment does not answer itself"
                                 : "\"reply_to\" names a comment that is not in this file");
    }
  }
}

// The same but for the mark that the matter is settled.
bool same_but_resolved(Comment a, const Comment& b) {
  a.resolved = b.resolved;
  return a == b;
}

}  // namespace

base::Result<CommentId> CommentId::parse(std::string_view text) {
  const auto ulid = TRY(AnnotationId::parse(text));
  return CommentId{ulid.text};
}

std::vector<Comment> ParsedComments::values() const {
  std::vector<Comment> out;
  out.reserve(lines.size());
  for (const CommentLine& line : lines) out.push_back(line.comment);
  return out;
}

std::optional<Comment> comment_from_json(const base::Json& json, Diagnostics& problems) {
  const size_t before = problems.count();
  Comment out;
  ObjectReader reader(json, problems);
  std::optional<CommentId> id;
  if (reader.id("id", id, Presence::required)) out.id = std::move(*id);
  reader.id("annotation", out.annotation);
  read_page(reader, out);
  reader.text("author", out.author, Presence::required);
  read_moment(reader, out.at);
  if (reader.text("text", out.text, Presence::required) && out.text.empty()) {
    reader.refuse(json.find("text")->at(), "the comment is empty");
  }
  reader.id("reply_to", out.reply_to);
  reader.boolean("resolved", out.resolved);
  out.extra = reader.finish();
  if (problems.count() != before) return std::nullopt;
  if (to_json(out).print().size() > kMaxAnnotationLineBytes) {
    problems.add(json.at(), "the comment is too long");
    return std::nullopt;
  }
  return out;
}

ParsedComments parse_comments(std::string_view text, std::string path) {
  ParsedComments out{{}, Diagnostics(std::move(path))};
  std::unordered_map<std::string, uint32_t> line_of;
  detail::for_each_json_line(text, kLimits, out.problems, [&](base::Json json) {
    auto comment = comment_from_json(json, out.problems);
    if (!comment) return;
    const auto [known, is_new] = line_of.try_emplace(comment->id.text, json.at().line);
    if (is_new) {
      out.lines.push_back({std::move(*comment), std::move(json)});
    } else {
      out.problems.add(
          json.find("id")->at(),
          "the id " + comment->id.text + " is already in line " + std::to_string(known->second));
    }
  });
  check_replies(out);
  return out;
}

base::Result<std::vector<Comment>> read_comments(std::string_view text) {
  const ParsedComments parsed = parse_comments(text);
  if (!parsed.ok()) return first_error(parsed.problems);
  return parsed.values();
}

base::Json to_json(const Comment& comment) {
  Json out = Json::object({{"id", comment.id.text}});
  if (comment.annotation) out.set("annotation", comment.annotation->text);
  if (comment.page) out.set("page", *comment.page);
  out.set("author", comment.author).set("at", moment_text(comment.at)).set("text", comment.text);
  if (comment.reply_to) out.set("reply_to", comment.reply_to->text);
  if (comment.resolved) out.set("resolved", true);
  detail::add_extra(out, comment.extra);
  return out;
}

std::string print_comments(std::vector<Comment> comments) {
  std::sort(comments.begin(), comments.end(),
            [](const Comment& a, const Comment& b) { return a.id < b.id; });
  std::string out;
  for (const Comment& comment : comments) {
    to_json(comment).print_to(out);
    out += '\n';
  }
  return out;
}

base::Result<std::string> write_comments(std::vector<Comment> comments) {
  const size_t count = comments.size();
  auto text = print_comments(std::move(comments));
  text = TRY(detail::within_limits(std::move(text), count, kLimits));
  return detail::if_readable(std::move(text), read_comments);
}

void check_comment_changes(const std::vector<Comment>& before, const ParsedComments& after,
                           std::string_view person, Diagnostics& problems) {
  auto known = detail::by_id(before);
  for (const CommentLine& line : after.lines) {
    const Comment* old = detail::find_id(known, line.comment.id);
    known.erase(line.comment.id);
    if (old != nullptr && same_but_resolved(*old, line.comment)) continue;
    const bool own = line.comment.author == person && (old == nullptr || old->author == person);
    if (own) continue;
    problems.add(line.source.at(), old == nullptr
                                       ? "a new comment must have its writer as \"author\""
                                       : "a comment of somebody else can only be resolved");
  }
  for (const auto& [id, old] : known) {
    if (old->author != person) {
      problems.add({}, "the comment " + id.text + " of somebody else is gone");
    }
  }
}

}  // namespace corpus
