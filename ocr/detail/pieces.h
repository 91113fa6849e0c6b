// What hangs together in the ink of a page, and what lies straight in it. Both go by runs of ink
// along rows: pages are mostly paper, which is passed over many pixels at a time, and a run is
// looked at once. In the worker only.
#pragma once

#include <opencv2/core.hpp>
#include <vector>

namespace ocr::detail {

// A connected piece of ink.
struct Piece {
  cv::Rect box;
  int area = 0;
  int label = 0;  // in the map of labels: from 1, by the pieces' first pixels from the top left
};
struct Pieces {
  cv::Mat labels;  // 32 bits; 0: no ink
  std::vector<Piece> list;
};

// Which neighbours hang together.
enum class Touching {
  sides,    // four of them
  corners,  // all eight
};

// Of an 8-bit mask whose ink is not zero.
Pieces pieces_of(const cv::Mat& mask, Touching touching = Touching::corners);
// The same without the map.
std::vector<Piece> list_pieces(const cv::Mat& mask);

// Straight lines at least so long, a pixel of slope or of gaps allowed; 1 where there is one.
cv::Mat horizontal_lines(const cv::Mat& mask, int length);
cv::Mat vertical_lines(const cv::Mat& mask, int length);

}  // namespace ocr::detail
