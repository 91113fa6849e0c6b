#include "corpus/reanchor.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <optional>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "base/text.h"

namespace corpus {
namespace {

// What a page of a hostile text layer may cost; what is left over is orphaned, not lost.
constexpr size_t kMostTests = 50'000'000;
constexpr size_t kMostPairs = 2'000'000;
constexpr size_t kMostCandidates = 500;  // places that begin like a quote
constexpr size_t kMostFresh = 20'000;    // words that are looked through for overlooked ones
constexpr size_t kTellingBytes = 3;      // a shorter quote is found by its neighbours alone

using Indexes = std::vector<uint32_t>;  // of words of one page

std::string without_blanks(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c != ' ') out += c;
  }
  return out;
}

Point middle_of(const Box& box) {
  return {box.x0 + box.width() / 2, box.y0 + box.height() / 2};
}

bool holds(const Box& box, const Point& point) {
  return point.x >= box.x0 && point.x < box.x1 && point.y >= box.y0 && point.y < box.y1;
}

// From the page image as it was to the page image as it is.
class Frame {
 public:
  Frame(const PageOfReading& from, const PageOfReading& to)
      : from_(from.width, from.height),
        to_(to.width, to.height),
        quarters_(((to.rotation - from.rotation) / 90 % 4 + 4) % 4) {}

  bool is_same() const { return quarters_ == 0 && (from_ == to_ || from_.first <= 0); }

  Point point(const Point& p) const {
    if (is_same() || to_.first <= 0) return p;
    auto [width, height] = from_;
    Point turned = p;
    for (int i = 0; i < quarters_; ++i) {
      turned = {height - turned.y, turned.x};
      std::swap(width, height);
    }
    return {scaled(turned.x, width, to_.first), scaled(turned.y, height, to_.second)};
  }

  Box box(const Box& b) const {
    if (is_same() || to_.first <= 0) return b;
    const Point one = point({b.x0, b.y0});
    const Point other = point({b.x1, b.y1});
    Box out{std::min(one.x, other.x), std::min(one.y, other.y), std::max(one.x, other.x),
            std::max(one.y, other.y)};
    widen(out.x0, out.x1, to_.first);
    widen(out.y0, out.y1, to_.second);
    return out;
  }

 private:
  static int32_t scaled(int32_t value, int32_t from, int32_t to) {
    const auto exact = static_cast<double>(value) * to / std::max(from, 1);
    return static_cast<int32_t>(std::clamp<long>(std::lround(exact), 0, to));
  }
  // A box never vanishes by being scaled down.
  static void widen(int32_t& low, int32_t& high, int32_t most) {
    if (high > low) return;
    high = std::min(low + 1, most);
    low = high - 1;
  }

  std::pair<int32_t, int32_t> from_;
  std::pair<int32_t, int32_t> to_;
  int quarters_;
};

// Which words of two readings of one page stand in one place: one and one as a rule, else a word
// that was split, words that were merged, or one that is there in one reading only.
class Places {
 public:
  // Old boxes in pixels of the new image.
  Places(const std::vector<Word>& before, const std::vector<Box>& boxes,
         const std::vector<Word>& after)
      : before_(before), after_(after), parent_(before.size() + after.size()) {
    std::iota(parent_.begin(), parent_.end(), 0U);
    find_pairs(boxes);
    join_alike();
    for (const auto& [old, now] : pairs_) {
      if (!alike_.contains(old) && !taken_.contains(now)) join(old, now);
    }
    for (uint32_t i = 0; i < before.size(); ++i) places_[root(i)].first.push_back(i);
    for (uint32_t j = 0; j < after.size(); ++j) {
      places_[root(offset() + j)].second.push_back(j);
    }
  }

  // New words where no old one stood.
  Indexes fresh() const {
    Indexes out;
    for (uint32_t j = 0; j < after_.size(); ++j) {
      if (places_.at(root_of(offset() + j)).first.empty()) out.push_back(j);
    }
    return out;
  }
  // Old words that share the place of this one, and the new ones there.
  const std::pair<Indexes, Indexes>& of(uint32_t old) const { return places_.at(root_of(old)); }

 private:
  using Pair = std::pair<uint32_t, uint32_t>;

