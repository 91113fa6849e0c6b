#include "ocr/detail/engine.h"

#include <tesseract/baseapi.h>
#include <tesseract/resultiterator.h>

#include <algorithm>

#include "base/text.h"

namespace ocr::detail {
namespace {

using tesseract::TessBaseAPI;

constexpr int kLeastSide = 3;  // tesseract crashes on less
// A constant steadies layout; glyphs are scaled to fit it.
constexpr int kPageDpi = 250;
constexpr int kLineDpi = 300;

std::string cleaned(std::string_view raw) {
  if (!base::is_utf8(raw)) return {};
  std::string kept;
  for (const char c : raw) {
    if (static_cast<uint8_t>(c) > 0x20 && c != 0x7f) kept += c;
  }
  return base::to_nfc(kept).value_or("");
}

std::vector<SeenWord> words_at(tesseract::ResultIterator& at) {
  std::vector<SeenWord> words;
  uint32_t blocks = 0;
  uint32_t lines = 0;
  if (at.Empty(tesseract::RIL_WORD)) return words;
  do {
    if (at.IsAtBeginningOf(tesseract::RIL_BLOCK)) ++blocks;
    if (at.IsAtBeginningOf(tesseract::RIL_TEXTLINE)) ++lines;
    const std::unique_ptr<char[]> raw(at.GetUTF8Text(tesseract::RIL_WORD));
    std::string text = cleaned(raw ? raw.get() : "");
    int left, top, right, bottom;
    if (text.empty() || !at.BoundingBox(tesseract::RIL_WORD, &left, &top, &right, &bottom)) {
      continue;
    }
    const double confidence = std::clamp(at.Confidence(tesseract::RIL_WORD) / 100.0, 0.0, 1.0);
    words.push_back({std::move(text), cv::Rect(left, top, right - left, bottom - top), confidence,
                     blocks - 1, lines - 1});
  } while (at.Next(tesseract::RIL_WORD));
  return words;
}

void show(TessBaseAPI& api, const cv::Mat& gray, int dpi) {
  api.SetImage(gray.data, gray.cols, gray.rows, 1, static_cast<int>(gray.step));
  api.SetSourceResolution(dpi);
}

bool open_api(TessBaseAPI& api, const std::string& tessdata, const std::string& languages,
              tesseract::OcrEngineMode mode) {
  return api.Init(tessdata.empty() ? nullptr : tessdata.c_str(), languages.c_str(), mode) == 0;
}

}  // namespace

struct Engine::Apis {
  TessBaseAPI reader;
  TessBaseAPI orientation;
  bool has_orientation = false;
};

Engine::Engine(std::unique_ptr<Apis> apis) : apis_(std::move(apis)) {}
Engine::Engine(Engine&&) noexcept = default;
Engine& Engine::operator=(Engine&&) noexcept = default;
Engine::~Engine() = default;

base::Result<Engine> Engine::open(const std::string& languages, const std::string& tessdata) {
  auto apis = std::make_unique<Apis>();
  if (!open_api(apis->reader, tessdata, languages, tesseract::OEM_LSTM_ONLY)) {
    return base::Error{base::Code::not_found,
                       "tesseract has no data for the languages " + languages};
  }
  // Whether letters stand at equal steps matters to tesseract's older recogniser only.
  apis->reader.SetVariable("textord_all_prop", "1");
  apis->has_orientation =
      open_api(apis->orientation, tessdata, "osd", tesseract::OEM_TESSERACT_ONLY);
  return Engine(std::move(apis));
}

std::string Engine::directory() const {
  return apis_->reader.GetDatapath();
}

std::vector<SeenWord> Engine::read(const cv::Mat& gray, Layout layout) {
  std::vector<SeenWord> words;
  if (gray.cols < kLeastSide || gray.rows < kLeastSide) return words;
  TessBaseAPI& reader = apis_->reader;
  const bool line = layout == Layout::line;
  // Lines come with dark letters: reading each doubtful one again as a negative would only cost.
  reader.SetVariable("invert_threshold", line ? "0" : "0.7");
  reader.SetPageSegMode(line ? tesseract::PSM_SINGLE_LINE : tesseract::PSM_AUTO);
  show(reader, gray, line ? kLineDpi : kPageDpi);
  if (reader.Recognize(nullptr) == 0) {
    const std::unique_ptr<tesseract::ResultIterator> at(reader.GetIterator());
    if (at) words = words_at(*at);
  }
  reader.Clear();
  return words;
}

Advice Engine::orientation(const cv::Mat& gray) {
  if (!apis_->has_orientation) return {};
  TessBaseAPI& api = apis_->orientation;
  api.SetPageSegMode(tesseract::PSM_OSD_ONLY);
  show(api, gray, kPageDpi);
  int degrees = 0;
  float confidence = 0;
  const char* script = nullptr;
  float script_confidence = 0;
  const bool found =
      api.DetectOrientationScript(&degrees, &confidence, &script, &script_confidence);
  api.Clear();
  // tesseract tells by how much the page is turned; the rest of the circle makes it upright.
  return found ? Advice{(360 - degrees) / 90 % 4, confidence} : Advice{};
}

}  // namespace ocr::detail
