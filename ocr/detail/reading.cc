#include "ocr/detail/reading.h"

#include "base/text.h"

namespace ocr::detail {

Reading summed_up(std::vector<corpus::Word> words, int quarters) {
  Reading out;
  double weighted = 0;
  for (const corpus::Word& word : words) {
    const size_t letters = base::count_code_points(word.text);
    out.letters += letters;
    weighted += word.confidence / 1000.0 * static_cast<double>(letters);
  }
  if (out.letters > 0) out.confidence = weighted / static_cast<double>(out.letters);
  out.words = std::move(words);
  out.quarters = quarters;
  return out;
}

}  // namespace ocr::detail
