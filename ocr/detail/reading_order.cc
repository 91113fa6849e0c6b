#include "ocr/detail/reading_order.h"

#include <algorithm>
#include <numeric>
#include <optional>

namespace ocr::detail {
namespace {

constexpr size_t kFewLines = 4;     // fewer on a side make no column
constexpr double kGutter = 0.8;     // of a line's height: what may stand between columns
constexpr double kSameLine = 0.5;   // of the lower height: shared by pieces of one line
constexpr double kParagraph = 1.0;  // of a line's height: a gap that ends a block
constexpr double kLongPiece = 6;    // times as wide as high: running text, not a table's cell

using Pieces = std::vector<size_t>;

class Order {
 public:
  explicit Order(const std::vector<corpus::Box>& boxes) : boxes_(boxes) {}

  std::vector<Placed> run() {
    Pieces all(boxes_.size());
    std::iota(all.begin(), all.end(), size_t{0});
    read(std::move(all));
    return std::move(out_);
  }

 private:
  int top(size_t i) const { return boxes_[i].y0; }

  int32_t usual_height(const Pieces& pieces) const {
    std::vector<int32_t> heights;
    for (const size_t i : pieces) heights.push_back(boxes_[i].height());
    const auto middle = heights.begin() + static_cast<ptrdiff_t>(heights.size() / 2);
    std::nth_element(heights.begin(), middle, heights.end());
    return std::max(*middle, 1);
  }

  // Columns if there are any; else bands from gap to gap that may hold columns; else lines.
  void read(Pieces pieces) {
    if (pieces.empty()) return;
    const int32_t height = usual_height(pieces);
    if (const auto gutter = column_gutter(pieces, height)) {
      const auto right = std::partition(pieces.begin(), pieces.end(), [&](size_t i) {
        return boxes_[i].x0 + boxes_[i].x1 < 2 * *gutter;
      });
      Pieces rest(right, pieces.end());
      pieces.erase(right, pieces.end());
      read(std::move(pieces));
      read(std::move(rest));
      return;
    }
    if (const auto cut = band_end(pieces, height)) {
      const auto below =
          std::partition(pieces.begin(), pieces.end(), [&](size_t i) { return top(i) < *cut; });
      Pieces rest(below, pieces.end());
      pieces.erase(below, pieces.end());
      read(std::move(pieces));
      read(std::move(rest));
      return;
    }
    write_block(std::move(pieces));
  }

  // A vertical strip that no piece crosses, with running text on both sides.
  std::optional<int32_t> column_gutter(const Pieces& pieces, int32_t height) const {
    Pieces by_left = pieces;
    std::sort(by_left.begin(), by_left.end(),
              [&](size_t a, size_t b) { return boxes_[a].x0 < boxes_[b].x0; });
    int32_t reach = boxes_[by_left[0]].x1;
    for (size_t i = 1; i < by_left.size(); ++i) {
      const int32_t left = boxes_[by_left[i]].x0;
      if (left - reach > kGutter * height) {
        const auto middle = by_left.begin() + static_cast<ptrdiff_t>(i);
        if (is_column({by_left.begin(), middle}) && is_column({middle, by_left.end()})) {
          return (left + reach) / 2;
        }
      }
      reach = std::max(reach, boxes_[by_left[i]].x1);
    }
    return std::nullopt;
  }

  bool is_column(const Pieces& pieces) const {
    const auto running = std::count_if(pieces.begin(), pieces.end(), [&](size_t i) {
      return boxes_[i].width() > kLongPiece * boxes_[i].height();
    });
    return static_cast<size_t>(running) >= kFewLines &&
           2 * static_cast<size_t>(running) >= pieces.size();
  }

  // Where the highest gap ends that is as high as a line; nothing if there is none, or if it would
  // not help to find columns.
  std::optional<int32_t> band_end(const Pieces& pieces, int32_t height) const {
    Pieces by_top = pieces;
    std::sort(by_top.begin(), by_top.end(), [&](size_t a, size_t b) { return top(a) < top(b); });
    int32_t reach = boxes_[by_top[0]].y1;
    int32_t widest = 0;
    std::optional<int32_t> cut;
    for (const size_t i : by_top) {
      if (top(i) - reach > std::max<double>(widest, kParagraph * height)) {
        widest = top(i) - reach;
        cut = top(i);
      }
      reach = std::max(reach, boxes_[i].y1);
    }
    return cut;
  }

  bool on_one_line(size_t a, size_t b) const {
    const corpus::Box& p = boxes_[a];
    const corpus::Box& q = boxes_[b];
    const int32_t shared = std::min(p.y1, q.y1) - std::max(p.y0, q.y0);
    return shared > kSameLine * std::min(p.height(), q.height());
  }

  void write_block(Pieces pieces) {
    std::sort(pieces.begin(), pieces.end(), [&](size_t a, size_t b) {
      return boxes_[a].y0 + boxes_[a].y1 < boxes_[b].y0 + boxes_[b].y1;
    });
    std::vector<Pieces> lines;
    for (const size_t piece : pieces) {
      const auto line = std::find_if(lines.rbegin(), lines.rend(), [&](const Pieces& other) {
        return std::all_of(other.begin(), other.end(),
                           [&](size_t i) { return on_one_line(i, piece) && apart(i, piece); });
      });
      if (line == lines.rend()) {
        lines.push_back({piece});
      } else {
        line->push_back(piece);
      }
    }
    for (Pieces& line : lines) {
      std::sort(line.begin(), line.end(),
                [&](size_t a, size_t b) { return boxes_[a].x0 < boxes_[b].x0; });
      for (const size_t piece : line) out_.push_back({piece, block_, line_});
      ++line_;
    }
    ++block_;
  }

  // Beside each other, not one over the other.
  bool apart(size_t a, size_t b) const {
    const corpus::Box& p = boxes_[a];
    const corpus::Box& q = boxes_[b];
    const int32_t shared = std::min(p.x1, q.x1) - std::max(p.x0, q.x0);
    return shared < kSameLine * std::min(p.width(), q.width());
  }

  const std::vector<corpus::Box>& boxes_;
  std::vector<Placed> out_;
  uint32_t block_ = 0;
  uint32_t line_ = 0;
};

}  // namespace

std::vector<Placed> reading_order(const std::vector<corpus::Box>& boxes) {
  return Order(boxes).run();
}

}  // namespace ocr::detail
