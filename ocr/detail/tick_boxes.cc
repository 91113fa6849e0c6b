#include "ocr/detail/tick_boxes.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <opencv2/imgproc.hpp>

#include "ocr/detail/pieces.h"

namespace ocr::detail {
namespace {

using corpus::MarkState;

// In units of the height of letters.
constexpr double kSmallestSide = 1.2, kLargestSide = 3.4;
constexpr double kSmallestRing = 1.3;
constexpr double kMostSlant = 0.13;    // by which width and height may differ
constexpr double kCorner = 0.2;        // of a side: it may be round there
constexpr double kRoundCorner = 0.12;  // of a side: how far from its corner the ink may stay
constexpr double kWholeSide = 0.82;    // of a side that must be there
constexpr double kWholeBorder = 0.93;  // of all four
constexpr double kAside = 0.15;        // ink beside a side, at most: letters stand closer together
constexpr double kGoesOn = 0.75;       // of a side's continuation: it is a longer line
constexpr int kThickest = 6;           // pixels of a border
constexpr double kWholeRing = 0.86;
constexpr double kStillRing = 0.6;
constexpr int kSpokes = 32;
constexpr double kTouched = 0.035;  // of the inside: more than dust
constexpr double kLongTouch = 0.4;  // of the side, that a pen's stroke inside is long at least
constexpr double kFull = 0.5;       // of the inside
constexpr double kDiagonal = 0.78;  // of a diagonal that a cross covers
constexpr double kSurelyRead = 0.9;
constexpr double kOfWord = 1.1;  // of a word's height: no letter is higher
constexpr double kReach = 2.1;   // sides, from the centre: how far away a loop may be drawn

struct Candidate {
  cv::Rect box;
  double score = 0;  // of the border, 0 to 1
  bool is_ring = false;
  int thickness = 1;  // of the border
};

cv::Point centre_of(const cv::Rect& box) {
  return {box.x + box.width / 2, box.y + box.height / 2};
}

bool better(const Candidate& a, const Candidate& b) {
  return a.score != b.score ? a.score > b.score
                            : std::pair(a.box.y, a.box.x) < std::pair(b.box.y, b.box.x);
}

// Everything that is asked of the pixels again and again.
struct Look {
  explicit Look(const Ink& ink)
      : smallest(static_cast<int>(std::lround(kSmallestSide * ink.unit))),
        largest(static_cast<int>(std::lround(kLargestSide * ink.unit))),
        ink_itself(ink.mask),
        across(dilated(ink.mask, {2, 1})),
        along(dilated(ink.mask, {1, 2})),
        fat(dilated(ink.mask, {3, 3})) {}

  static cv::Mat dilated(const cv::Mat& mask, const cv::Size& by) {
    cv::Mat out;
    cv::dilate(mask, out, cv::getStructuringElement(cv::MORPH_RECT, by));
    return out;
  }

