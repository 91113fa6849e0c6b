#include "ocr/identify.h"

#include <algorithm>
#include <array>
#include <cctype>

#include "ocr/failure.h"

namespace ocr {
namespace {

using namespace std::string_view_literals;

struct Magic {
  std::string_view bytes;
  Format format;
};

constexpr std::array kMagics = {
    Magic{"\x89PNG\r\n\x1a\n"sv, Format::png},
    Magic{"\xff\xd8\xff"sv, Format::jpeg},
    Magic{"II*\0"sv, Format::tiff},
    Magic{"MM\0*"sv, Format::tiff},
    Magic{"II+\0\x08\0\0\0"sv, Format::tiff},  // BigTIFF
    Magic{"MM\0+\0\x08\0\0"sv, Format::tiff},
    Magic{"GIF87a"sv, Format::gif},
    Magic{"GIF89a"sv, Format::gif},
    Magic{"\0\0\0\x0cjP  \r\n\x87\n"sv, Format::jp2},
    Magic{"\xff\x4f\xff\x51"sv, Format::jp2},  // a bare code stream
    Magic{"PK\x03\x04"sv, Format::zip},
    Magic{"PK\x05\x06"sv, Format::zip},  // an empty one
    Magic{"\x1f\x8b\x08"sv, Format::gzip},
};

struct Stranger {
  std::string_view bytes;
  std::string_view name;
};

// What people send by mistake, or on purpose, told by name so that the answer helps them.
constexpr std::array kStrangers = {
    Stranger{"\x7f"
             "ELF"sv,
             "a program (ELF)"},
    Stranger{"MZ"sv, "a program (Windows)"},
    Stranger{"#!"sv, "a script"},
    Stranger{"%!"sv, "PostScript"},
    Stranger{"\xc5\xd0\xd3\xc6"sv, "PostScript (EPS)"},
    Stranger{"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"sv, "an old Office document or mail"},
    Stranger{"{\\rtf"sv, "RTF text"},
    Stranger{"Rar!\x1a\x07"sv, "a RAR archive"},
    Stranger{"7z\xbc\xaf\x27\x1c"sv, "a 7z archive"},
    Stranger{"BZh"sv, "a bzip2 file"},
    Stranger{"\xfd"
             "7zXZ\0"sv,
             "an xz file"},
    Stranger{"\x28\xb5\x2f\xfd"sv, "a Zstandard file"},
    Stranger{"AT&TFORM"sv, "a DjVu document"},
    Stranger{"8BPS"sv, "a Photoshop file"},
};

bool starts_with_ignoring_case(std::string_view text, std::string_view lower) {
  if (text.size() < lower.size()) return false;
  return std::equal(lower.begin(), lower.end(), text.begin(), [](char want, char have) {
    return want == static_cast<char>(std::tolower(static_cast<unsigned char>(have)));
  });
}

std::string_view after_blanks(std::string_view head) {
  if (head.starts_with("\xef\xbb\xbf")) head.remove_prefix(3);
  const size_t first = head.find_first_not_of(" \t\r\n\f");
  return first == std::string_view::npos ? std::string_view() : head.substr(first);
}

std::string_view markup_name(std::string_view head) {
  const std::string_view text = after_blanks(head);
  for (const std::string_view tag : {"<!doctype html"sv, "<html"sv, "<head"sv, "<body"sv}) {
    if (starts_with_ignoring_case(text, tag)) return "an HTML page";
  }
  if (starts_with_ignoring_case(text, "<svg")) return "an SVG drawing";
  if (!starts_with_ignoring_case(text, "<?xml") && !text.starts_with("<!--")) return {};
  if (text.find("<svg") != std::string_view::npos) return "an SVG drawing";
  return text.find("<html") != std::string_view::npos ? "an HTML page" : "XML text";
}

bool is_bmp(std::string_view head) {
  // The two letters alone are too weak: the size of the second header must be a known one.
  if (head.size() < 18 || !head.starts_with("BM")) return false;
  const auto at = [&](size_t i) { return static_cast<unsigned char>(head[i]); };
  const unsigned header = at(14) | at(15) << 8 | at(16) << 16 | unsigned{at(17)} << 24;
  return header == 12 || header == 40 || header == 52 || header == 56 || header == 64 ||
         header == 108 || header == 124;
}

bool is_webp(std::string_view head) {
  return head.size() >= 16 && head.starts_with("RIFF") && head.substr(8, 4) == "WEBP";
}

bool is_tar(std::string_view head) {
  return head.size() >= 512 && head.substr(257, 5) == "ustar";
}

// Readers accept a header that begins within the first 1,024 bytes (ISO 32000, annex H).
bool is_pdf(std::string_view head) {
  return head.substr(0, 1024 + 5).find("%PDF-") != std::string_view::npos;
}

std::optional<Format> format_of(std::string_view head) {
  for (const Magic& magic : kMagics) {
    if (head.starts_with(magic.bytes)) return magic.format;
  }
  if (is_webp(head)) return Format::webp;
  if (is_tar(head)) return Format::tar;
  if (is_bmp(head)) return Format::bmp;
  return std::nullopt;
}

std::string_view stranger_name(std::string_view head) {
  for (const Stranger& stranger : kStrangers) {
    if (head.starts_with(stranger.bytes)) return stranger.name;
  }
  return markup_name(head);
}

Identity stranger(std::string_view name) {
  return {
      std::nullopt, kUnsupported,
      "this is " + std::string(name) +
          ", not a document that can be read (PDF, PNG, JPEG, TIFF, WebP, BMP, GIF, JPEG 2000)"};
}

}  // namespace

Identity identify(std::string_view head) {
  if (head.empty()) return {std::nullopt, kEmpty, "the file is empty"};
  if (const auto format = format_of(head)) return {format, {}, {}};
  if (const std::string_view name = stranger_name(head); !name.empty()) return stranger(name);
  if (is_pdf(head)) return {Format::pdf, {}, {}};
  return stranger("of no known kind");
}

const char* name_of(Format format) {
  switch (format) {
    case Format::pdf:
      return "pdf";
    case Format::png:
      return "png";
    case Format::jpeg:
      return "jpeg";
    case Format::tiff:
      return "tiff";
    case Format::webp:
      return "webp";
    case Format::bmp:
      return "bmp";
    case Format::gif:
      return "gif";
    case Format::jp2:
      return "jp2";
    case Format::zip:
      return "zip";
    case Format::tar:
      return "tar";
    case Format::gzip:
      return "gzip";
  }
  return "";
}

const char* media_type_of(Format format) {
  switch (format) {
    case Format::pdf:
      return "application/pdf";
    case Format::png:
      return "image/png";
    case Format::jpeg:
      return "image/jpeg";
    case Format::tiff:
      return "image/tiff";
    case Format::webp:
      return "image/webp";
    case Format::bmp:
      return "image/bmp";
    case Format::gif:
      return "image/gif";
    case Format::jp2:
      return "image/jp2";
    case Format::zip:
      return "application/zip";
    case Format::tar:
      return "application/x-tar";
    case Format::gzip:
      return "application/gzip";
  }
  return "";
}

bool is_archive(Format format) {
  return format == Format::zip || format == Format::tar || format == Format::gzip;
}

}  // namespace ocr