  uint32_t offset() const { return static_cast<uint32_t>(before_.size()); }
  uint32_t root(uint32_t i) {
    while (parent_[i] != i) i = parent_[i] = parent_[parent_[i]];
    return i;
  }
  uint32_t root_of(uint32_t i) const {
    while (parent_[i] != i) i = parent_[i];
    return i;
  }
  void join(uint32_t old, uint32_t now) {
    const uint32_t a = root(old);
    const uint32_t b = root(offset() + now);
    parent_[std::max(a, b)] = std::min(a, b);
  }

  // Each pair of which one box holds the other's middle; twice if that holds both ways.
  void find_pairs(const std::vector<Box>& boxes) {
    std::vector<Box> now;
    for (const Word& word : after_) now.push_back(word.box);
    find_held(boxes, now, [](uint32_t holder, uint32_t held) { return Pair{holder, held}; });
    find_held(now, boxes, [](uint32_t holder, uint32_t held) { return Pair{held, holder}; });
    std::sort(pairs_.begin(), pairs_.end());
  }

  template <typename MakePair>
  void find_held(const std::vector<Box>& holders, const std::vector<Box>& held,
                 const MakePair& make_pair) {
    std::vector<std::pair<Point, uint32_t>> middles;
    for (uint32_t i = 0; i < held.size(); ++i) middles.push_back({middle_of(held[i]), i});
    std::sort(middles.begin(), middles.end(), [](const auto& a, const auto& b) {
      return std::pair(a.first.y, a.second) < std::pair(b.first.y, b.second);
    });
    size_t tests = 0;
    for (uint32_t i = 0; i < holders.size(); ++i) {
      auto at = std::lower_bound(middles.begin(), middles.end(), holders[i].y0,
                                 [](const auto& m, int32_t y) { return m.first.y < y; });
      for (; at != middles.end() && at->first.y < holders[i].y1; ++at) {
        if (++tests > kMostTests || pairs_.size() > kMostPairs) return;
        if (holds(holders[i], at->first)) pairs_.push_back(make_pair(i, at->second));
      }
    }
  }

  // A word that lies where it lay and reads as it read is that word, whatever else lies there.
  void join_alike() {
    for (size_t i = 1; i < pairs_.size(); ++i) {
      if (pairs_[i] != pairs_[i - 1]) continue;
      const auto [old, now] = pairs_[i];
      const bool is_alike = before_[old].text == after_[now].text;
      if (!is_alike || alike_.contains(old) || taken_.contains(now)) continue;
      alike_.insert(old);
      taken_.insert(now);
      join(old, now);
    }
  }

  const std::vector<Word>& before_;
  const std::vector<Word>& after_;
  std::vector<uint32_t> parent_;  // union-find: old words, then new ones
  std::vector<Pair> pairs_;
  std::unordered_set<uint32_t> alike_;
  std::unordered_set<uint32_t> taken_;
  std::unordered_map<uint32_t, std::pair<Indexes, Indexes>> places_;
};

// Finds a quote among the words of a page, wherever it stands.
class QuoteFinder {
 public:
  explicit QuoteFinder(const std::vector<Word>& words) {
    for (const Word& word : words) texts_.push_back(without_blanks(word.text));
    for (uint32_t i = 0; i < texts_.size(); ++i) by_text_[texts_[i]].push_back(i);
  }

  // The only place that says it, or the one of several between the same neighbours.
  std::optional<Indexes> find(const Anchor& anchor) const {
    const std::string quote = without_blanks(anchor.quote);
    if (quote.empty() || anchor.quote.size() >= kMaxQuoteBytes) return {};
    std::vector<Indexes> places;
    std::vector<Indexes> between;
    for (const uint32_t first : beginnings_of(quote)) {
      auto place = place_at(first, quote);
      if (!place) continue;
      if (has_neighbours(*place, anchor)) between.push_back(*place);
      places.push_back(std::move(*place));
    }
    if (between.size() == 1) return between.front();
    const bool is_telling = quote.size() >= kTellingBytes && places.size() == 1;
    return is_telling ? std::optional(places.front()) : std::nullopt;
  }

 private:
  Indexes beginnings_of(const std::string& quote) const {
    Indexes out;
    for (size_t length = 1; length <= quote.size(); ++length) {
      const auto found = by_text_.find(std::string_view(quote).substr(0, length));
      if (found == by_text_.end()) continue;
      out.insert(out.end(), found->second.begin(), found->second.end());
      if (out.size() > kMostCandidates) return {};
    }
    return out;
  }