  int smallest, largest;
  Coverage ink_itself;
  Coverage across;  // vertical lines, which may step by a pixel
  Coverage along;   // horizontal ones
  cv::Mat fat;
};

// ---- squares

struct Sides {
  double left, right, top, bottom;
  double least() const { return std::min({left, right, top, bottom}); }
  double mean() const { return (left + right + top + bottom) / 4; }
};

Sides sides_of(const Look& look, const cv::Rect& box) {
  const int dx = static_cast<int>(kCorner * box.width), dy = static_cast<int>(kCorner * box.height);
  const int x1 = box.x + box.width - 1, y1 = box.y + box.height - 1;
  return {look.across.share({box.x, box.y + dy, 1, box.height - 2 * dy}),
          look.across.share({x1, box.y + dy, 1, box.height - 2 * dy}),
          look.along.share({box.x + dx, box.y, box.width - 2 * dx, 1}),
          look.along.share({box.x + dx, y1, box.width - 2 * dx, 1})};
}

// Which sides have paper beside them, so far: left, right, top, bottom.
std::array<bool, 4> clear_sides(const Look& look, const cv::Rect& box, int far) {
  const int away = 2, deep = std::max(2, far);
  const int dx = box.width / 5, dy = box.height / 5;
  const int x1 = box.x + box.width - 1, y1 = box.y + box.height - 1;
  const auto clear = [&](const cv::Rect& strip) { return look.ink_itself.share(strip) < kAside; };
  return {clear({box.x - away - deep + 1, box.y + dy, deep, box.height - 2 * dy}),
          clear({x1 + away, box.y + dy, deep, box.height - 2 * dy}),
          clear({box.x + dx, box.y - away - deep + 1, box.width - 2 * dx, deep}),
          clear({box.x + dx, y1 + away, box.width - 2 * dx, deep})};
}

// The word that it was taken for a part of, if any.
const SeenText* word_around(const cv::Rect& box, const std::vector<SeenText>& text) {
  const auto found = std::find_if(text.begin(), text.end(), [&](const SeenText& word) {
    return word.letters >= 2 && word.box.contains(centre_of(box)) &&
           word.box.width > 1.4 * box.width;
  });
  return found == text.end() ? nullptr : &*found;
}

// A pen may have left it on one side. What may be a letter has no such excuse: a box that was read
// as part of a word stands before or behind its letters, with a gap, or alone in a loop.
bool stands_alone(const Look& look, const cv::Rect& box, const std::vector<SeenText>& text) {
  const auto clear = clear_sides(look, box, box.width / 5);
  const SeenText* word = word_around(box, text);
  if (word == nullptr) return std::count(clear.begin(), clear.end(), true) >= 3;
  const bool first = box.x - word->box.x < box.width / 2;
  const bool last = word->box.x + word->box.width - (box.x + box.width) < box.width / 2;
  if (first || last) return clear[0] && clear[1] && (clear[2] || clear[3]);
  const auto wide = clear_sides(look, box, box.width / 3);
  return std::all_of(wide.begin(), wide.end(), [](bool side) { return side; });
}

// Ink near each of its corners, which may be round.
bool has_corners(const Look& look, const cv::Rect& box) {
  const int x1 = box.x + box.width - 1, y1 = box.y + box.height - 1;
  const int near = std::max(2, static_cast<int>(std::lround(kRoundCorner * box.width)));
  for (const int x : {box.x, x1}) {
    for (const int y : {box.y, y1}) {
      const cv::Rect corner(x - near, y - near, 2 * near + 1, 2 * near + 1);
      if (look.ink_itself.count(corner) == 0) return false;
    }
  }
  return true;
}

// How many of the eight continuations of its sides are lines: a cell of a row has some.
int sides_that_go_on(const Look& look, const cv::Rect& box) {
  const int length = std::max(4, box.width * 2 / 5), gap = 2;
  const int x1 = box.x + box.width - 1, y1 = box.y + box.height - 1;
  // A row may slope: the line is looked for a little above and below.
  const auto level = [&](int x, int y) {
    return std::max({look.along.share({x, y - 1, length, 1}), look.along.share({x, y, length, 1}),
                     look.along.share({x, y + 1, length, 1})}) >= kGoesOn;
  };
  const auto upright = [&](int x, int y) {
    return std::max({look.across.share({x - 1, y, 1, length}), look.across.share({x, y, 1, length}),
                     look.across.share({x + 1, y, 1, length})}) >= kGoesOn;
  };
  int out = 0;
  for (const int y : {box.y, y1}) out += level(box.x - gap - length, y) + level(x1 + 1 + gap, y);
  for (const int x : {box.x, x1})
    out += upright(x, box.y - gap - length) + upright(x, y1 + 1 + gap);
  return out;
}

// Which rows hold a level side: a line that is whole from one column to another.
class LevelSides {
 public:
  LevelSides(const Look& look, int x0, int x1, const cv::Range& rows)
      : first_(rows.start), whole_(look.along.whole_rows(x0, x1, rows, kWholeSide)) {}

  bool any() const { return std::find(whole_.begin(), whole_.end(), true) != whole_.end(); }
  bool at(int y) const { return whole_[static_cast<size_t>(y - first_)]; }

