#include "dataset/dvc_tree.h"

#include <algorithm>
#include <optional>
#include <set>
#include <utility>

#include "base/json.h"
#include "base/text.h"

namespace dataset {

using base::Code;
using base::Error;
using base::Result;

namespace {

constexpr char kHexDigits[] = "0123456789abcdef";

void append_unicode_escape(std::string& out, uint32_t unit) {
  out += "\\u";
  for (int shift = 12; shift >= 0; shift -= 4) out += kHexDigits[unit >> shift & 15];
}

void append_code_point_escape(std::string& out, uint32_t code_point) {
  if (code_point < 0x10000) return append_unicode_escape(out, code_point);
  const uint32_t rest = code_point - 0x10000;
  append_unicode_escape(out, 0xd800 + (rest >> 10));
  append_unicode_escape(out, 0xdc00 + (rest & 0x3ff));
}

// Of well-formed UTF-8: the code point that begins at `at`, which moves behind it.
uint32_t next_code_point(std::string_view text, size_t& at) {
  const auto byte = [&](size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char lead = byte(at++);
  if (lead < 0x80) return lead;
  const int more = lead >= 0xf0 ? 3 : lead >= 0xe0 ? 2 : 1;
  uint32_t code_point = lead & (0x3f >> more);
  for (int i = 0; i < more; ++i) code_point = code_point << 6 | (byte(at++) & 0x3f);
  return code_point;
}

// As Python's json.dumps escapes with ensure_ascii.
void append_ascii_json(std::string& out, std::string_view text) {
  static constexpr std::string_view kShort = "\"\"\\\\\nn\rr\tt\bb\ff";
  out += '"';
  for (size_t at = 0; at < text.size();) {
    const uint32_t code_point = next_code_point(text, at);
    bool short_form = false;
    for (size_t i = 0; i < kShort.size(); i += 2) {
      if (code_point != static_cast<uint32_t>(kShort[i])) continue;
      out += '\\';
      out += kShort[i + 1];
      short_form = true;
    }
    if (short_form) continue;
    if (code_point >= 0x20 && code_point < 0x7f) {
      out += static_cast<char>(code_point);
    } else {
      append_code_point_escape(out, code_point);
    }
  }
  out += '"';
}

void append_entry(std::string& out, const base::Md5& md5, std::string_view path) {
  out += "{\"md5\": \"";
  out += md5.hex();
  out += "\", \"relpath\": ";
  append_ascii_json(out, path);
  out += '}';
}

bool path_before(const DvcTreeEntry& a, const DvcTreeEntry& b) {
  return a.path < b.path;
}

bool holds_path(const std::vector<DvcTreeEntry>& sorted, std::string_view path) {
  const auto found = std::lower_bound(
      sorted.begin(), sorted.end(), path,
      [](const DvcTreeEntry& entry, std::string_view wanted) { return entry.path < wanted; });
  return found != sorted.end() && found->path == path;
}

Result<void> check_sorted_entries(const std::vector<DvcTreeEntry>& sorted) {
  for (size_t i = 0; i < sorted.size(); ++i) {
    const std::string& path = sorted[i].path;
    if (i > 0 && sorted[i - 1].path == path) {
      return Error{Code::invalid, "a path is listed twice"};
    }
    for (size_t slash = path.find('/'); slash != std::string::npos;
         slash = path.find('/', slash + 1)) {
      if (holds_path(sorted, std::string_view(path).substr(0, slash))) {
        return Error{Code::invalid, "a path is both a file and a directory"};
      }
    }
  }
  return {};
}

Result<DvcTreeEntry> parse_entry(const base::Json& item, const DvcTreeLimits& limits) {
  const auto refuse = [&](std::string what) {
    return Error{Code::invalid, std::move(what), item.at()};
  };
  const auto* members = item.as_object();
  const std::string* md5 = item.find_string("md5");
  const std::string* path = item.find_string("relpath");
  if (members == nullptr || members->size() != 2 || md5 == nullptr || path == nullptr) {
    return refuse("expected an object with exactly the texts md5 and relpath");
  }
  if (path->size() > limits.path_bytes) return Error{Code::limit, "a path is too long", item.at()};
  if (auto checked = check_dvc_path(*path); !checked.ok()) return refuse(checked.error().what);
  const auto hash = base::Md5::from_hex(*md5);
  if (!hash.ok()) return refuse("md5: " + hash.error().what);
  return DvcTreeEntry{*hash, *path};
}

}  // namespace

Result<void> check_dvc_path(std::string_view path) {
  const auto refuse = [](const char* what) { return Error{Code::invalid, what}; };
  if (path.find('\0') != std::string_view::npos) return refuse("a path holds a NUL");
  if (!base::is_utf8(path)) return refuse("a path is not UTF-8");
  // A backslash is a letter here, but a separator where Windows checks the tree out.
  for (size_t start = 0; start <= path.size();) {
    const size_t end = std::min(path.find_first_of("/\\", start), path.size());
    const std::string_view name = path.substr(start, end - start);
    if (name.empty()) return refuse("a path is absolute, empty or has an empty name");
    if (name == "." || name == "..") return refuse("a path has a \".\" or \"..\"");
    start = end + 1;
  }
  return {};
}

Result<std::string> print_dvc_tree(DvcTree tree) {
  std::sort(tree.entries.begin(), tree.entries.end(), path_before);
  for (const DvcTreeEntry& entry : tree.entries) TRY(check_dvc_path(entry.path));
  TRY(check_sorted_entries(tree.entries));
  std::string text = "[";
  for (const DvcTreeEntry& entry : tree.entries) {
    if (text.size() > 1) text += ", ";
    append_entry(text, entry.md5, entry.path);
  }
  return text + "]";
}

Result<DvcTree> parse_dvc_tree(std::string_view text, const DvcTreeLimits& limits) {
  const base::JsonLimits json_limits{
      .depth = 3, .bytes = limits.bytes, .values = limits.entries * 3 + 1};
  const base::Json json = TRY(base::parse_json(text, json_limits));
  const auto* items = json.as_array();
  if (items == nullptr) return Error{Code::invalid, "expected a list of files", json.at()};
  if (items->size() > limits.entries) return Error{Code::limit, "the tree lists too many files"};
  DvcTree tree;
  tree.entries.reserve(items->size());
  for (const base::Json& item : *items) tree.entries.push_back(TRY(parse_entry(item, limits)));
  std::sort(tree.entries.begin(), tree.entries.end(), path_before);
  TRY(check_sorted_entries(tree.entries));
  return tree;
}

bool is_canonical_dvc_tree(std::string_view text, const DvcTree& tree) {
  const auto printed = print_dvc_tree(tree);
  return printed.ok() && *printed == text;
}

std::vector<base::Md5> missing_children(const DvcTree& tree,
                                        const std::function<bool(const base::Md5&)>& is_stored,
                                        size_t most) {
  std::set<base::Md5> seen;
  std::vector<base::Md5> missing;
  for (const DvcTreeEntry& entry : tree.entries) {
    if (missing.size() == most) break;
    if (seen.insert(entry.md5).second && !is_stored(entry.md5)) missing.push_back(entry.md5);
  }
  return missing;
}

std::string dvc_object_path(const base::Md5& md5, DvcObjectKind kind) {
  const std::string hex = md5.hex();
  return "files/md5/" + hex.substr(0, 2) + "/" + hex.substr(2) +
         (kind == DvcObjectKind::directory ? ".dir" : "");
}

Result<void> DvcTreeWriter::emit(std::string_view text) {
  hasher_.update(text);
  return sink_(text);
}

Result<void> DvcTreeWriter::add(const base::Md5& md5, std::string_view path, uint64_t size) {
  TRY(check_dvc_path(path));
  if (written_.nfiles > 0 && path <= previous_) {
    return Error{Code::invalid, "a tree's paths must ascend"};
  }
  std::string text = written_.nfiles == 0 ? "[" : ", ";
  append_entry(text, md5, path);
  TRY(emit(text));
  previous_ = path;
  ++written_.nfiles;
  written_.size += size;
  return {};
}

Result<DvcTreeWriter::Written> DvcTreeWriter::finish() {
  TRY(emit(written_.nfiles == 0 ? "[]" : "]"));
  written_.md5 = hasher_.finish();
  return written_;
}

namespace {

// An entry of a printed tree, as it stands there.
struct RawEntry {
  size_t begin = 0;
  size_t end = 0;
  std::string_view md5 = {};
  std::string_view directory = {};  // the first name of its path
};

// Goes through a printed tree without making strings of it.
class RawEntries {
 public:
  explicit RawEntries(std::string_view text) : text_(text) {}