  std::optional<Indexes> place_at(uint32_t first, std::string_view quote) const {
    Indexes place;
    for (uint32_t i = first; i < texts_.size() && !quote.empty(); ++i) {
      if (!quote.starts_with(texts_[i])) return {};
      quote.remove_prefix(texts_[i].size());
      place.push_back(i);
    }
    return quote.empty() ? std::optional(std::move(place)) : std::nullopt;
  }

  // The word before is the one before, or the word behind the one behind.
  bool has_neighbours(const Indexes& place, const Anchor& anchor) const {
    const std::string before = without_blanks(anchor.prefix);
    const std::string behind = without_blanks(anchor.suffix);
    const uint32_t next = place.back() + 1;
    return (place.front() > 0 && !before.empty() && before.ends_with(texts_[place.front() - 1])) ||
           (next < texts_.size() && !behind.empty() && behind.starts_with(texts_[next]));
  }

  std::vector<std::string> texts_;
  std::unordered_map<std::string_view, Indexes> by_text_;
};

std::vector<Box> placed_boxes(const std::vector<Word>& words, const Frame& frame) {
  std::vector<Box> out;
  for (const Word& word : words) out.push_back(frame.box(word.box));
  return out;
}

// Both readings of one page over each other. They must outlive it.
struct PageMatch {
  PageMatch(const PageOfReading& was, const PageOfReading& is)
      : frame(was, is),
        boxes(placed_boxes(was.words, frame)),
        places(was.words, boxes, is.words),
        finder(is.words),
        is_new(was.words != is.words),
        fresh(places.fresh()) {}
  PageMatch(const PageMatch&) = delete;
  PageMatch& operator=(const PageMatch&) = delete;

  const Frame frame;
  const std::vector<Box> boxes;  // of the old words, in the new image
  const Places places;
  const QuoteFinder finder;
  const bool is_new;
  const Indexes fresh;
};

struct WordAt {
  size_t page = 0;  // from 0
  uint32_t index = 0;
};
using Whereabouts = std::unordered_map<WordId, WordAt>;

Whereabouts whereabouts_of(const std::vector<PageOfReading>& pages) {
  Whereabouts out;
  for (size_t page = 0; page < pages.size(); ++page) {
    const auto& words = pages[page].words;
    for (uint32_t i = 0; i < words.size(); ++i) out.insert({words[i].id, {page, i}});
  }
  return out;
}

// Every list of words that an annotation has.
template <typename Visit>
void for_each_list(Annotation& annotation, const Visit& visit) {
  visit(annotation.words);
  for (auto* lines : {&annotation.rows, &annotation.columns}) {
    for (TableLine& line : *lines) visit(line.words);
  }
}

std::vector<WordId> words_named(Annotation& annotation) {
  std::vector<WordId> out;
  std::unordered_set<WordId> seen;
  for_each_list(annotation, [&](const std::vector<WordId>& words) {
    for (const WordId id : words) {
      if (seen.insert(id).second) out.push_back(id);
    }
  });
  return out;
}

void place_geometry(const Frame& frame, Annotation& annotation) {
  if (annotation.box) annotation.box = frame.box(*annotation.box);
  for (Point& corner : annotation.polygon) corner = frame.point(corner);
  for (Replacement& word : annotation.replacements) word.box = frame.box(word.box);
  for (auto* lines : {&annotation.rows, &annotation.columns}) {
    for (TableLine& line : *lines) {
      if (line.box) line.box = frame.box(*line.box);
    }
  }
  if (annotation.anchor && annotation.anchor->box) {
    annotation.anchor->box = frame.box(*annotation.anchor->box);
  }
}

bool is_orphan(const Annotation& annotation) {
  return annotation.anchor && annotation.anchor->status == AnchorStatus::orphaned;
}

}  // namespace

struct detail::TwoReadings {
  TwoReadings(std::vector<PageOfReading> was, std::vector<PageOfReading> is)
      : before(std::move(was)), after(std::move(is)) {
    const size_t count = std::max(before.size(), after.size());
    before.resize(count);
    after.resize(count);
    old_words = whereabouts_of(before);
    new_words = whereabouts_of(after);
    for (size_t i = 0; i < count; ++i) {
      pages.push_back(std::make_unique<PageMatch>(before[i], after[i]));
    }
  }

