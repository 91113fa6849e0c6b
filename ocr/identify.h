// What kind of file it is, told from its first bytes alone: names and declared media types lie.
//
//   const Identity identity = identify(head);         // head: the first kHeadSize bytes, or all
//   if (!identity.format) refuse(identity.reason);    // "this is an HTML page, not a document"
//
// Pure and total: any bytes give an answer. Safe from any thread.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace ocr {

enum class Format { pdf, png, jpeg, tiff, webp, bmp, gif, jp2, zip, tar, gzip };

// As many bytes as identify() looks at.
inline constexpr size_t kHeadSize = 4096;

struct Identity {
  std::optional<Format> format;
  std::string code;    // without a format: kEmpty or kUnsupported (ocr/failure.h)
  std::string reason;  // without a format: a sentence for people

  bool operator==(const Identity&) const = default;
};

Identity identify(std::string_view head);

const char* name_of(Format format);        // "pdf", "png", ...
const char* media_type_of(Format format);  // "application/pdf", "image/png", ...
// A container of documents, for ocr/archive.h, rather than a document. A gzip file is taken for
// a tar.gz; unpacking tells.
bool is_archive(Format format);

}  // namespace ocr