  // Nothing at the end.
  Result<std::optional<RawEntry>> next() {
    if (at_ == 0 && text_ == "[]") return std::optional<RawEntry>();
    if (at_ > 0 && text_.substr(at_) == "]") return std::optional<RawEntry>();
    if (!take(at_ == 0 ? "[" : ", ")) return not_canonical();
    RawEntry entry{.begin = at_};
    if (!take("{\"md5\": \"")) return not_canonical();
    entry.md5 = text_.substr(at_, 2 * base::Md5::kSize);
    at_ += entry.md5.size();
    if (!take("\", \"relpath\": \"")) return not_canonical();
    const std::string_view path = text_.substr(at_, text_.find('"', at_) - at_);
    at_ += path.size();
    if (!take("\"}") || path.find('\\') != path.npos) return not_canonical();
    entry.directory = path.substr(0, path.find('/'));
    entry.end = at_;
    return std::optional(entry);
  }

 private:
  static Error not_canonical() {
    return {Code::invalid, "a directory object is not as this program prints it"};
  }
  bool take(std::string_view expected) {
    if (!text_.substr(at_).starts_with(expected)) return false;
    at_ += expected.size();
    return true;
  }

  std::string_view text_;
  size_t at_ = 0;
};

// Puts a tree together from stretches of another and from new entries.
class TreeSplicer {
 public:
  TreeSplicer(std::string_view tree, const DvcTreeWriter::Sink& sink) : tree_(tree), sink_(sink) {}

