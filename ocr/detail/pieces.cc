#include "ocr/detail/pieces.h"

#include <algorithm>
#include <cstring>
#include <opencv2/imgproc.hpp>

namespace ocr::detail {
namespace {

// The first pixel from x on that is ink, else the row's end.
int next_ink(const uint8_t* row, int x, int end) {
  uint64_t eight = 0;
  while (x + 8 <= end) {
    std::memcpy(&eight, row + x, sizeof(eight));
    if (eight != 0) break;
    x += 8;
  }
  while (x < end && row[x] == 0) ++x;
  return x;
}

int next_paper(const uint8_t* row, int x, int end) {
  const void* found = std::memchr(row + x, 0, static_cast<size_t>(end - x));
  return found == nullptr ? end : static_cast<int>(static_cast<const uint8_t*>(found) - row);
}

template <class Visit>
void for_each_run(const uint8_t* row, int width, const Visit& visit) {
  for (int x = next_ink(row, 0, width); x < width;) {
    const int end = next_paper(row, x, width);
    visit(x, end);
    x = next_ink(row, end, width);
  }
}

// Runs of a mask, joined into pieces by union-find. The first run of a piece stands for it.
class Joined {
 public:
  Joined(const cv::Mat& mask, Touching touching) : reach_(touching == Touching::corners ? 1 : 0) {
    size_t above = 0;  // the first run of the row above
    for (int y = 0; y < mask.rows; ++y) {
      const size_t first = runs_.size();
      for_each_run(mask.ptr<uint8_t>(y), mask.cols, [&](int begin, int end) {
        runs_.push_back({y, begin, end});
        parents_.push_back(parents_.size());
      });
      join(above, first);
      above = first;
    }
  }

  std::vector<Piece> list() {
    std::vector<Piece> out;
    for (size_t i = 0; i < runs_.size(); ++i) {
      Run& run = runs_[i];
      const size_t root = root_of(i);
      const cv::Rect box(run.begin, run.row, run.end - run.begin, 1);
      if (root == i) {
        out.push_back({box, box.width, static_cast<int>(out.size()) + 1});
        run.label = out.back().label;
        continue;
      }
      run.label = runs_[root].label;
      Piece& piece = out[static_cast<size_t>(run.label) - 1];
      piece.box |= box;
      piece.area += box.width;
    }
    return out;
  }

  // After list().
  void paint(cv::Mat& labels) const {
    for (const Run& run : runs_) {
      int* row = labels.ptr<int>(run.row);
      std::fill(row + run.begin, row + run.end, run.label);
    }
  }

 private:
  struct Run {
    int row, begin, end;
    int label = 0;
  };

  // The runs from `first` on with those of the row above, both from left to right.
  void join(size_t above, size_t first) {
    const size_t above_end = first;
    for (size_t i = first; i < runs_.size(); ++i) {
      while (above < above_end && runs_[above].end + reach_ <= runs_[i].begin) ++above;
      for (size_t k = above; k < above_end && runs_[k].begin < runs_[i].end + reach_; ++k) {
        const size_t a = root_of(k), b = root_of(i);
        parents_[std::max(a, b)] = std::min(a, b);
      }
    }
  }

  size_t root_of(size_t run) {
    while (parents_[run] != run) run = parents_[run] = parents_[parents_[run]];
    return run;
  }

  int reach_;
  std::vector<Run> runs_;
  std::vector<size_t> parents_;  // of runs: one of the same piece that comes before, or itself
};

// Runs that are so long.
cv::Mat long_runs(const cv::Mat& mask, int length) {
  cv::Mat out(mask.size(), CV_8U, cv::Scalar(0));
  for (int y = 0; y < mask.rows; ++y) {
    uint8_t* row = out.ptr<uint8_t>(y);
    for_each_run(mask.ptr<uint8_t>(y), mask.cols, [&](int begin, int end) {
      if (end - begin >= length) std::fill(row + begin, row + end, uint8_t{1});
    });
  }
  return out;
}

cv::Mat thickened(const cv::Mat& mask, const cv::Size& by) {
  cv::Mat out;
  cv::dilate(mask, out, cv::getStructuringElement(cv::MORPH_RECT, by));
  return out;
}

}  // namespace

Pieces pieces_of(const cv::Mat& mask, Touching touching) {
  Joined joined(mask, touching);
  Pieces out{cv::Mat(mask.size(), CV_32S, cv::Scalar(0)), joined.list()};
  joined.paint(out.labels);
  return out;
}

std::vector<Piece> list_pieces(const cv::Mat& mask) {
  return Joined(mask, Touching::corners).list();
}

cv::Mat horizontal_lines(const cv::Mat& mask, int length) {
  return long_runs(thickened(mask, {1, 3}), length);
}

cv::Mat vertical_lines(const cv::Mat& mask, int length) {
  cv::Mat lying, out;
  cv::transpose(thickened(mask, {3, 1}), lying);
  cv::transpose(long_runs(lying, length), out);
  return out;
}

}  // namespace ocr::detail
