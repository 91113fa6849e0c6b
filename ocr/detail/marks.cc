#include "ocr/detail/marks.h"

#include <algorithm>
#include <cmath>
#include <opencv2/imgproc.hpp>
#include <tuple>

#include "ocr/detail/handwriting.h"
#include "ocr/detail/ink.h"
#include "ocr/detail/mark_ink.h"
#include "ocr/detail/signatures.h"
#include "ocr/detail/stamps.h"
#include "ocr/detail/tick_boxes.h"

namespace ocr::detail {
namespace {

using corpus::Mark;
using corpus::MarkKind;
using corpus::MarkState;

constexpr int32_t kWorthOfTickBox = 200;  // what a word is worth, at most, that was read from one
constexpr double kMostly = 0.5;           // of the word's area

class MarkList {
 public:
  MarkList(const Ink& ink, const Pix& page) : ink_(ink), page_(page) {}

  void add(MarkKind kind, MarkState state, const cv::Rect& box, double confidence) {
    corpus::Box on = ink_.on_page(box);
    on = {std::max(0, on.x0), std::max(0, on.y0), std::min(on.x1, width_of(page_)),
          std::min(on.y1, height_of(page_))};
    if (on.empty() || marks_.size() >= corpus::kMaxMarks) return;
    marks_.push_back({kind, state, on, static_cast<int32_t>(std::lround(confidence * 1000))});
  }

  std::vector<Mark> sorted() && {
    std::sort(marks_.begin(), marks_.end(), [](const Mark& a, const Mark& b) {
      return std::tuple(a.box.y0, a.box.x0, a.box, a.kind) <
             std::tuple(b.box.y0, b.box.x0, b.box, b.kind);
    });
    return std::move(marks_);
  }

 private:
  const Ink& ink_;
  const Pix& page_;
  std::vector<Mark> marks_;
};

// A letter that looks like a box, among others of a hand: it belongs to what that hand wrote.
void give_back_letters(std::vector<TickBox>& boxes, std::vector<Handwriting>& writing) {
  std::erase_if(boxes, [&](const TickBox& tick) {
    if (tick.state == MarkState::circled) return false;  // what is near is the loop
    const cv::Rect& box = tick.box;
    const cv::Point centre(box.x + box.width / 2, box.y + box.height / 2);
    for (Handwriting& area : writing) {
      const cv::Rect near(area.box.x - box.width, area.box.y, area.box.width + 2 * box.width,
                          area.box.height);
      const bool alike = area.box.height > 0.6 * box.height && area.box.height < 3 * box.height &&
                         area.box.width > box.width;
      if (!alike || !near.contains(centre)) continue;
      area.box |= box;
      return true;
    }
    return false;
  });
}

double share_within(const corpus::Box& word, const corpus::Box& mark) {
  const corpus::Box common{std::max(word.x0, mark.x0), std::max(word.y0, mark.y0),
                           std::min(word.x1, mark.x1), std::min(word.y1, mark.y1)};
  if (common.empty() || word.empty()) return 0;
  return static_cast<double>(int64_t{common.width()} * common.height()) /
         static_cast<double>(int64_t{word.width()} * word.height());
}

// What a word is worth that was read from such a mark, by forms whose writing is known
// (bench/README.md, marks). Of handwriting the confidence of print means its third power: what is
// surely read is right there too, and half a word is none.
int32_t worth_of(MarkKind kind, int32_t confidence) {
  if (kind == MarkKind::tick_box) return std::min(confidence, kWorthOfTickBox);
  const double share = confidence / 1000.0;
  return static_cast<int32_t>(std::lround(1000 * share * share * share));
}

}  // namespace

void doubt_words(const std::vector<Mark>& marks, std::vector<corpus::Word>& words) {
  for (const Mark& mark : marks) {
    if (mark.kind == MarkKind::stamp || mark.state == MarkState::absent) continue;
    for (corpus::Word& word : words) {
      if (share_within(word.box, mark.box) > kMostly) {
        const int32_t worth = worth_of(mark.kind, word.confidence);
        word.confidence -= (word.confidence - worth) * mark.confidence / 1000;
      }
    }
  }
}

std::vector<Mark> find_marks(const Pix& page, std::vector<corpus::Word>& words) {
  const Ink ink = ink_of(page, words);
  if (ink.mask.empty()) return {};
  const std::vector<SeenText> text = seen_text(ink, words);
  MarkInk parts = part_marks(ink, text);
  std::vector<Handwriting> writing =
      find_handwriting(stroke_groups(ink, parts.taken, text), ink.unit);
  give_back_letters(parts.tick_boxes, writing);
  MarkList marks(ink, page);
  for (const TickBox& box : parts.tick_boxes) {
    marks.add(MarkKind::tick_box, box.state, box.box, box.confidence);
  }
  for (const Stamp& stamp : parts.stamps) {
    marks.add(MarkKind::stamp, MarkState::none, stamp.box, stamp.confidence);
  }
  for (const Signature& signature : find_signatures(ink, words, text, parts.rules, writing)) {
    marks.add(MarkKind::signature, signature.present ? MarkState::present : MarkState::absent,
              signature.box, signature.confidence);
  }
  for (const Handwriting& area : writing) {
    marks.add(MarkKind::handwriting, MarkState::none, area.box, area.confidence);
  }
  std::vector<Mark> out = std::move(marks).sorted();
  doubt_words(out, words);
  return out;
}

}  // namespace ocr::detail