  Result<void> keep(const RawEntry& entry) {
    files_.push_back(TRY(base::Md5::from_hex(entry.md5)));
    const bool goes_on = kept_end_ > 0 && entry.begin == kept_end_ + kBetween.size();
    if (!goes_on) {
      TRY(emit_kept());
      kept_begin_ = entry.begin;
    }
    kept_end_ = entry.end;
    return {};
  }

  Result<void> put(const DvcTreeChange& change) {
    TRY(emit_kept());
    for (const DvcTreeEntry& file : change.files) {
      TRY(check_dvc_path(file.path));
      files_.push_back(file.md5);
      std::string text;
      append_entry(text, file.md5, file.path);
      TRY(emit_entries(text));
    }
    return {};
  }

  Result<SplicedTree> finish() {
    TRY(emit_kept());
    TRY(emit(any_ ? "]" : "[]"));
    return SplicedTree{hasher_.finish(), std::move(files_)};
  }

 private:
  static constexpr std::string_view kBetween = ", ";

  Result<void> emit_kept() {
    const size_t end = std::exchange(kept_end_, 0);
    return end == 0 ? Result<void>() : emit_entries(tree_.substr(kept_begin_, end - kept_begin_));
  }
  Result<void> emit_entries(std::string_view text) {
    TRY(emit(any_ ? kBetween : "["));
    any_ = true;
    return emit(text);
  }
  Result<void> emit(std::string_view text) {
    hasher_.update(text);
    return sink_(text);
  }

  std::string_view tree_;
  const DvcTreeWriter::Sink& sink_;
  base::Hasher<base::Md5> hasher_;
  std::vector<base::Md5> files_;
  size_t kept_begin_ = 0;  // the stretch that is kept and not yet printed
  size_t kept_end_ = 0;    // 0: there is none
  bool any_ = false;
};

}  // namespace

Result<SplicedTree> splice_dvc_tree(std::string_view tree, std::span<const DvcTreeChange> changes,
                                    const DvcTreeWriter::Sink& sink) {
  RawEntries entries(tree);
  TreeSplicer splicer(tree, sink);
  auto change = changes.begin();
  while (const auto entry = TRY(entries.next())) {
    while (change != changes.end() && change->directory < entry->directory) {
      TRY(splicer.put(*change++));
    }
    const bool is_replaced = change != changes.end() && change->directory == entry->directory;
    if (!is_replaced) TRY(splicer.keep(*entry));
  }
  while (change != changes.end()) TRY(splicer.put(*change++));
  return splicer.finish();
}

}  // namespace dataset
