#include "vcs/object_check.h"

#include <algorithm>
#include <string>
#include <vector>

#include "base/text.h"
#include "vcs/detail/object_text.h"

namespace vcs {
namespace {

using base::Code;
using base::Error;
using base::Result;

Error bad(std::string what) {
  return Error{Code::invalid, std::move(what)};
}

// A name from outside, safe to print on a terminal and not too long to read.
std::string quoted(std::string_view name) {
  std::string out = "\"";
  for (const char c : name.substr(0, 100)) {
    const auto byte = static_cast<unsigned char>(c);
    const bool plain = byte >= 0x20 && byte < 0x7f && c != '"';
    out += plain ? std::string(1, c) : "\\x" + base::to_hex(base::as_bytes({&c, 1}));
  }
  return out + (name.size() > 100 ? "...\"" : "\"");
}

bool has_control(std::string_view text) {
  return std::any_of(text.begin(), text.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte < 0x20 || byte == 0x7f;
  });
}

Result<void> check_size(std::string_view what, size_t size, size_t limit) {
  if (size <= limit) return {};
  return Error{Code::limit, std::string(what) + " of " + std::to_string(size) +
                                " bytes; the limit is " + std::to_string(limit)};
}

Result<void> check_mode(std::string_view mode, std::string_view name) {
  if (mode == "100644" || mode == "40000") return {};
  if (mode == "120000") return bad("tree entry " + quoted(name) + " is a symbolic link");
  if (mode == "160000") return bad("tree entry " + quoted(name) + " is a submodule");
  if (mode == "100755") return bad("tree entry " + quoted(name) + " is executable");
  if (mode.starts_with('0')) return bad("tree entry " + quoted(name) + " has a zero-padded mode");
  return bad("tree entry " + quoted(name) + " has the unknown mode " + quoted(mode));
}

// git sorts a directory as if its name ended with '/'.
std::string sort_key(const RawEntry& entry) {
  return std::string(entry.name) + (entry.mode == "40000" ? "/" : "");
}

Result<void> check_order(const RawEntry& before, const RawEntry& entry) {
  if (before.name == entry.name) return bad("tree has two entries " + quoted(entry.name));
  if (sort_key(before) < sort_key(entry)) return {};
  return bad("tree is not sorted at " + quoted(entry.name));
}

std::string lower(std::string_view name) {
  std::string out(name);
  for (char& c : out) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return out;
}

// Also finds the twin that sorting hides: a file "a" and a directory "a" with "a.b" between.
Result<void> check_twins(std::vector<std::string> folded) {
  std::sort(folded.begin(), folded.end());
  const auto twin = std::adjacent_find(folded.begin(), folded.end());
  if (twin == folded.end()) return {};
  return bad("tree has two entries " + quoted(*twin) + " that differ in case at most");
}

Result<void> check_entry(const RawEntry& entry, const ObjectRules& rules) {
  TRY(check_mode(entry.mode, entry.name));
  TRY(check_entry_name(entry.name, rules.max_name_bytes));
  if (entry.id == ObjectId{}) return bad("tree entry " + quoted(entry.name) + " has no object id");
  return {};
}

Result<void> check_time_zone(std::string_view zone) {
  const bool shaped = zone.size() == 5 && (zone[0] == '+' || zone[0] == '-') &&
                      zone.find_first_not_of("0123456789", 1) == std::string_view::npos;
  if (!shaped) return bad("identity has a malformed time zone");
  if (zone[3] > '5' || zone.substr(1) > "1459") return bad("identity has an impossible time zone");
  return {};
}

Result<void> check_date(std::string_view date) {
  const size_t space = date.find(' ');
  const std::string_view seconds = date.substr(0, space);
  if (seconds.empty() || space == std::string_view::npos) return bad("identity has no date");
  if (seconds.find_first_not_of("0123456789") != std::string_view::npos) {
    return bad("identity has a malformed date");
  }
  if (seconds.size() > 1 && seconds[0] == '0') return bad("identity has a zero-padded date");
  // The year 9999: far below what overflows, far above what is true.
  const auto value = base::parse_integer(seconds);
  if (!value || *value > 253'402'300'799) return bad("identity has a date that overflows");
  return check_time_zone(date.substr(space + 1));
}

Result<void> check_id_line(HeaderReader& reader, std::string_view key) {
  const auto value = reader.take(key);
  if (!value) return bad("no " + std::string(key) + " line where one belongs");
  if (!ObjectId::from_hex(*value).ok()) return bad("malformed " + std::string(key) + " line");
  return {};
}

Result<void> check_identity_line(HeaderReader& reader, std::string_view key) {
  const auto value = reader.take(key);
  if (!value) return bad("no " + std::string(key) + " line where one belongs");
  const auto verdict = check_identity(*value);
  if (!verdict.ok()) return verdict.error().within(key);
  return {};
}

// Lines after the fixed ones: encoding, gpgsig with its continuation lines, mergetag.
Result<void> check_other_headers(HeaderReader& reader) {
  bool is_first = true;
  while (const auto line = reader.take_line()) {
    const bool continues = line->starts_with(' ');
    const std::string_view key = line->substr(0, line->find(' '));
    if (continues && is_first) return bad("header continues a line that is fixed");
    if (!continues && key.size() == line->size()) return bad("header line without a value");
    for (const std::string_view fixed : {"tree", "parent", "author", "committer"}) {
      if (key == fixed) return bad("misplaced or repeated " + std::string(fixed) + " line");
    }
    if (key == "encoding" && lower(line->substr(9)) != "utf-8") {
      return bad("text is not encoded in UTF-8");
    }
    is_first = false;
  }
  return {};
}

Result<void> check_text(std::string_view content, const ObjectRules& rules) {
  TRY(check_size("commit or tag", content.size(), rules.max_commit_bytes));
  if (content.find('\0') != std::string_view::npos) return bad("NUL byte in the text");
  if (!base::is_utf8(content)) return bad("text is not valid UTF-8");
  return {};
}

Result<void> check_end_of_headers(const HeaderReader& reader) {
  if (!reader.is_terminated()) return bad("headers do not end");
  return {};
}

Result<void> check_tagged_type(HeaderReader& reader) {
  const auto type = reader.take("type");
  if (!type) return bad("no type line where one belongs");
  for (const std::string_view known : {"commit", "tree", "blob", "tag"}) {
    if (*type == known) return {};
  }
  return bad("unknown type of the tagged object");
}

Result<void> check_tag_name(HeaderReader& reader) {
  const auto name = reader.take("tag");
  if (!name) return bad("no tag line where one belongs");
  if (name->empty() || has_control(*name) || name->find(' ') != std::string_view::npos) {
    return bad("malformed tag name");
  }
  return {};
}

Result<void> check_commit_lines(HeaderReader reader, const ObjectRules& rules) {
  TRY(check_id_line(reader, "tree"));
  for (size_t parents = 0; reader.next_is("parent"); ++parents) {
    if (parents == rules.max_commit_parents) return Error{Code::limit, "too many parents"};
    TRY(check_id_line(reader, "parent"));
  }
  TRY(check_identity_line(reader, "author"));
  TRY(check_identity_line(reader, "committer"));
  TRY(check_other_headers(reader));
  return check_end_of_headers(reader);
}

Result<void> check_tag_lines(HeaderReader reader) {
  TRY(check_id_line(reader, "object"));
  TRY(check_tagged_type(reader));
  TRY(check_tag_name(reader));
  TRY(check_identity_line(reader, "tagger"));
  TRY(check_other_headers(reader));
  return check_end_of_headers(reader);
}

}  // namespace

Result<void> check_entry_name(std::string_view name, size_t max_bytes) {
  if (name.empty()) return bad("tree entry without a name");
  TRY(check_size("name", name.size(), max_bytes));
  if (name == "." || name == "..") return bad("tree entry " + quoted(name) + " is a reserved name");
  if (name.find_first_of("/\\:") != std::string_view::npos) {
    return bad("tree entry " + quoted(name) + " holds a slash, a backslash or a colon");
  }
  if (has_control(name)) return bad("tree entry " + quoted(name) + " holds a control character");
  if (!base::is_utf8(name)) return bad("tree entry " + quoted(name) + " is not valid UTF-8");
  if (looks_like_dot_git(name)) return bad("tree entry " + quoted(name) + " is a spelling of .git");
  if (looks_like_dot_gitmodules(name)) {
    return bad("tree entry " + quoted(name) + " is a spelling of .gitmodules");
  }
  return {};
}

Result<void> check_identity(std::string_view identity) {
  const size_t open = identity.find_first_of("<>");
  if (has_control(identity)) return bad("identity holds a control character");
  if (open == std::string_view::npos) return bad("identity without an address");
  if (identity[open] == '>') return bad("identity has a '>' in the name");
  if (open == 0 || identity[open - 1] != ' ')
    return bad("identity without a space before the address");
  if (open == 1) return bad("identity without a name");
  const size_t close = identity.find_first_of("<>", open + 1);
  if (close == std::string_view::npos || identity[close] != '>') {
    return bad("identity has a malformed address");
  }
  if (close + 1 >= identity.size() || identity[close + 1] != ' ') {
    return bad("identity without a space before the date");
  }
  return check_date(identity.substr(close + 2));
}

Result<void> check_tree(std::string_view content, const ObjectRules& rules) {
  TRY(check_size("tree", content.size(), rules.max_tree_bytes));
  std::vector<std::string> folded;
  std::optional<RawEntry> before;
  while (!content.empty()) {
    const auto entry = take_entry(content);
    if (!entry) return bad("tree is malformed");
    if (folded.size() == rules.max_tree_entries)
      return Error{Code::limit, "tree has too many entries"};
    TRY(check_entry(*entry, rules));
    if (before) TRY(check_order(*before, *entry));
    folded.push_back(lower(entry->name));
    before = entry;
  }
  return check_twins(std::move(folded));
}

Result<void> check_commit(std::string_view content, const ObjectRules& rules) {
  TRY(check_text(content, rules));
  return check_commit_lines(HeaderReader(content), rules);
}

Result<void> check_tag(std::string_view content, const ObjectRules& rules) {
  TRY(check_text(content, rules));
  return check_tag_lines(HeaderReader(content));
}

Result<void> check_object(ObjectKind kind, std::string_view content, const ObjectRules& rules) {
  switch (kind) {
    case ObjectKind::commit:
      return check_commit(content, rules);
    case ObjectKind::tree:
      return check_tree(content, rules);
    case ObjectKind::tag:
      return check_tag(content, rules);
    case ObjectKind::blob:
      break;
  }
  return check_size("file", content.size(), rules.max_blob_bytes);
}

}  // namespace vcs
