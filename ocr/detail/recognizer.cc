#include "ocr/detail/recognizer.h"

#include <tesseract/baseapi.h>
#include <tesseract/resultiterator.h>

#include <algorithm>
#include <cmath>
#include <opencv2/core.hpp>

#include "base/text.h"
#include "ocr/detail/preprocess.h"

namespace ocr::detail {
namespace {

using tesseract::TessBaseAPI;

constexpr int kLeastSide = 3;       // tesseract crashes on less
constexpr int kDeclaredDpi = 250;   // a constant steadies layout; glyphs are scaled to fit it
constexpr double kDoubtful = 0.62;  // mean confidence below which another orientation is tried
constexpr double kAboutAsGood = 0.9;
constexpr size_t kTellingLetters = 3;
constexpr double kFairOsd = 0.8;  // tesseract's own measure; small pages never reach more

struct Text {
  std::unique_ptr<char[]> owned;
  std::string_view view() const { return owned ? std::string_view(owned.get()) : ""; }
};

// What one pass over a prepared image found, in pixels of the image before preparation.
struct Pass {
  std::vector<corpus::Word> words;
  double confidence = 0;  // mean over letters, 0 to 1
  size_t letters = 0;
  size_t upright_letters = 0;   // in words of three and more that are wider than high
  size_t sideways_letters = 0;  // in words that are higher than wide

  double score() const { return confidence * confidence * static_cast<double>(letters); }
};

std::string cleaned(std::string_view raw) {
  if (!base::is_utf8(raw)) return {};
  std::string kept;
  for (const char c : raw) {
    if (static_cast<uint8_t>(c) > 0x20 && c != 0x7f) kept += c;
  }
  return base::to_nfc(kept).value_or("");
}

// Walks tesseract's words in reading order.
class Collector {
 public:
  explicit Collector(const Shape& shape) : shape_(shape) {}

  Pass collect(tesseract::ResultIterator& at) {
    if (at.Empty(tesseract::RIL_WORD)) return finish();
    do {
      if (at.IsAtBeginningOf(tesseract::RIL_BLOCK)) ++block_;
      if (at.IsAtBeginningOf(tesseract::RIL_TEXTLINE)) ++line_;
      take(at);
    } while (at.Next(tesseract::RIL_WORD));
    return finish();
  }

 private:
  void take(tesseract::ResultIterator& at) {
    const Text text{std::unique_ptr<char[]>(at.GetUTF8Text(tesseract::RIL_WORD))};
    std::string word = cleaned(text.view());
    corpus::Box box;
    if (word.empty() || !at.BoundingBox(tesseract::RIL_WORD, &box.x0, &box.y0, &box.x1, &box.y1)) {
      return;
    }
    box = to_original(box, shape_);
    if (box.empty()) return;
    const double confidence = std::clamp(at.Confidence(tesseract::RIL_WORD) / 100.0, 0.0, 1.0);
    const size_t letters = base::count_code_points(word);
    pass_.letters += letters;
    if (letters >= kTellingLetters) {
      (box.height() > box.width() ? pass_.sideways_letters : pass_.upright_letters) += letters;
    }
    weighted_ += confidence * static_cast<double>(letters);
    pass_.words.push_back({0, block_ - 1, line_ - 1, box,
                           static_cast<int32_t>(std::lround(confidence * 1000)), std::move(word)});
  }

  Pass finish() {
    if (pass_.letters > 0) pass_.confidence = weighted_ / static_cast<double>(pass_.letters);
    return std::move(pass_);
  }

  const Shape& shape_;
  Pass pass_;
  uint32_t block_ = 0;
  uint32_t line_ = 0;
  double weighted_ = 0;
};

struct Advice {
  int quarters = 0;
  float confidence = 0;
};

Pix gray_of(const Pix& image) {
  return Pix(pixConvertTo8(image.get(), 0));
}

Pix turned(const Pix& gray, int quarters) {
  return Pix(quarters == 0 ? pixClone(gray.get()) : pixRotateOrth(gray.get(), quarters));
}

bool open_api(TessBaseAPI& api, const std::string& tessdata, const std::string& languages,
              tesseract::OcrEngineMode mode) {
  return api.Init(tessdata.empty() ? nullptr : tessdata.c_str(), languages.c_str(), mode) == 0;
}

}  // namespace

struct Recognizer::Engines {
  TessBaseAPI reader;
  TessBaseAPI orientation;
  bool has_orientation = false;