  std::vector<PageOfReading> before;
  std::vector<PageOfReading> after;
  Whereabouts old_words;
  Whereabouts new_words;
  std::vector<std::unique_ptr<PageMatch>> pages;

  bool is_there(WordId id) const { return new_words.contains(id); }
  const Word& old_word(const WordAt& at) const { return before[at.page].words[at.index]; }
  WordId new_id(size_t page, uint32_t index) const { return after[page].words[index].id; }
};

namespace {

// The annotations of one file on their way over.
class Carrying {
 public:
  Carrying(const detail::TwoReadings& readings, PageNumber page,
           const std::vector<Annotation>& annotations)
      : readings_(readings), page_(page) {
    for (const Annotation& annotation : annotations) note_correction(annotation);
  }

  void carry(Annotation& annotation) const {
    const std::vector<WordId> named = words_named(annotation);
    const bool all_there =
        std::all_of(named.begin(), named.end(), [&](WordId id) { return readings_.is_there(id); });
    const Frame* frame = frame_of_page();
    const bool has_place = frame != nullptr && !frame->is_same() && has_geometry(annotation);
    if (frame != nullptr) place_geometry(*frame, annotation);
    if (is_orphan(annotation) && !knows_any(named)) return seek_again(annotation);
    if (annotation.type == AnnotationType::correction && named.empty()) return insert(annotation);
    if (!named.empty() && !all_there) return follow_words(annotation, named);
    if (has_place && named.empty()) annotation.anchor = anchor_of_place(annotation);
  }

 private:
  // What the words of corrections should have been: the whole of it at the first of them.
  void note_correction(const Annotation& annotation) {
    if (annotation.type != AnnotationType::correction || annotation.proposed) return;
    std::string text;
    for (const Replacement& word : annotation.replacements) text += word.text;
    for (const WordId id : annotation.words) corrected_[id] = std::exchange(text, "");
  }

  const PageMatch* page_match() const {
    return page_ == 0 || page_ > readings_.pages.size() ? nullptr
                                                        : readings_.pages[page_ - 1].get();
  }
  const Frame* frame_of_page() const {
    const PageMatch* page = page_match();
    return page == nullptr ? nullptr : &page->frame;
  }

  bool knows_any(const std::vector<WordId>& named) const {
    return std::any_of(named.begin(), named.end(),
                       [&](WordId id) { return readings_.old_words.contains(id); });
  }

  static bool has_geometry(const Annotation& annotation) {
    return annotation.box || !annotation.polygon.empty() || !annotation.rows.empty() ||
           !annotation.columns.empty();
  }

  // The image was scaled or turned, and the area with it.
  static Anchor anchor_of_place(const Annotation& annotation) {
    Anchor anchor = annotation.anchor.value_or(Anchor());
    anchor.box = annotation.box;
    for (const Point& corner : annotation.polygon) {
      const Box point{corner.x, corner.y, corner.x + 1, corner.y + 1};
      anchor.box = anchor.box ? united(*anchor.box, point) : point;
    }
    if (!annotation.polygon.empty()) {
      --anchor.box->x1;  // corners lie on pixels' edges
      --anchor.box->y1;
      if (anchor.box->empty()) anchor.box.reset();
    }
    return anchor;
  }

  // ---- words ----

  // New words for old ones, in their order; what was lost and what was found, in characters.
  struct Following {
    std::unordered_map<WordId, std::vector<WordId>> now;
    std::string text;       // of the new words
    std::string as_read;    // of the old ones, with blanks between
    std::string corrected;  // and as people had them
    size_t known = 0;
    size_t lost = 0;
    bool merged_with_others = false;
  };

  Following follow(const std::vector<WordId>& named) const {
    Following out;
    const std::unordered_set<WordId> ours(named.begin(), named.end());
    std::unordered_set<WordId> seen;
    for (const WordId id : named) {
      const auto at = readings_.old_words.find(id);
      if (at == readings_.old_words.end()) continue;
      follow_word(at->second, ours, seen, out);
      const auto better = corrected_.find(id);
      const std::string& text = readings_.old_word(at->second).text;
      out.as_read += (out.as_read.empty() ? "" : " ") + text;
      out.corrected += better == corrected_.end() ? text : better->second;
    }
    return out;
  }

