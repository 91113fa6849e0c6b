#include "ocr/detail/line_reader.h"

#include <algorithm>
#include <cmath>
#include <opencv2/imgproc.hpp>

#include "base/file.h"
#include "base/text.h"
#include "ocr/detail/ctc.h"

namespace ocr::detail {
namespace {

constexpr int kInk = 140;          // darker: ink
constexpr int kPaper = 4;          // pixels to the left and right of it that are read
constexpr double kSlope = 0.5;     // of confidence over the logarithm of a chance
constexpr double kReadWell = 0.8;  // confidence at which no other language is tried

// The columns with ink, and a little paper around: more of it is read as dashes.
cv::Range printed_part(const cv::Mat& line) {
  cv::Mat columns;
  cv::reduce(line, columns, 0, cv::REDUCE_MIN);
  const uint8_t* darkest = columns.ptr<uint8_t>(0);
  int first = 0;
  int last = line.cols;
  while (first < last && darkest[first] >= kInk) ++first;
  while (last > first && darkest[last - 1] >= kInk) --last;
  if (first == last) return {0, 0};
  return {std::max(0, first - kPaper), std::min(line.cols, last + kPaper)};
}

// Gathers characters into words.
class Words {
 public:
  // Places are pixels along the line.
  void add(const std::string& text, double chance, double left, double right) {
    if (text == " ") {
      end();
      worst_ = chance;  // a word is as sure as where it begins
      return;
    }
    if (text_.empty()) left_ = left;
    text_ += text;
    right_ = right;
    worst_ = std::min(worst_, chance);
  }
  std::vector<SeenWord> take(int height) {
    end();
    for (SeenWord& word : words_) word.box.height = height;
    return std::move(words_);
  }

 private:
  void end() {
    std::string text = base::to_nfc(text_).value_or("");
    if (!text.empty()) {
      const auto left = static_cast<int>(std::floor(left_));
      const auto right = static_cast<int>(std::ceil(right_));
      words_.push_back({std::move(text), cv::Rect(left, 0, right - left, 0),
                        std::clamp(1 + kSlope * std::log(worst_), 0.0, 1.0)});
    }
    text_.clear();
    worst_ = 1;
  }

  std::vector<SeenWord> words_;
  std::string text_;
  double left_ = 0;
  double right_ = 0;
  double worst_ = 1;  // chance of a character
};

// Mean over letters.
double confidence_of(const std::vector<SeenWord>& words) {
  double sum = 0;
  double letters = 0;
  for (const SeenWord& word : words) {
    const auto count = static_cast<double>(base::count_code_points(word.text));
    sum += count * word.confidence;
    letters += count;
  }
  return letters > 0 ? sum / letters : 0;
}

}  // namespace

base::Result<LineReader> LineReader::open(const std::string& languages,
                                          const std::string& directory) {
  std::vector<Language> out;
  for (const std::string_view name : base::split(languages, '+')) {
    const std::string file = directory + "/" + std::string(name) + ".traineddata";
    LineModel model = TRY(parse_traineddata(TRY(base::read_file(file))));
    out.push_back({TextNetwork(model), std::move(model.alphabet)});
  }
  return LineReader(std::move(out));
}

std::vector<SeenWord> LineReader::read(const cv::Mat& line, size_t& first) const {
  std::vector<SeenWord> best = read(line, languages_[first]);
  if (languages_.size() == 1) return best;
  double confidence = confidence_of(best);
  if (confidence > kReadWell) return best;
  for (size_t i = 0, tried = first; i < languages_.size(); ++i) {
    if (i == tried) continue;
    std::vector<SeenWord> other = read(line, languages_[i]);
    if (confidence_of(other) <= confidence) continue;
    confidence = confidence_of(other);
    best = std::move(other);
    first = i;
  }
  return best;
}

std::vector<SeenWord> LineReader::read(const cv::Mat& line, const Language& language) {
  const cv::Range part = printed_part(line);
  if (part.empty()) return {};
  cv::Mat seen = line.colRange(part);
  const auto height = static_cast<int>(language.network.height());
  const double scale = static_cast<double>(height) / line.rows;
  if (height != line.rows) cv::resize(seen, seen, {}, scale, scale, cv::INTER_LINEAR);
  const Chances chances = language.network.run(seen);
  const std::vector<SeenCharacter> characters = decode(chances, language.alphabet);
  const double step = static_cast<double>(language.network.step()) / scale;
  // Characters meet in the middle between them.
  const auto border = [&](size_t i) {
    double at = 0;
    if (i == characters.size()) at = static_cast<double>(chances.steps());
    if (i > 0 && i < characters.size()) {
      at = static_cast<double>(characters[i - 1].end + characters[i].begin) / 2;
    }
    return std::min<double>(part.end, part.start + at * step);
  };
  Words words;
  for (size_t i = 0; i < characters.size(); ++i) {
    words.add(language.alphabet.characters[characters[i].code].text, characters[i].chance,
              border(i), border(i + 1));
  }
  return words.take(line.rows);
}

}  // namespace ocr::detail