  Pass read(const Pix& gray, const Recipe& recipe, tesseract::PageSegMode mode);
  Advice quarters_to_upright(const Pix& gray);
};

Pass Recognizer::Engines::read(const Pix& gray, const Recipe& recipe, tesseract::PageSegMode mode) {
  const Prepared prepared = prepare(gray, recipe);
  reader.SetPageSegMode(mode);
  reader.SetImage(prepared.pix.get());
  reader.SetSourceResolution(kDeclaredDpi);
  Pass pass;
  if (reader.Recognize(nullptr) == 0) {
    const std::unique_ptr<tesseract::ResultIterator> at(reader.GetIterator());
    if (at) pass = Collector(prepared.shape).collect(*at);
  }
  reader.Clear();
  return pass;
}

Recognizer::Recognizer(std::unique_ptr<Engines> engines) : engines_(std::move(engines)) {}
Recognizer::Recognizer(Recognizer&&) noexcept = default;
Recognizer::~Recognizer() = default;

base::Result<Recognizer> Recognizer::open(const std::string& languages,
                                          const std::string& tessdata) {
  cv::setNumThreads(0);
  auto engines = std::make_unique<Engines>();
  if (!open_api(engines->reader, tessdata, languages, tesseract::OEM_LSTM_ONLY)) {
    return base::Error{base::Code::not_found,
                       "tesseract has no data for the languages " + languages};
  }
  engines->has_orientation =
      open_api(engines->orientation, tessdata, "osd", tesseract::OEM_TESSERACT_ONLY);
  return Recognizer(std::move(engines));
}

// Quarters clockwise that tesseract's detector would turn the page by, and how sure it is.
Advice Recognizer::Engines::quarters_to_upright(const Pix& gray) {
  if (!has_orientation) return {};
  orientation.SetPageSegMode(tesseract::PSM_OSD_ONLY);
  orientation.SetImage(gray.get());
  orientation.SetSourceResolution(kDeclaredDpi);
  int degrees = 0;
  float confidence = 0;
  const char* script = nullptr;
  float script_confidence = 0;
  const bool found =
      orientation.DetectOrientationScript(&degrees, &confidence, &script, &script_confidence);
  orientation.Clear();
  // The detector tells by how much the page is turned; the rest of the circle makes it upright.
  return found ? Advice{(360 - degrees) / 90 % 4, confidence} : Advice{};
}

base::Result<Recognition> Recognizer::read(const Pix& image, bool fast) {
  if (width_of(image) < kLeastSide || height_of(image) < kLeastSide) return Recognition{};
  const Pix gray = gray_of(image);
  if (!gray) return base::Error{base::Code::limit, "not enough memory for the page"};
  if (is_blank(gray)) return Recognition{};
  Recipe recipe;
  if (fast) recipe.most_scale = 1;
  Pass best = engines_->read(gray, recipe, tesseract::PSM_AUTO);
  Recognition out;
  const auto try_turned = [&](int quarters, double enough) {
    const Pix upright = turned(gray, quarters);
    if (!upright) return;
    Pass pass = engines_->read(upright, recipe, tesseract::PSM_AUTO);
    if (pass.score() <= enough * best.score()) return;
    best = std::move(pass);
    out.rotation = quarters * 90;
  };
  if (best.confidence < kDoubtful) {
    const auto [quarters, confidence] = engines_->quarters_to_upright(gray);
    if (quarters != 0 && confidence > kFairOsd) try_turned(quarters, 1);
  } else if (best.sideways_letters > best.upright_letters) {
    // tesseract reads a page that was turned clockwise, but leaves its words lying
    // on their side.
    try_turned(3, kAboutAsGood);
  }
  out.words = std::move(best.words);
  return out;
}

}  // namespace ocr::detail