  void follow_word(const WordAt& at, const std::unordered_set<WordId>& ours,
                   std::unordered_set<WordId>& seen, Following& out) const {
    const Word& old = readings_.old_word(at);
    const auto& [olds, news] = readings_.pages[at.page]->places.of(at.index);
    out.known += old.text.size();
    if (news.empty()) out.lost += old.text.size();
    for (const uint32_t other : olds) {
      out.merged_with_others |= !ours.contains(readings_.old_word({at.page, other}).id);
    }
    auto& now = out.now[old.id];
    for (const uint32_t index : news) {
      now.push_back(readings_.new_id(at.page, index));
      if (seen.insert(now.back()).second) out.text += readings_.after[at.page].words[index].text;
    }
  }

  void follow_words(Annotation& annotation, const std::vector<WordId>& named) const {
    const Following following = follow(named);
    Anchor anchor = anchor_of(annotation, named, following.as_read);
    const bool would_replace_too_much =
        annotation.type == AnnotationType::correction && following.merged_with_others;
    Annotation moved = annotation;
    for_each_list(moved, [&](std::vector<WordId>& words) { words = replaced(words, following); });
    const bool found = following.known > 0 && following.lost * 2 <= following.known;
    if (found && !would_replace_too_much && may_stand(moved)) {
      annotation = std::move(moved);
      anchor.status = status_of(annotation, anchor, following);
    } else if (!found && seek(anchor, annotation)) {
      anchor.status = AnchorStatus::moved;
    } else {
      anchor.status = AnchorStatus::orphaned;
    }
    annotation.anchor = std::move(anchor);
  }

  std::vector<WordId> replaced(const std::vector<WordId>& words, const Following& following) const {
    std::vector<WordId> out;
    std::unordered_set<WordId> seen;
    for (const WordId id : words) {
      const auto now = following.now.find(id);
      if (now == following.now.end()) continue;
      for (const WordId one : now->second) {
        if (seen.insert(one).second) out.push_back(one);
      }
    }
    return out;
  }

  // An annotation lies with its first word, and has what its type needs.
  bool may_stand(Annotation& annotation) const {
    const std::vector<WordId> named = words_named(annotation);
    if (named.empty() || named.size() > kMaxWordsPerAnnotation) return false;
    if (page_ == 0 || annotation.words.empty()) return true;
    return readings_.new_words.at(annotation.words.front()).page == page_ - 1;
  }

  AnchorStatus status_of(const Annotation& annotation, const Anchor& anchor,
                         const Following& following) const {
    const std::string now = without_blanks(following.text);
    if (now == without_blanks(anchor.quote)) return AnchorStatus::exact;
    const bool undecided = annotation.anchor && annotation.anchor->status == AnchorStatus::moved;
    if (undecided) return AnchorStatus::moved;
    const bool is_same =
        now == without_blanks(following.as_read) || now == without_blanks(following.corrected);
    return is_same ? AnchorStatus::exact : AnchorStatus::moved;
  }

  // What the annotation covered. While nobody has looked at what was moved, it stays what was
  // labelled.
  Anchor anchor_of(const Annotation& annotation, const std::vector<WordId>& named,
                   std::string_view as_read) const {
    Anchor anchor;
    const WordAt* first = nullptr;
    const WordAt* last = nullptr;
    for (const WordId id : named) {
      const auto at = readings_.old_words.find(id);
      if (at == readings_.old_words.end()) continue;
      if (first == nullptr) first = &at->second;
      if (at->second.page != first->page) continue;
      last = &at->second;
      const Box& box = readings_.pages[first->page]->boxes[at->second.index];
      anchor.box = anchor.box ? united(*anchor.box, box) : box;
    }
    if (annotation.anchor && annotation.anchor->status == AnchorStatus::moved) {
      anchor.quote = annotation.anchor->quote;
      anchor.prefix = annotation.anchor->prefix;
      anchor.suffix = annotation.anchor->suffix;
    } else {
      anchor.quote = base::cut_utf8(as_read, kMaxQuoteBytes);
      if (first != nullptr) add_context(*first, *last, anchor);
    }
    const bool is_on_page = first != nullptr && page_ > 0 && first->page == page_ - 1 &&
                            anchor.box && fits(*anchor.box);
    if (!is_on_page) anchor.box.reset();
    return anchor;
  }

