// For tools/fit_handwriting.py: the features of every group of ink on upright pages.
//
//   glossator_marks LANGUAGES DETECTOR IMAGE...
//
// Reads each image as the worker does and prints a line for each group, separated by tabs: image,
// x0, y0, x1, y1, then the features. Without a sandbox: for one's own images only. DETECTOR is the
// line detector's file.
#include <cstdio>
#include <iostream>

#include "ocr/detail/handwriting.h"
#include "ocr/detail/ink.h"
#include "ocr/detail/mark_ink.h"
#include "ocr/detail/quality.h"
#include "ocr/detail/recognizer.h"

namespace {

using namespace ocr::detail;

base::Result<void> print_groups(Recognizer& recognizer, const char* image) {
  const ocr::detail::Pix page(pixRead(image));
  if (!page) return base::Error{base::Code::invalid, "the image cannot be read"};
  const std::vector<corpus::Word> words =
      TRY(recognizer.read(page, measure_quality(page), false)).words;
  const Ink ink = ink_of(page, words);
  if (ink.mask.empty()) return {};
  const auto text = seen_text(ink, words);
  for (const StrokeGroup& group : stroke_groups(ink, part_marks(ink, text).taken, text)) {
    const corpus::Box box = ink.on_page(group.box);
    std::printf("%s\t%d\t%d\t%d\t%d", image, box.x0, box.y0, box.x1, box.y1);
    for (const double feature : group.features) std::printf("\t%.6g", feature);
    std::printf("\n");
  }
  return {};
}

base::Result<void> print_all(int argc, char** argv) {
  Recognizer recognizer = TRY(Recognizer::open(argv[1], "", argv[2]));
  for (int i = 3; i < argc; ++i) TRY(print_groups(recognizer, argv[i]));
  return {};
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 4) return 2;
  const auto printed = print_all(argc, argv);
  if (!printed.ok()) std::cerr << printed.error().what << std::endl;
  return printed.ok() ? 0 : 1;
}
