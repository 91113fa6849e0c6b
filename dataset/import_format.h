// Labels that other tools made, onto documents that are here. A format says what a file says: pages
// and, on them, places with labels; settle() makes of it annotations over our words. A new format
// is one file in dataset/imports/ and its line in import_format.cc (docs/formats/imports.md).
//
//   const auto pages = TRY(find_import_format("coco")->read(file));
//   const SettledPage settled = settle(pages[0], {document, page, words, schema});
//   settled.annotations      // to be saved;  settled.refused: what could not be, and why
//
// Files are strangers' bytes: bounded, without external entities, geometry clipped to the page.
// Pure, safe from any thread.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "corpus/annotation.h"
#include "corpus/document.h"
#include "corpus/schema.h"
#include "corpus/words.h"

namespace dataset {

// As the file says it: no id of ours, words only if the file knows them.
struct ImportedAnnotation {
  std::string key = {};  // its id within the file
  corpus::AnnotationType type = corpus::AnnotationType::box;
  std::string label = {};
  std::optional<corpus::Box> box = {};
  std::vector<corpus::Box> pieces = {};  // of a text that the file has word by word
  std::vector<corpus::Point> polygon = {};
  std::string text = {};  // what stands there; empty: not said
  std::vector<corpus::WordId> words = {};
  corpus::JsonMap attributes = {};
  std::string from = {};  // keys, of a relation
  std::string to = {};
  std::optional<int32_t> confidence = {};  // of a model, 0 to 1000
};

// A word as the file has it: where it is not what we have read, it is a correction.
struct ImportedWord {
  corpus::WordId id = 0;  // ours; 0: the file does not know it
  corpus::Box box = {};
  std::string text = {};
};

struct ImportedPage {
  std::string document = {};  // our id; empty: the file does not know it
  std::string file = {};      // name of the image, by which else to find the document
  corpus::PageNumber page = 0;
  int32_t width = 0;  // to which all places refer; 0: those of our page
  int32_t height = 0;
  std::vector<ImportedAnnotation> annotations = {};
  std::vector<ImportedWord> words = {};
  std::map<std::string, uint64_t> refused = {};  // reason -> what of the file has no place here
};

// What a file says of one page in several places, such as a line for each annotation, in one.
std::vector<ImportedPage> join_pages(std::vector<ImportedPage> pages);

struct ImportFormat {
  std::string_view name;
  std::string_view summary;
  base::Result<std::vector<ImportedPage>> (*read)(std::string_view file);
};
std::span<const ImportFormat* const> import_formats();
const ImportFormat* find_import_format(std::string_view name);  // null: there is none

inline constexpr size_t kMostImportBytes = size_t{64} << 20;

// A page here, onto which labels come.
struct ImportTarget {
  const corpus::Document& document;
  corpus::PageNumber page;
  const std::vector<corpus::Word>& words;
  const corpus::Schema& schema;
};

struct SettledPage {
  std::vector<corpus::Annotation> annotations;
  std::map<std::string, uint64_t> refused;
};
// The same file gives the same ids, so that importing it twice changes nothing: an id of ours is
// kept, any other follows from the page and the key. A relation without a name is the schema's only
// kind of relation.
SettledPage settle(const ImportedPage& page, const ImportTarget& target);

// Which page a file name of our exports or snapshots names: "images/<id>-0001.png",
// "documents/0/<id>/images/0001.png". Page 0: none.
struct PageName {
  std::string document;
  corpus::PageNumber page = 0;
};
PageName page_of_file_name(std::string_view file_name);
// "word_12", as our ALTO and hOCR name words. 0: none of ours.
corpus::WordId word_id_of(std::string_view name);

// Numbers as files say them. Whatever does not fit must not wrap around to one that does.
corpus::PageNumber page_number(int64_t number);  // else a page that no document has
corpus::WordId word_id(int64_t number);          // 0: none of ours

}  // namespace dataset
