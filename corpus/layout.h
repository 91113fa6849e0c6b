// Where everything lies in a project's repository (docs/formats/repository.md): paths are built
// and understood here and nowhere else.
//
//   document_dir({}, id)                      "documents/0/f/3/a/0f3a..."
//   page_annotations_path(dir, 1)             dir + "/pages/0001.annotations.jsonl"
//   classify("documents/0/f/.../review.json") {PathKind::review, id}
//
// Paths are relative, with '/', bytes. Pure functions, safe from any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "corpus/access.h"
#include "corpus/ids.h"

namespace corpus {

// How many hexadecimal digits of the document id name each level of directories. Four levels of
// one digit keep a save in a project of a million documents at some 2 KiB of new trees.
struct FanOut {
  std::vector<uint8_t> digits = {1, 1, 1, 1};  // each 1 to 4, at most 8 levels
  bool operator==(const FanOut&) const = default;
};
base::Result<FanOut> make_fan_out(std::vector<uint8_t> digits);

enum class PathKind {
  config,                // glossator.json
  schema,                // schema.json
  guideline,             // guidelines/<name>.md, also deeper
  document,              // documents/.../document.json
  source_pointer,        // documents/.../source.<ext>.dvc
  images_pointer,        // documents/.../images.dvc
  review,                // documents/.../review.json
  words,                 // documents/.../pages/NNNN.words.tsv
  page_annotations,      // documents/.../pages/NNNN.annotations.jsonl
  document_annotations,  // documents/.../annotations.jsonl
  comments,              // documents/.../comments.jsonl
  adjudication,          // documents/.../adjudication.json
  split,                 // splits/<name>.json
  split_members,         // splits/<name>/<xx>.tsv
  attachment,            // attachments/<name>, also deeper: pointers of Git LFS
  server_file,  // .dvc/config .dvc/.gitignore .dvcignore .gitattributes .gitignore README.md
  unknown,      // anything else: refused in a push
};
std::string_view name_of(PathKind kind);

struct PathInfo {
  PathKind kind = PathKind::unknown;
  std::optional<DocumentId> document;
  PageNumber page = 0;      // of words and page_annotations
  std::string split;        // of split and split_members
  std::string split_shard;  // of split_members: the two digits

  bool operator==(const PathInfo&) const = default;
};

// A document in a directory that the fan-out does not give is unknown, as are page numbers in
// another spelling, `..`, empty segments, and everything below `.git`.
PathInfo classify(std::string_view path, const FanOut& fan_out = {});

// The permission that a push needs to add, change or remove such a file; nothing: only the server
// may. For review.json it is the least one, the state machine (review.h) decides further.
std::optional<Permission> permission_to_push(PathKind kind);

// "documents/0/f/3/a/<id>", without a slash at the end.
std::string document_dir(const FanOut& fan_out, const DocumentId& id);

// Below a document's directory.
std::string document_path(std::string_view dir);  // document.json
std::string source_pointer_path(std::string_view dir, std::string_view extension);
std::string images_pointer_path(std::string_view dir);        // images.dvc
std::string review_path(std::string_view dir);                // review.json
std::string document_annotations_path(std::string_view dir);  // annotations.jsonl
std::string comments_path(std::string_view dir);              // comments.jsonl
std::string adjudication_path(std::string_view dir);          // adjudication.json
std::string words_path(std::string_view dir, PageNumber page);
std::string page_annotations_path(std::string_view dir, PageNumber page);

// "0001"; pages count from 1 to 9999.
std::string page_digits(PageNumber page);
// "0001.png": the name of a page's image in the directory that images.dvc points to.
std::string page_image_name(PageNumber page, std::string_view extension);

std::string split_path(std::string_view name);  // splits/<name>.json
std::string split_members_path(std::string_view name, const DocumentId& member);

inline constexpr std::string_view kConfigPath = "glossator.json";
inline constexpr std::string_view kSchemaPath = "schema.json";
inline constexpr std::string_view kGitAttributesPath = ".gitattributes";
inline constexpr std::string_view kAttachments = "attachments";  // the directory
inline constexpr PageNumber kMaxPages = 9999;

}  // namespace corpus
