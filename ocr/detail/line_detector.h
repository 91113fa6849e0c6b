// Finds where text is, with a small neural network: PP-OCRv4's text detector. tesseract's own
// layout analysis loses receipts, forms and photographs; this hardly ever does.
//
//   const LineDetector detector = TRY(LineDetector::open(path));
//   for (const Strip& strip : detector.find(gray)) ...
//
// The network is a file of its own (docs/formats/line-detector.md), made at set-up; the pipeline
// works without it, less well. In the worker only; opened before it gives up opening files.
#pragma once

#include <opencv2/core.hpp>
#include <string>
#include <vector>

#include "base/result.h"
#include "ocr/detail/network.h"
#include "ocr/detail/strip.h"

namespace ocr::detail {

class LineDetector {
 public:
  static base::Result<LineDetector> open(const std::string& path);

  // Strips in pixels of `gray`, in no order. The network sees the page at a size at which its
  // letters, `glyph_height` high here (0: unknown), are easy to see; `coarse`: at half of that many
  // pixels, where small print may be missed.
  std::vector<Strip> find(const cv::Mat& gray, double glyph_height, bool coarse) const;

 private:
  explicit LineDetector(Network network) : network_(std::move(network)) {}
  Network network_;
};

}  // namespace ocr::detail