 private:
  int first_;
  std::vector<bool> whole_;
};

// The best square whose left side is at x, with the line in it. Letters have upright strokes
// everywhere, but hardly any level ones so long: those are asked for first.
Candidate best_square_at(const Look& look, const cv::Rect& line, int x) {
  Candidate best;
  const int middle = line.y + line.height / 2;
  for (int width = look.smallest; width <= look.largest; ++width) {
    const int half = width * 3 / 10;
    if (look.across.share({x + width - 1, middle - half, 1, 2 * half}) < kWholeSide) continue;
    const int slant = std::max(1, static_cast<int>(kMostSlant * width));
    const int reach = std::max(width + slant, line.height / 2) + 3;  // of any square tried here
    const int corner = static_cast<int>(kCorner * width);
    const LevelSides level(look, x + corner, x + width - corner, {middle - reach, middle + reach});
    if (!level.any()) continue;
    for (int height = width - slant; height <= width + slant; ++height) {
      const int loose = std::max(2, std::abs(line.height - height) / 2 + 2);
      for (int shift = -loose; shift <= loose; ++shift) {
        const cv::Rect box(x, middle - height / 2 + shift, width, height);
        if (!level.at(box.y) || !level.at(box.y + height - 1)) continue;
        const Sides sides = sides_of(look, box);
        if (sides.least() < kWholeSide || sides.mean() < kWholeBorder) continue;
        // Of a box that is filled many smaller ones seem to be there.
        const double score =
            sides.mean() - 0.02 * std::abs(shift) / width + 0.1 * width / look.largest;
        if (score > best.score) best = {box, score};
      }
    }
  }
  return best;
}

// Its left side is at the line's left edge, or anywhere in a line that a pen has made wider than a
// border.
Candidate best_square(const Look& look, const cv::Rect& line) {
  Candidate best;
  const int half = look.smallest * 3 / 10, middle = line.y + line.height / 2;
  const int end = line.x + (line.width > kThickest ? line.width : std::min(line.width, 3));
  for (int x = line.x; x < end; ++x) {
    if (look.across.share({x, middle - half, 1, 2 * half}) < kWholeSide) continue;
    const Candidate square = best_square_at(look, line, x);
    if (square.score > best.score) best = square;
  }
  return best;
}

// Borders may be thick: the box is that of their outer edges.
void grow_outward(const Look& look, cv::Rect& box) {
  for (int step = 0; step < kThickest; ++step) {
    const Sides sides = sides_of(look, {box.x - 1, box.y - 1, box.width + 2, box.height + 2});
    const cv::Rect before = box;
    if (sides.left >= kWholeSide) box = {box.x - 1, box.y, box.width + 1, box.height};
    if (sides.top >= kWholeSide) box = {box.x, box.y - 1, box.width, box.height + 1};
    if (sides.right >= kWholeSide) ++box.width;
    if (sides.bottom >= kWholeSide) ++box.height;
    if (box == before) break;
  }
}

// Of the border, from its outer edges inwards.
int thickness_of(const Look& look, const cv::Rect& box) {
  int thick = 1;
  while (thick < kThickest && sides_of(look, {box.x + thick, box.y + thick, box.width - 2 * thick,
                                              box.height - 2 * thick})
                                      .least() >= kWholeSide) {
    ++thick;
  }
  return thick;
}

std::vector<Candidate> squares_in(const Ink& ink, const Look& look,
                                  const std::vector<SeenText>& text) {
  std::vector<Candidate> out;
  const int length = std::max(4, static_cast<int>(look.smallest * (1 - 2 * kCorner)));
  for (const Piece& line : list_pieces(vertical_lines(ink.mask, length))) {
    if (line.box.height > 2 * look.largest) continue;
    Candidate square = best_square(look, line.box);
    if (square.score > 0) {
      grow_outward(look, square.box);
      square.thickness = thickness_of(look, square.box);
    }
    if (square.score > 0 && has_corners(look, square.box) && stands_alone(look, square.box, text) &&
        sides_that_go_on(look, square.box) < 2) {
      out.push_back(square);
    }
  }
  return out;
}

// ---- rings

// The places of a ring that are looked at, in an order in which neighbours are far apart.
using Spokes = std::array<cv::Point, kSpokes>;

Spokes spokes_of(double cx, double cy, double radius) {
  constexpr int kStep = 11;  // has no factor in common with their number
  Spokes out;
  for (int i = 0; i < kSpokes; ++i) {
    const double angle = 2 * M_PI * (i * kStep % kSpokes) / kSpokes;
    out[static_cast<size_t>(i)] = {static_cast<int>(std::lround(cx + radius * std::cos(angle))),
                                   static_cast<int>(std::lround(cy + radius * std::sin(angle)))};
  }
  return out;
}

// Of the ring's places, moved, how many are ink; 0 once it is clear that they are fewer than
// `least`.
double ring_share(const Look& look, const Spokes& spokes, const cv::Point& move, double least) {
  const cv::Rect page(0, 0, look.fat.cols, look.fat.rows);
  const int allowed = kSpokes - static_cast<int>(std::ceil(least * kSpokes));
  int misses = 0;
  for (const cv::Point& spoke : spokes) {
    const cv::Point at = spoke + move;
    if (page.contains(at) && look.fat.at<uint8_t>(at) != 0) continue;
    if (++misses > allowed) return 0;
  }
  return 1 - static_cast<double>(misses) / kSpokes;
}

double ring_share(const Look& look, double cx, double cy, double radius) {
  return ring_share(look, spokes_of(cx, cy, radius), {}, 0);
}

// A ring, and nothing where a square has its corners.
bool is_round(const Look& look, const cv::Rect& box) {
  const double far = 1.28 * box.width / 2;
  int corners = 0;
  for (const int sx : {-1, 1}) {
    for (const int sy : {-1, 1}) {
      const int x = centre_of(box).x + static_cast<int>(sx * far * M_SQRT1_2);
      const int y = centre_of(box).y + static_cast<int>(sy * far * M_SQRT1_2);
      corners += look.ink_itself.count({x - 1, y - 1, 2, 2}) > 0;
    }
  }
  return corners <= 2;
}

cv::Rect box_of_ring(double cx, double cy, double radius) {
  const int side = static_cast<int>(std::lround(2 * radius)) + 1;
  return {static_cast<int>(std::lround(cx - radius)), static_cast<int>(std::lround(cy - radius)),
          side, side};
}

Candidate ring_at(const Look& look, double cx, double cy, double radius) {
  return {box_of_ring(cx, cy, radius), ring_share(look, cx, cy, radius), true};
}

// The ring's line, inwards from its outer edge.
int ring_thickness_of(const Look& look, const Candidate& ring) {
  const double cx = ring.box.x + (ring.box.width - 1) / 2.0;
  const double cy = ring.box.y + (ring.box.height - 1) / 2.0;
  int thickness = 1;
  while (thickness < kThickest &&
         ring_share(look, cx, cy, (ring.box.width - 1) / 2.0 - thickness - 1) >= kStillRing) {
    ++thickness;
  }
  return thickness;
}

// A ring around the middle of the box, of about its size.
Candidate clean_ring(const Look& look, const cv::Rect& box) {
  Candidate best;
  const double cx = box.x + (box.width - 1) / 2.0, cy = box.y + (box.height - 1) / 2.0;
  for (const double smaller : {0.5, 1.0, 1.5}) {
    const Candidate ring = ring_at(look, cx, cy, (box.width + box.height) / 4.0 - smaller);
    if (better(ring, best)) best = ring;
  }
  return best;
}

// A whole ring of this size anywhere in the box: a pen has made the piece larger than its ring.
Candidate ring_within(const Look& look, const cv::Rect& box, double radius) {
  const double left = box.x + radius - 1, top = box.y + radius - 1;
  const Spokes spokes = spokes_of(left, top, radius);
  const cv::Rect corner = box_of_ring(left, top, radius);
  Candidate best;
  for (int dy = 0; top + dy <= box.y + box.height - radius + 1; ++dy) {
    for (int dx = 0; left + dx <= box.x + box.width - radius + 1; ++dx) {
      const cv::Point move(dx, dy);
      const Candidate ring{corner + move, ring_share(look, spokes, move, kWholeRing), true};
      if (better(ring, best)) best = ring;
    }
  }
  return best;
}

std::vector<Candidate> rings_in(const Ink& ink, const Look& look,
                                const std::vector<SeenText>& text) {
  const double least = kSmallestRing * ink.unit;
  const double most = look.largest;
  std::vector<Candidate> out;
  std::vector<double> radii;
  std::vector<cv::Rect> larger;
  for (const Piece& piece : list_pieces(ink.mask)) {
    const int low = std::min(piece.box.width, piece.box.height);
    const int high = std::max(piece.box.width, piece.box.height);
    if (low < least || high > 2.2 * most) continue;
    if (high <= most && high - low <= std::max(2.0, 0.14 * high)) {
      const Candidate ring = clean_ring(look, piece.box);
      if (ring.score >= kWholeRing && is_round(look, ring.box) &&
          stands_alone(look, ring.box, text)) {
        out.push_back(ring);
        radii.push_back((ring.box.width - 1) / 2.0);
        continue;
      }
    }
    larger.push_back(piece.box);
  }
  if (radii.empty()) return out;
  std::nth_element(radii.begin(), radii.begin() + static_cast<ptrdiff_t>(radii.size() / 2),
                   radii.end());
  const double usual = radii[radii.size() / 2];
  for (const cv::Rect& box : larger) {
    if (std::min(box.width, box.height) < 2 * usual - 1) continue;
    const Candidate ring = ring_within(look, box, usual);
    if (ring.score >= kWholeRing && stands_alone(look, ring.box, text)) out.push_back(ring);
  }
  return out;
}

// ---- which are tick boxes

// A ring amid the letters of a word is one of them, and so is anything in a word that was surely
// read: with a box before them its letters make no such word.
bool is_letter(const Candidate& candidate, const std::vector<SeenText>& text) {
  const cv::Rect& box = candidate.box;
  return std::any_of(text.begin(), text.end(), [&](const SeenText& word) {
    if (word.letters < 2 || !word.box.contains(centre_of(box))) return false;
    const bool amid = candidate.is_ring && word.letters >= 3 && word.confidence >= 0.5 &&
                      box.x - word.box.x > box.width / 2 && box.height < 2 * word.box.height;
    return amid || (word.confidence >= kSurelyRead && box.height < kOfWord * word.box.height);
  });
}

std::vector<Candidate> chosen(std::vector<Candidate> candidates,
                              const std::vector<SeenText>& text) {
  std::sort(candidates.begin(), candidates.end(), better);
  std::vector<Candidate> out;
  for (const Candidate& candidate : candidates) {
    const bool taken = std::any_of(out.begin(), out.end(), [&](const Candidate& other) {
      return (other.box & candidate.box).area() >
             0.2 * std::min(other.box.area(), candidate.box.area());
    });
    if (!taken && !is_letter(candidate, text)) out.push_back(candidate);
  }
  return out;
}

// ---- how they are marked

// What is inside, away from the border.
cv::Rect inside_of(const Candidate& candidate) {
  const double margin = candidate.is_ring ? 0.24 : 0.17;
  const int wanted = std::max(candidate.thickness + 1,
                              static_cast<int>(std::lround(margin * candidate.box.width)));
  const int off = std::min(wanted, candidate.box.width / 3);
  const cv::Rect& box = candidate.box;
  return {box.x + off, box.y + off, box.width - 2 * off, box.height - 2 * off};
}

struct Inside {
  double share = 0;    // of its pixels that are ink
  double longest = 0;  // extent of a stroke, against the side
  std::array<double, 2> diagonals = {};
  double edges = 0;  // of the middles of its sides that are ink: what a cross leaves white
};

double diagonal_share(const cv::Mat& fat, const cv::Rect& in, bool falling) {
  const int steps = std::max(1, in.width);
  int hits = 0;
  for (int i = 0; i <= steps; ++i) {
    const int x = in.x + (in.width - 1) * i / steps;
    const int down = (in.height - 1) * i / steps;
    const int y = falling ? in.y + down : in.y + in.height - 1 - down;
    hits += fat.at<uint8_t>(y, x) != 0;
  }
  return static_cast<double>(hits) / (steps + 1);
}

Inside look_inside(const Ink& ink, const Look& look, const Candidate& candidate) {
  Inside out;
  const cv::Rect in = inside_of(candidate) & cv::Rect(0, 0, ink.mask.cols, ink.mask.rows);
  if (in.width < 2 || in.height < 2) return out;
  out.share = look.ink_itself.share(in);
  for (const Piece& piece : list_pieces(ink.mask(in))) {
    out.longest = std::max(
        out.longest, static_cast<double>(std::max(piece.box.width, piece.box.height)) / in.width);
  }
  out.diagonals = {diagonal_share(look.fat, in, true), diagonal_share(look.fat, in, false)};
  const int third = std::max(1, in.width / 3);
  const int mx = in.x + in.width / 2 - third / 2, my = in.y + in.height / 2 - third / 2;
  const int depth = std::max(1, in.width / 5);
  out.edges = (look.ink_itself.share({mx, in.y, third, depth}) +
               look.ink_itself.share({mx, in.y + in.height - depth, third, depth}) +
               look.ink_itself.share({in.x, my, depth, third}) +
               look.ink_itself.share({in.x + in.width - depth, my, depth, third})) /
              4;
  return out;
}

// Whether a pen has gone round it: paper beside the box cannot be reached from far away, once
// straight lines are gone and the gap of a loop that does not close is bridged.
bool is_circled(const Ink& ink, const cv::Rect& box) {
  const cv::Point centre = centre_of(box);
  const int reach = static_cast<int>(kReach * box.width);
  const cv::Rect window = cv::Rect(centre.x - reach, centre.y - reach, 2 * reach, 2 * reach) &
                          cv::Rect(0, 0, ink.mask.cols, ink.mask.rows);
  cv::Mat around = ink.mask(window).clone();
  const int straight = static_cast<int>(2.2 * box.width);
  around.setTo(0, horizontal_lines(around, straight) | vertical_lines(around, straight));
  const cv::Rect inner(box.x - window.x - 2, box.y - window.y - 2, box.width + 4, box.height + 4);
  around(inner & cv::Rect(0, 0, window.width, window.height)).setTo(0);
  const int bridge = std::max(3, box.width / 4) | 1;
  cv::morphologyEx(around, around, cv::MORPH_CLOSE,
                   cv::getStructuringElement(cv::MORPH_ELLIPSE, {bridge, bridge}));
  cv::copyMakeBorder(around, around, 1, 1, 1, 1, cv::BORDER_CONSTANT, 0);
  cv::floodFill(around, {0, 0}, 2);
  // The box lies in an island now, or the flood has come as far.
  return around.at<uint8_t>(centre.y - window.y + 1, centre.x - window.x + 1) == 0;
}

TickBox judged(const Ink& ink, const Look& look, const Candidate& candidate) {
  TickBox out{candidate.box, MarkState::empty, 0};
  const Inside inside = look_inside(ink, look, candidate);
  const double least = std::min(inside.diagonals[0], inside.diagonals[1]);
  if (inside.share < kTouched || inside.longest < kLongTouch) {
    if (is_circled(ink, candidate.box)) out.state = MarkState::circled;
  } else if (inside.share > kFull && inside.edges > 0.35) {
    out.state = MarkState::filled;
  } else {
    out.state = least >= kDiagonal ? MarkState::crossed : MarkState::ticked;
  }
  const bool doubtful = inside.share > 0.5 * kTouched && inside.share < 2 * kTouched;
  out.confidence = std::clamp(0.9 + (candidate.score - 0.95), 0.5, 0.97) - (doubtful ? 0.2 : 0);
  return out;
}

}  // namespace

std::vector<TickBox> find_tick_boxes(const Ink& ink, const std::vector<SeenText>& text) {
  if (ink.mask.empty()) return {};
  const Look look(ink);
  std::vector<Candidate> candidates = squares_in(ink, look, text);
  const std::vector<Candidate> rings = rings_in(ink, look, text);
  candidates.insert(candidates.end(), rings.begin(), rings.end());
  std::vector<TickBox> out;
  for (Candidate& candidate : chosen(std::move(candidates), text)) {
    if (candidate.is_ring) candidate.thickness = ring_thickness_of(look, candidate);
    out.push_back(judged(ink, look, candidate));
  }
  return out;
}

}  // namespace ocr::detail
