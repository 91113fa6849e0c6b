// Reads the image of one line of text with the networks of tesseract's languages, but without
// tesseract, for it takes several times as long
// (docs/decisions/0110-lines-are-read-by-our-own-code.md). In the worker only.
//
//   const LineReader reader = TRY(LineReader::open("eng+deu",
//   "/usr/share/tesseract-ocr/5/tessdata")); size_t first = 0;                                  //
//   for each page for (SeenWord& word : reader.read(line, first)) ...
//
// Immutable, so threads may share it.
#pragma once

#include <opencv2/core.hpp>
#include <string>
#include <vector>

#include "base/result.h"
#include "ocr/detail/engine.h"
#include "ocr/detail/text_network.h"

namespace ocr::detail {

class LineReader {
 public:
  // `directory`: of *.traineddata. Code::denied: there is a language whose network only tesseract
  // runs.
  static base::Result<LineReader> open(const std::string& languages, const std::string& directory);

  // Pixels of the images that are read.
  int height() const { return static_cast<int>(languages_.front().network.height()); }

  // 8-bit gray, dark letters on white; boxes are on the image, as high as it. `first` is the
  // language to begin with, and becomes the one that read best: others are tried only where that
  // one is in doubt.
  std::vector<SeenWord> read(const cv::Mat& line, size_t& first) const;

 private:
  struct Language {
    TextNetwork network;
    Alphabet alphabet;
  };
  explicit LineReader(std::vector<Language> languages) : languages_(std::move(languages)) {}
  static std::vector<SeenWord> read(const cv::Mat& line, const Language& language);

  std::vector<Language> languages_;
};

}  // namespace ocr::detail
