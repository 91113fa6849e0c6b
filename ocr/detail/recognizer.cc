#include "ocr/detail/recognizer.h"

#include <algorithm>
#include <cmath>
#include <optional>

#include "ocr/detail/confidence.h"
#include "ocr/detail/engine.h"
#include "ocr/detail/line_detector.h"
#include "ocr/detail/line_reader.h"
#include "ocr/detail/one_thread.h"
#include "ocr/detail/patterns.h"
#include "ocr/detail/preprocess.h"
#include "ocr/detail/reading.h"
#include "ocr/detail/steps.h"
#include "ocr/detail/strip_reader.h"

namespace ocr::detail {
namespace {

constexpr int kLeastSide = 3;       // tesseract crashes on less
constexpr double kDoubtful = 0.62;  // mean confidence below which another way is tried
constexpr double kAboutAsGood = 0.9;
// How large tesseract reads single lines best, pixels; our own reader's border, of its height.
constexpr int kTesseractText = 40;
constexpr int kTesseractBorder = 10;
constexpr double kBorderShare = 1.0 / 9;
constexpr double kFairOsd = 0.8;  // tesseract's own measure; small pages never reach more

Pix turned(const Pix& gray, int quarters) {
  return Pix(quarters == 0 ? pixClone(gray.get()) : pixRotateOrth(gray.get(), quarters));
}

bool lies_on_its_side(const Reading& reading) {
  size_t upright = 0;
  size_t sideways = 0;
  for (const corpus::Word& word : reading.words) {
    if (word.text.size() < 3) continue;
    (word.box.height() > word.box.width() ? sideways : upright) += word.text.size();
  }
  return sideways > upright;
}

}  // namespace

struct Recognizer::Engines {
  Engine engine;
  std::optional<LineDetector> detector;
  std::optional<LineReader> lines;  // nothing: tesseract reads lines too

  bool reads_strips() const;
  Witness witness() const;
  // `first_language`: is kept while a page is read.
  ReadsLines reads_lines(size_t& first_language);
  Reading read(const Pix& gray, double glyph_height, bool fast);
  Reading read_page(const Pix& gray, const Recipe& recipe, int quarters);
  Reading read_by_layout(const Pix& gray, bool fast);
};

// One pass over the whole page, whose layout tesseract finds out.
Reading Recognizer::Engines::read_page(const Pix& gray, const Recipe& recipe, int quarters) {
  const Pix upright = turned(gray, quarters);
  if (!upright) return {};
  const Prepared prepared = prepare(upright, recipe);
  std::vector<corpus::Word> words;
  for (SeenWord& seen : engine.read(mat_of(prepared.pix), Layout::page)) {
    const corpus::Box on_prepared{seen.box.x, seen.box.y, seen.box.x + seen.box.width,
                                  seen.box.y + seen.box.height};
    const corpus::Box box = to_original(on_prepared, prepared.shape);
    if (box.empty()) continue;
    words.push_back({0, seen.block, seen.line, box,
                     static_cast<int32_t>(std::lround(seen.confidence * 1000)),
                     std::move(seen.text)});
  }
  return summed_up(std::move(words), quarters);
}

Reading Recognizer::Engines::read_by_layout(const Pix& gray, bool fast) {
  Recipe recipe;
  if (fast) recipe.most_scale = 1;
  Reading best = read_page(gray, recipe, 0);
  const auto try_turned = [&](int quarters, double enough) {
    Reading reading = read_page(gray, recipe, quarters);
    if (reading.score() > enough * best.score()) best = std::move(reading);
  };
  if (best.confidence < kDoubtful) {
    const auto [quarters, confidence] = engine.orientation(mat_of(gray));
    if (quarters != 0 && confidence > kFairOsd) try_turned(quarters, 1);
  } else if (lies_on_its_side(best)) {
    // tesseract reads a page that was turned clockwise, but leaves its words lying
    // on their side.
    try_turned(3, kAboutAsGood);
  }
  return best;
}

ReadsLines Recognizer::Engines::reads_lines(size_t& first_language) {
  if (!lines) {
    return {kTesseractText, kTesseractBorder,
            [&](const cv::Mat& line) { return engine.read(line, Layout::line); }};
  }
  const int border = static_cast<int>(std::lround(kBorderShare * lines->height()));
  return {lines->height() - 2 * border, border,
          [&](const cv::Mat& line) { return lines->read(line, first_language); }};
}

bool Recognizer::Engines::reads_strips() const {
  return detector && does(ReadingStep::strips);
}

Witness Recognizer::Engines::witness() const {
  return reads_strips() && lines ? Witness::line_reader : Witness::tesseract;
}

// By strips, or where strips cannot be found by layout.
Reading Recognizer::Engines::read(const Pix& gray, double glyph_height, bool fast) {
  if (!reads_strips()) return read_by_layout(gray, fast);
  size_t first_language = 0;
  return read_by_strips(reads_lines(first_language), *detector, mat_of(gray), glyph_height, fast);
}

Recognizer::Recognizer(std::unique_ptr<Engines> engines) : engines_(std::move(engines)) {}
Recognizer::Recognizer(Recognizer&&) noexcept = default;
Recognizer::~Recognizer() = default;

base::Result<Recognizer> Recognizer::open(const std::string& languages, const std::string& tessdata,
                                          const std::string& detector) {
  keep_to_one_thread();
  Engine engine = TRY(Engine::open(languages, tessdata));
  auto engines = std::make_unique<Engines>(Engines{std::move(engine), {}, {}});
  auto lines = LineReader::open(languages, engines->engine.directory());
  if (lines.ok()) engines->lines = std::move(*lines);
  if (!detector.empty()) engines->detector = TRY(LineDetector::open(detector));
  return Recognizer(std::move(engines));
}

base::Result<Recognition> Recognizer::read(const Pix& image, const corpus::PageQuality& quality,
                                           bool fast) {
  if (quality.blank || width_of(image) < kLeastSide || height_of(image) < kLeastSide)
    return Recognition{};
  const Pix gray = gray_of(image);
  if (!gray) return base::Error{base::Code::limit, "not enough memory for the page"};
  const double glyph = quality.x_height > 0 ? quality.x_height : glyph_height(gray);
  Reading reading = engines_->read(gray, glyph, fast);
  if (does(ReadingStep::calibrate)) {
    const Witness witness = engines_->witness();
    for (corpus::Word& word : reading.words) word.confidence = calibrated(word.confidence, witness);
  }
  if (does(ReadingStep::patterns)) believe(reading.words);
  return Recognition{std::move(reading.words), reading.quarters * 90};
}

}  // namespace ocr::detail
