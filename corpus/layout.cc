#include "corpus/layout.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <span>

#include "base/bytes.h"
#include "base/text.h"
#include "corpus/detail/object_reader.h"

namespace corpus {
namespace {

using Segments = std::span<const std::string_view>;

constexpr std::array<std::string_view, 6> kServerFiles = {
    ".dvc/config", ".dvc/.gitignore", ".dvcignore", ".gitattributes", ".gitignore", "README.md"};
constexpr std::string_view kWordsEnd = ".words.tsv";
constexpr std::string_view kAnnotationsEnd = ".annotations.jsonl";

// "abc.json" without ".json", or nothing.
std::string_view stem(std::string_view name, std::string_view ending) {
  return name.ends_with(ending) ? name.substr(0, name.size() - ending.size()) : "";
}

bool is_extension(std::string_view text) {
  return !text.empty() && text.size() <= 8 && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
  });
}

// A file name that every system keeps as it is: what Windows and macOS read otherwise, or hide,
// is left out, and so is everything that could pass for .git there.
bool is_portable_name(std::string_view name) {
  constexpr std::string_view kPlain = "_-.,()+@ ";
  if (name.empty() || name.size() > 200 || name[0] == '.' || name[0] == ' ') return false;
  if (name.back() == '.' || name.back() == ' ' || !base::is_utf8(name)) return false;
  const bool plain = std::all_of(name.begin(), name.end(), [&](char c) {
    const bool word = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    return word || static_cast<unsigned char>(c) >= 0x80 || kPlain.find(c) != std::string::npos;
  });
  // Folding for search drops ignorable characters; a name that loses some is refused.
  const auto invisible = {"\xe2\x80\x8b", "\xe2\x80\x8c", "\xe2\x80\x8d", "\xe2\x80\x8e",
                          "\xe2\x80\x8f", "\xe2\x80\xaa", "\xe2\x80\xab", "\xe2\x80\xac",
                          "\xe2\x80\xad", "\xe2\x80\xae", "\xe2\x81\xa0", "\xe2\x81\xaa",
                          "\xe2\x81\xab", "\xe2\x81\xac", "\xe2\x81\xad", "\xe2\x81\xae",
                          "\xe2\x81\xaf", "\xef\xbb\xbf", "\xc2\xad"};
  const bool visible = std::none_of(invisible.begin(), invisible.end(), [&](const char* mark) {
    return name.find(mark) != std::string_view::npos;
  });
  return plain && visible && base::is_nfc(name);
}

PathInfo of_kind(PathKind kind) {
  PathInfo out;
  out.kind = kind;
  return out;
}

// What people name as they like: a few levels of portable names.
bool is_portable_path(Segments names) {
  constexpr size_t kDeepest = 4;
  return !names.empty() && names.size() <= kDeepest &&
         std::all_of(names.begin(), names.end(), is_portable_name);
}

PathInfo classify_guideline(Segments rest) {
  return of_kind(is_portable_path(rest) && rest.back().ends_with(".md") ? PathKind::guideline
                                                                        : PathKind::unknown);
}

PathInfo classify_attachment(Segments rest) {
  return of_kind(is_portable_path(rest) ? PathKind::attachment : PathKind::unknown);
}

PathInfo classify_split(Segments rest) {
  PathInfo out;
  if (rest.size() == 1) {
    const std::string_view name = stem(rest[0], ".json");
    if (detail::is_name(name)) out.kind = PathKind::split;
    out.split = name;
  } else if (rest.size() == 2) {
    const std::string_view shard = stem(rest[1], ".tsv");
    if (detail::is_name(rest[0]) && base::is_lower_hex(shard, 2)) {
      out.kind = PathKind::split_members;
    }
    out.split = rest[0];
    out.split_shard = shard;
  }
  return out.kind == PathKind::unknown ? PathInfo{} : out;
}

PageNumber page_of(std::string_view digits) {
  if (digits.size() != 4) return 0;
  const bool all =
      std::all_of(digits.begin(), digits.end(), [](char c) { return c >= '0' && c <= '9'; });
  return all ? static_cast<PageNumber>(*base::parse_integer(digits)) : 0;
}

PathKind kind_in_document(std::string_view name) {
  if (name == "document.json") return PathKind::document;
  if (name == "images.dvc") return PathKind::images_pointer;
  if (name == "review.json") return PathKind::review;
  if (name == "annotations.jsonl") return PathKind::document_annotations;
  if (name == "comments.jsonl") return PathKind::comments;
  if (name == "adjudication.json") return PathKind::adjudication;
  if (name.starts_with("source.") && is_extension(stem(name.substr(7), ".dvc"))) {
    return PathKind::source_pointer;
  }
  return PathKind::unknown;
}

void classify_page(std::string_view name, PathInfo& out) {
  for (const auto& [ending, kind] : {std::pair(kWordsEnd, PathKind::words),
                                     std::pair(kAnnotationsEnd, PathKind::page_annotations)}) {
    const PageNumber page = page_of(stem(name, ending));
    if (page == 0) continue;
    out.kind = kind;
    out.page = page;
  }
}

