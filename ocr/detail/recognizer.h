// The one door to text recognition: an upright or turned image in, words out. In the worker only;
// holds tesseract open, so that a page costs no start. Belongs to one thread.
//
// Recipe (docs/decisions/0041-recognition.md): measure glyphs, even out the background, bring the
// glyphs to a height of about 24 pixels, deskew, read; boxes go back through all of it.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "corpus/document.h"
#include "corpus/words.h"
#include "ocr/detail/pix.h"

namespace ocr::detail {

struct Recognition {
  std::vector<corpus::Word> words;  // on the image turned by `rotation`; ids are 0
  int32_t rotation = 0;             // degrees clockwise that make the image upright
};

class Recognizer {
 public:
  // Loads `languages` ("eng+deu") and, where installed, tesseract's orientation data. `detector` is
  // the line detector's file; empty: do without.
  static base::Result<Recognizer> open(const std::string& languages, const std::string& tessdata,
                                       const std::string& detector);
  Recognizer(Recognizer&&) noexcept;
  ~Recognizer();

  // `quality`: what was measured on the image.
  base::Result<Recognition> read(const Pix& image, const corpus::PageQuality& quality, bool fast);

 private:
  struct Engines;
  explicit Recognizer(std::unique_ptr<Engines> engines);
  std::unique_ptr<Engines> engines_;
};

}  // namespace ocr::detail