  bool fits(const Box& box) const {
    const PageOfReading& page = readings_.after[page_ - 1];
    return box.inside(page.width, page.height);
  }

  void add_context(const WordAt& first, const WordAt& last, Anchor& anchor) const {
    const auto& words = readings_.before[first.page].words;
    for (uint32_t i = first.index; i > 0; --i) {
      const std::string longer =
          words[i - 1].text + (anchor.prefix.empty() ? "" : " ") + anchor.prefix;
      if (longer.size() > kMaxContextBytes) break;
      anchor.prefix = longer;
    }
    for (size_t i = size_t{last.index} + 1; i < words.size(); ++i) {
      const std::string longer = anchor.suffix + (anchor.suffix.empty() ? "" : " ") + words[i].text;
      if (longer.size() > kMaxContextBytes) break;
      anchor.suffix = longer;
    }
  }

  // ---- by quote ----

  // Only for what names one run of words; a table's rows would not be known.
  bool seek(const Anchor& anchor, Annotation& annotation) const {
    const PageMatch* page = page_match();
    if (page == nullptr || annotation.words.empty() || !annotation.rows.empty() ||
        !annotation.columns.empty()) {
      return false;
    }
    const auto place = page->finder.find(anchor);
    if (!place) return false;
    annotation.words.clear();
    for (const uint32_t index : *place)
      annotation.words.push_back(readings_.new_id(page_ - 1, index));
    return true;
  }

  // What an earlier reading had lost may be there again.
  void seek_again(Annotation& annotation) const {
    Anchor anchor = *annotation.anchor;
    if (!seek(anchor, annotation)) return;
    anchor.status = AnchorStatus::moved;
    if (anchor.box && !fits(*anchor.box)) anchor.box.reset();
    annotation.anchor = std::move(anchor);
  }

  // ---- corrections ----

  // A word that had been overlooked: if it was found this time, it is that word's correction.
  void insert(Annotation& annotation) const {
    const PageMatch* page = page_match();
    if (page == nullptr || !page->is_new || page->fresh.size() > kMostFresh) return;
    std::string text;
    std::string wanted;
    for (const Replacement& word : annotation.replacements) {
      wanted += word.text;
      for (const WordId id : fresh_words_at(*page, word.box, text)) {
        if (std::find(annotation.words.begin(), annotation.words.end(), id) ==
            annotation.words.end()) {
          annotation.words.push_back(id);
        }
      }
    }
    if (annotation.words.empty()) return;
    Anchor anchor;
    anchor.box = annotation.replacements.front().box;
    const bool same = without_blanks(text) == without_blanks(wanted);
    anchor.status = same ? AnchorStatus::exact : AnchorStatus::moved;
    annotation.anchor = std::move(anchor);
  }

  // New words in the box where no old one stood: what was overlooked.
  std::vector<WordId> fresh_words_at(const PageMatch& page, const Box& box,
                                     std::string& text) const {
    std::vector<WordId> out;
    for (const uint32_t index : page.fresh) {
      const Word& word = readings_.after[page_ - 1].words[index];
      if (!holds(box, middle_of(word.box)) && !holds(word.box, middle_of(box))) continue;
      out.push_back(word.id);
      text += word.text;
    }
    return out;
  }

  const detail::TwoReadings& readings_;
  const PageNumber page_;
  std::unordered_map<WordId, std::string> corrected_;
};

}  // namespace

Rereading::Rereading(std::vector<PageOfReading> before, std::vector<PageOfReading> after)
    : readings_(std::make_unique<detail::TwoReadings>(std::move(before), std::move(after))) {}
Rereading::~Rereading() = default;
Rereading::Rereading(Rereading&&) noexcept = default;
Rereading& Rereading::operator=(Rereading&&) noexcept = default;

std::vector<Annotation> Rereading::carried(PageNumber page,
                                           std::vector<Annotation> annotations) const {
  const Carrying carrying(*readings_, page, annotations);
  for (Annotation& annotation : annotations) carrying.carry(annotation);
  return annotations;
}

std::vector<AnchoredAnnotation> anchored(PageNumber page,
                                         const std::vector<Annotation>& annotations) {
  std::vector<AnchoredAnnotation> out;
  for (const Annotation& a : annotations) {
    if (a.anchor) out.push_back({a.id, page, a.type, a.label, a.anchor->status});
  }
  return out;
}

}  // namespace corpus
