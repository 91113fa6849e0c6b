#include <array>
#include <set>

#include "corpus/detail/merge_fields.h"
#include "corpus/merge.h"

namespace corpus {
namespace {

using Text = std::optional<std::string_view>;
using Outcome = FileMerge::Outcome;

struct Texts {
  Text base, ours, theirs;
};

std::optional<std::string> owned(const Text& text) {
  return text ? std::optional<std::string>(*text) : std::nullopt;
}

std::string marked_block(std::string_view ours, std::string_view base, std::string_view theirs) {
  std::string out = "<<<<<<< ours\n";
  out += ours;
  out += "||||||| base\n";
  out += base;
  out += "=======\n";
  out += theirs;
  return out + ">>>>>>> theirs\n";
}

std::string line_of(const auto* entry) {
  return entry == nullptr ? "" : to_json(*entry).print() + '\n';
}

// Reads one side; an absent file is `absent`.
template <typename Value, typename Read>
base::Result<Value> read_side(const Text& text, const char* whose, Read read) {
  if (!text) return Value{};
  auto value = read(*text);
  if (!value.ok()) return value.error().within(whose);
  return value;
}

template <typename Value, typename Read>
base::Result<std::array<Value, 3>> read_sides(const Texts& texts, Read read) {
  // One after the other: an early return out of a braced list leaks what it has built (g++ 12).
  std::array<Value, 3> out;
  out[0] = TRY(read_side<Value>(texts.base, "the base", read));
  out[1] = TRY(read_side<Value>(texts.ours, "our side", read));
  out[2] = TRY(read_side<Value>(texts.theirs, "their side", read));
  return out;
}

template <typename Entry>
using Entries = std::vector<Entry>;

// The merged lines, with both sides of those in question. The merge seen from the other side
// holds their values.
template <typename Entry, typename Merge>
std::string marked_lines(const std::array<Entries<Entry>, 3>& sides, const Merge& mine,
                         const Merge& mirrored) {
  std::set<std::string> asked;
  std::set<std::string> whole;
  for (const Conflict& conflict : mine.conflicts) {
    (conflict.field.empty() ? whole : asked).insert(conflict.id);
  }
  const auto base = detail::by_id(sides[0]);
  const auto ours = detail::by_id(sides[1]);
  const auto theirs = detail::by_id(sides[2]);
  const auto other = detail::by_id(mirrored.merged);
  std::string out;
  for (const Entry& entry : mine.merged) {
    const std::string base_line = line_of(detail::find_id(base, entry.id));
    if (whole.contains(entry.id.text)) {
      out += marked_block(line_of(detail::find_id(ours, entry.id)), base_line,
                          line_of(detail::find_id(theirs, entry.id)));
    } else if (asked.contains(entry.id.text)) {
      out += marked_block(line_of(&entry), base_line, line_of(detail::find_id(other, entry.id)));
    } else {
      out += line_of(&entry);
    }
  }
  return out;
}

template <typename Entry, typename Read, typename Merge, typename Write>
base::Result<FileMerge> merge_lines(const Texts& texts, Read read, Merge merge, Write write) {
  const auto sides = TRY(read_sides<Entries<Entry>>(texts, read));
  const auto mine = merge(sides[0], sides[1], sides[2]);
  FileMerge out;
  out.conflicts = mine.conflicts;
  const bool gone = mine.merged.empty() && (!texts.ours || !texts.theirs);
  if (!gone) out.text = TRY(write(mine.merged));
  if (mine.conflicts.empty()) return out;
  out.outcome = Outcome::conflicts;
  out.marked = marked_lines(sides, mine, merge(sides[0], sides[2], sides[1]));
  return out;
}

template <typename Value, typename Read, typename Merge, typename Print>
base::Result<FileMerge> merge_whole(const Texts& texts, Read read, Merge merge, Print print) {
  const auto sides = TRY(read_sides<Value>(texts, read));
  auto merged = merge(sides[0], sides[1], sides[2]);
  FileMerge out{Outcome::merged, print(merged.merged), "", std::move(merged.conflicts)};
  if (out.conflicts.empty()) return out;
  out.outcome = Outcome::conflicts;
  out.marked = marked_block(print(sides[1]), print(sides[0]), print(sides[2]));
  return out;
}

bool mergeable(PathKind kind) {
  switch (kind) {
    case PathKind::page_annotations:
    case PathKind::document_annotations:
    case PathKind::comments:
    case PathKind::review:
    case PathKind::schema:
      return true;
    default:
      return false;
  }
}

}  // namespace

base::Result<FileMerge> merge_file(PathKind kind, Text base, Text ours, Text theirs) {
  if (ours == theirs || theirs == base) return FileMerge{Outcome::merged, owned(ours), "", {}};
  if (ours == base) return FileMerge{Outcome::merged, owned(theirs), "", {}};
  const Texts texts{base, ours, theirs};
  const auto unmergeable = FileMerge{Outcome::unmergeable, owned(ours), "", {}};
  if (!mergeable(kind)) return unmergeable;
  switch (kind) {
    case PathKind::comments:
      return merge_lines<Comment>(texts, read_comments, merge_comments, write_comments);
    case PathKind::review:
      return merge_whole<Review>(
          texts, [](std::string_view text) { return parse_review(text); }, merge_reviews,
          print_review);
    case PathKind::schema:
      if (!ours || !theirs) return unmergeable;
      return merge_whole<Schema>(
          texts, [](std::string_view text) { return parse_schema(text); }, merge_schemas,
          print_schema);
    default:
      return merge_lines<Annotation>(texts, read_annotations, merge_annotations, write_annotations);
  }
}

}  // namespace corpus
