// tesseract behind a door: an image in, its words out, in the image's own pixels. In the worker
// only; holds the language data open, so that a page costs no start. Belongs to one thread.
#pragma once

#include <memory>
#include <opencv2/core.hpp>
#include <string>
#include <vector>

#include "base/result.h"

namespace ocr::detail {

struct SeenWord {
  std::string text;  // NFC, never empty
  cv::Rect box;
  double confidence = 0;  // 0 to 1, as tesseract says
  uint32_t block = 0;     // from 0, in tesseract's reading order
  uint32_t line = 0;
};

// How the words lie on an image.
enum class Layout {
  page,  // find out
  line,  // one line
};

// Quarters clockwise that make a page upright, and how sure tesseract is of it.
struct Advice {
  int quarters = 0;
  double confidence = 0;
};

class Engine {
 public:
  // Loads `languages` ("eng+deu") and, where installed, the data for orientation. `tessdata` empty:
  // tesseract's own directory.
  static base::Result<Engine> open(const std::string& languages, const std::string& tessdata);
  Engine(Engine&&) noexcept;
  Engine& operator=(Engine&&) noexcept;
  ~Engine();

  // Where the languages' data lie.
  std::string directory() const;

  // 8-bit gray, at least 3 x 3.
  std::vector<SeenWord> read(const cv::Mat& gray, Layout layout);
  Advice orientation(const cv::Mat& gray);

 private:
  struct Apis;
  explicit Engine(std::unique_ptr<Apis> apis);
  std::unique_ptr<Apis> apis_;
};

}  // namespace ocr::detail
