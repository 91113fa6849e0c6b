// Names of the things that the product talks about. Strong types: a DocumentId is never a ref.
#pragma once

#include <compare>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "base/digest.h"
#include "base/result.h"

namespace corpus {

// First 32 hexadecimal digits of the SHA-256 of the source bytes: the same file in one project is
// the same document.
struct DocumentId {
  std::string hex;
  auto operator<=>(const DocumentId&) const = default;
  static DocumentId of(const base::Sha256& source) { return {source.hex().substr(0, 32)}; }
  static base::Result<DocumentId> parse(std::string_view text);
};

// Unique in the document, never reused; a re-read of a page continues at next_word.
using WordId = uint32_t;
// Counted from 1, as people do and as the file names say.
using PageNumber = uint32_t;

// A ULID in upper-case Crockford digits, made by whoever creates the annotation.
struct AnnotationId {
  std::string text;
  auto operator<=>(const AnnotationId&) const = default;
  static base::Result<AnnotationId> parse(std::string_view text);
};

// Organisation and project names in URLs and directories: [a-z0-9][a-z0-9-]{0,62}, not ending in
// '-', never a word that the URL space uses itself (api, healthz, ...).
base::Result<std::string> parse_slug(std::string_view text);

}  // namespace corpus

template <>
struct std::hash<corpus::DocumentId> {
  size_t operator()(const corpus::DocumentId& id) const { return std::hash<std::string>()(id.hex); }
};
template <>
struct std::hash<corpus::AnnotationId> {
  size_t operator()(const corpus::AnnotationId& id) const {
    return std::hash<std::string>()(id.text);
  }
};
