#include "vcs/commit.h"

#include <cstdio>
#include <cstdlib>

#include "base/text.h"

namespace vcs {

using base::Code;
using base::Error;
using base::Result;

namespace {

constexpr int kMaxTagChain = 50;

Error malformed(std::string_view kind) {
  return Error{Code::invalid, "a " + std::string(kind) + " object is malformed"};
}

// The header lines "key value"; continuation lines belong to the line before.
class HeaderLines {
 public:
  explicit HeaderLines(std::string_view text) : rest_(text) {}

  struct Line {
    std::string_view key, value;
  };
  std::optional<Line> next() {
    if (rest_.empty() || rest_.front() == '\n') return std::nullopt;
    const std::string_view line = take_line();
    while (rest_.starts_with(' ')) take_line();
    const size_t space = line.find(' ');
    if (space == std::string_view::npos) return Line{line, ""};
    return Line{line.substr(0, space), line.substr(space + 1)};
  }
  std::string_view message() const { return rest_.empty() ? rest_ : rest_.substr(1); }

 private:
  std::string_view take_line() {
    const size_t end = rest_.find('\n');
    const std::string_view line = rest_.substr(0, end);
    rest_ = end == std::string_view::npos ? std::string_view() : rest_.substr(end + 1);
    return line;
  }
  std::string_view rest_;
};

// "+0130" is 90. Git itself takes anything here; what is no offset counts as UTC.
int parse_offset(std::string_view text) {
  if (text.size() != 5 || (text[0] != '+' && text[0] != '-')) return 0;
  const auto digits = base::parse_integer(text.substr(1));
  if (!digits || *digits < 0) return 0;
  const int minutes = static_cast<int>(*digits / 100 * 60 + *digits % 100);
  return text[0] == '-' ? -minutes : minutes;
}

std::string print_offset(int minutes) {
  const int size = std::abs(minutes);
  char out[16];
  std::snprintf(out, sizeof(out), "%c%02d%02d", minutes < 0 ? '-' : '+', size / 60 % 100,
                size % 60);
  return out;
}

Result<void> read_commit_line(Commit& commit, std::string_view key, std::string_view value) {
  if (key == "tree") {
    commit.tree = TRY(ObjectId::from_hex(value));
  } else if (key == "parent") {
    commit.parents.push_back(TRY(ObjectId::from_hex(value)));
  } else if (key == "author") {
    commit.author = TRY(parse_signature(value));
  } else if (key == "committer") {
    commit.committer = TRY(parse_signature(value));
  }
  return {};
}

Result<void> read_tag_line(Tag& tag, std::string_view key, std::string_view value) {
  if (key == "object") {
    tag.target = TRY(ObjectId::from_hex(value));
  } else if (key == "type") {
    const auto kind = kind_named(value);
    if (!kind) return malformed("tag");
    tag.target_kind = *kind;
  } else if (key == "tag") {
    tag.name = value;
  } else if (key == "tagger") {
    tag.tagger = TRY(parse_signature(value));
  }
  return {};
}

}  // namespace

Result<Signature> parse_signature(std::string_view text) {
  const size_t open = text.find('<');
  const size_t close = text.rfind('>');
  if (open == std::string_view::npos || close == std::string_view::npos || close < open) {
    return Error{Code::invalid, "a signature has no <address>"};
  }
  Signature signature;
  signature.name = base::trim(text.substr(0, open));
  signature.email = text.substr(open + 1, close - open - 1);
  const std::string_view when = base::trim(text.substr(close + 1));
  const size_t space = when.find(' ');
  signature.time = base::parse_integer(when.substr(0, space)).value_or(0);
  if (space != std::string_view::npos) {
    signature.offset_minutes = parse_offset(when.substr(space + 1));
  }
  return signature;
}

std::string print_signature(const Signature& signature) {
  return signature.name + " <" + signature.email + "> " + std::to_string(signature.time) + ' ' +
         print_offset(signature.offset_minutes);
}

Result<Commit> parse_commit(std::string_view text) {
  Commit commit;
  if (!text.starts_with("tree ")) return malformed("commit");
  HeaderLines lines(text);
  while (const auto line = lines.next()) {
    TRY(read_commit_line(commit, line->key, line->value));
  }
  commit.message = lines.message();
  return commit;
}

std::string print_commit(const Commit& commit) {
  std::string out = "tree " + commit.tree.hex() + '\n';
  for (const ObjectId& parent : commit.parents) out += "parent " + parent.hex() + '\n';
  out += "author " + print_signature(commit.author) + '\n';
  out += "committer " + print_signature(commit.committer) + "\n\n";
  return out + commit.message;
}

Result<Commit> read_commit(const ObjectReader& objects, const ObjectId& id) {
  auto commit = parse_commit(TRY(read_object_of(objects, ObjectKind::commit, id)));
  if (!commit.ok()) return commit.error().within("commit " + id.hex());
  return commit;
}

Result<Tag> parse_tag(std::string_view text) {
  Tag tag;
  if (!text.starts_with("object ")) return malformed("tag");
  HeaderLines lines(text);
  while (const auto line = lines.next()) TRY(read_tag_line(tag, line->key, line->value));
  tag.message = lines.message();
  return tag;
}

std::string print_tag(const Tag& tag) {
  std::string out = "object " + tag.target.hex() + "\ntype ";
  out += name_of(tag.target_kind);
  out += "\ntag " + tag.name + '\n';
  if (tag.tagger != Signature{}) out += "tagger " + print_signature(tag.tagger) + '\n';
  return out + '\n' + tag.message;
}

Result<ObjectId> peel(const ObjectReader& objects, ObjectId id) {
  for (int depth = 0; depth < kMaxTagChain; ++depth) {
    if (TRY(objects.header(id)).kind != ObjectKind::tag) return id;
    id = TRY(parse_tag(TRY(read_object_of(objects, ObjectKind::tag, id)))).target;
  }
  return Error{Code::invalid, "tags name tags too many times over"};
}

}  // namespace vcs