PathInfo classify_in_documents(Segments rest, const FanOut& fan_out) {
  const size_t levels = fan_out.digits.size();
  if (rest.size() < levels + 2 || rest.size() > levels + 3) return {};
  const auto id = DocumentId::parse(rest[levels]);
  if (!id.ok()) return {};
  size_t used = 0;
  for (size_t level = 0; level < levels; ++level) {
    if (rest[level] != std::string_view(id->hex).substr(used, fan_out.digits[level])) return {};
    used += fan_out.digits[level];
  }
  PathInfo out;
  const Segments inside = rest.subspan(levels + 1);
  if (inside.size() == 1) out.kind = kind_in_document(inside[0]);
  if (inside.size() == 2 && inside[0] == "pages") classify_page(inside[1], out);
  if (out.kind == PathKind::unknown) return {};
  out.document = id.value();
  return out;
}

std::string joined(std::string_view dir, std::string_view name) {
  return std::string(dir) + "/" + std::string(name);
}

}  // namespace

base::Result<FanOut> make_fan_out(std::vector<uint8_t> digits) {
  const bool good = digits.size() <= 8 && std::all_of(digits.begin(), digits.end(),
                                                      [](uint8_t n) { return n >= 1 && n <= 4; });
  if (!good) {
    return base::Error{base::Code::invalid, "a fan-out has at most 8 levels of 1 to 4 digits"};
  }
  return FanOut{std::move(digits)};
}

std::string_view name_of(PathKind kind) {
  constexpr std::array<std::string_view, 17> kNames = {
      "config",         "schema",       "guideline", "document",         "source pointer",
      "images pointer", "review",       "words",     "page annotations", "document annotations",
      "comments",       "adjudication", "split",     "split members",    "attachment",
      "server file",    "unknown"};
  return kNames[static_cast<size_t>(kind)];
}

PathInfo classify(std::string_view path, const FanOut& fan_out) {
  if (path == kConfigPath) return of_kind(PathKind::config);
  if (path == kSchemaPath) return of_kind(PathKind::schema);
  if (std::find(kServerFiles.begin(), kServerFiles.end(), path) != kServerFiles.end()) {
    return of_kind(PathKind::server_file);
  }
  constexpr size_t kLongestPath = 1'000;
  if (path.size() > kLongestPath) return {};
  const auto segments = base::split(path, '/');
  const Segments rest = Segments(segments).subspan(1);
  if (segments[0] == "guidelines") return classify_guideline(rest);
  if (segments[0] == "splits") return classify_split(rest);
  if (segments[0] == kAttachments) return classify_attachment(rest);
  if (segments[0] == "documents") return classify_in_documents(rest, fan_out);
  return {};
}

std::optional<Permission> permission_to_push(PathKind kind) {
  switch (kind) {
    case PathKind::page_annotations:
    case PathKind::document_annotations:
      return Permission::annotation_write;
    case PathKind::comments:
      return Permission::comment_write;
    case PathKind::review:
      return Permission::annotation_write;
    case PathKind::schema:
    case PathKind::guideline:
      return Permission::schema_write;
    case PathKind::split:
    case PathKind::split_members:
      return Permission::split_write;
    case PathKind::attachment:
      return Permission::data_push;
    default:
      return std::nullopt;
  }
}

std::string document_dir(const FanOut& fan_out, const DocumentId& id) {
  std::string out = "documents/";
  size_t used = 0;
  for (const uint8_t digits : fan_out.digits) {
    out += id.hex.substr(used, digits) + "/";
    used += digits;
  }
  return out + id.hex;
}

std::string document_path(std::string_view dir) {
  return joined(dir, "document.json");
}
std::string source_pointer_path(std::string_view dir, std::string_view extension) {
  return joined(dir, "source." + std::string(extension) + ".dvc");
}
std::string images_pointer_path(std::string_view dir) {
  return joined(dir, "images.dvc");
}
std::string review_path(std::string_view dir) {
  return joined(dir, "review.json");
}
std::string document_annotations_path(std::string_view dir) {
  return joined(dir, "annotations.jsonl");
}
std::string comments_path(std::string_view dir) {
  return joined(dir, "comments.jsonl");
}
std::string adjudication_path(std::string_view dir) {
  return joined(dir, "adjudication.json");
}
std::string words_path(std::string_view dir, PageNumber page) {
  return joined(dir, "pages/" + page_digits(page) + std::string(kWordsEnd));
}
std::string page_annotations_path(std::string_view dir, PageNumber page) {
  return joined(dir, "pages/" + page_digits(page) + std::string(kAnnotationsEnd));
}

std::string page_digits(PageNumber page) {
  assert(page >= 1 && page <= kMaxPages);
  const std::string digits = std::to_string(page);
  return std::string(4 - std::min<size_t>(digits.size(), 4), '0') + digits;
}

std::string page_image_name(PageNumber page, std::string_view extension) {
  return page_digits(page) + "." + std::string(extension);
}

std::string split_path(std::string_view name) {
  return "splits/" + std::string(name) + ".json";
}
std::string split_members_path(std::string_view name, const DocumentId& member) {
  return "splits/" + std::string(name) + "/" + member.hex.substr(0, 2) + ".tsv";
}

}  // namespace corpus
