// A document: source bytes, where they came from, and its pages. START HERE, then annotation.h.
// File document.json (docs/formats/document.md); written by the server only.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/digest.h"
#include "base/json.h"
#include "base/result.h"
#include "corpus/ids.h"
#include "corpus/mark.h"
#include "corpus/page_look.h"
#include "corpus/source.h"

namespace corpus {

// Stored bytes, by all the names under which they are known.
struct StoredFile {
  base::Md5 md5;
  base::Sha256 sha256;
  uint64_t size = 0;
  std::string media_type;

  bool operator==(const StoredFile&) const = default;
};

enum class TextOrigin { ocr, text_layer };

// What a page image is like, measured on its pixels: for queues, and for splits that shall hold
// good and bad scans alike. Whole numbers, so that equal pages are equal.
struct PageQuality {
  int32_t skew = 0;                   // hundredths of a degree, clockwise
  int32_t sharpness = 0;              // of its edges, 0 to 1000; below 300 letters are blurred
  int32_t contrast = 0;               // between paper and ink, 0 to 1000
  int32_t x_height = 0;               // middle height of letters in pixels; 0: too few to tell
  int32_t ink = 0;                    // dark pixels in a thousand
  bool blank = false;                 // nothing on it but paper
  std::optional<PageLook> look = {};  // none: blank, or read before there were looks

  bool operator==(const PageQuality&) const = default;
};

struct Page {
  int32_t width = 0;  // of the canonical image, pixels
  int32_t height = 0;
  int32_t dpi = 0;       // 0: unknown
  int32_t rotation = 0;  // degrees clockwise that made the page upright: 0, 90, 180, 270
  TextOrigin text = TextOrigin::ocr;
  StoredFile image;     // the canonical page image
  std::string failure;  // why the page could not be read, for people; empty: it was read
  std::optional<PageQuality> quality = {};  // none: not measured
  std::vector<Mark> marks = {};             // what was seen on it besides words

  bool failed() const { return !failure.empty(); }
  bool operator==(const Page&) const = default;
};

struct Pipeline {
  std::string version;
  base::Json settings;  // an object

  bool operator==(const Pipeline&) const = default;
};

// In one word, to tell whether two readings were made in the same way.
std::string spelled(const Pipeline& pipeline);

struct Document {
  DocumentId id;
  StoredFile source;
  std::vector<Source> sources;
  std::vector<Page> pages;
  WordId next_word = 1;  // the first id that no word ever had
  Pipeline pipeline;

  bool operator==(const Document&) const = default;
};

// A page alone, as it stands in document.json.
base::Json to_json(const Page& page);
base::Result<Page> parse_page(std::string_view text);

std::string print_document(const Document& document);
base::Result<Document> parse_document(std::string_view text);
// What may be committed: printed, and read back before it is handed out. An error if it is beyond
// the limits of the format, so that no file comes into being that nobody can read.
base::Result<std::string> write_document(const Document& document);

// What a later upload of the same bytes may say: the new source is added; the same external id
// with other customer or claim is Code::conflict, and the message names both; Code::limit if there
// is no room for one more.
base::Result<void> add_source(Document& document, const Source& source);

// The extension of the source's name in the repository: "pdf" for application/pdf, "bin" if
// unknown.
std::string extension_of(std::string_view media_type);

}  // namespace corpus
