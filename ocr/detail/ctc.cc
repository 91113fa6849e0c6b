#include "ocr/detail/ctc.h"

#include <algorithm>
#include <limits>

#include "ocr/detail/spelling.h"

namespace ocr::detail {
namespace {

constexpr size_t kMostTexts = 12;       // that are followed at once
constexpr float kLeastChance = 0.005F;  // of a character at a step
constexpr double kLeastShare = 1e-4;    // of the likeliest text's chance
constexpr float kStillSeen = 0.3F;      // chance of a character that has not ended
constexpr size_t kNone = std::numeric_limits<size_t>::max();

// Texts share their beginnings: each is a way from the root of a tree, which is node 0.
class Texts {
 public:
  struct Node {
    size_t before = kNone;
    size_t code = kNone;
    size_t step = 0;  // at which it was first seen
    Spelled spelled;
    size_t first_after = kNone;
    size_t next = kNone;  // after the same beginning
  };

  explicit Texts(const Alphabet& alphabet) : alphabet_(alphabet), nodes_(1) {}
  const Node& operator[](size_t node) const { return nodes_[node]; }

  // The text that is longer by one code.
  size_t after(size_t node, size_t code, size_t step) {
    for (size_t at = nodes_[node].first_after; at != kNone; at = nodes_[at].next) {
      if (nodes_[at].code == code) return at;
    }
    nodes_.push_back({node, code, step, spelled_after(nodes_[node].spelled, code, alphabet_), kNone,
                      nodes_[node].first_after});
    return nodes_[node].first_after = nodes_.size() - 1;
  }

 private:
  const Alphabet& alphabet_;
  std::vector<Node> nodes_;
};

// A text that may have been read so far, and how likely it is.
struct Candidate {
  size_t text = 0;
  double paused = 0;  // ending with a blank
  double spoken = 0;  // ending with its last code
  double chance() const { return paused + spoken; }
};

Candidate& candidate_of(std::vector<Candidate>& candidates, size_t text) {
  for (Candidate& candidate : candidates) {
    if (candidate.text == text) return candidate;
  }
  return candidates.emplace_back(Candidate{text, 0, 0});
}

void keep_likeliest(std::vector<Candidate>& candidates) {
  std::sort(candidates.begin(), candidates.end(),
            [](const Candidate& a, const Candidate& b) { return a.chance() > b.chance(); });
  if (candidates.size() > kMostTexts) candidates.resize(kMostTexts);
  const double best = candidates.front().chance();
  while (candidates.back().chance() < kLeastShare * best) candidates.pop_back();
  for (Candidate& candidate : candidates) {  // else they would all become 0 in time
    candidate.paused /= best;
    candidate.spoken /= best;
  }
}

size_t likeliest_text(const Chances& chances, const Alphabet& alphabet, Texts& texts) {
  std::vector<Candidate> now = {{0, 1, 0}};
  std::vector<Candidate> next;
  std::vector<size_t> codes;
  for (size_t step = 0; step < chances.steps(); ++step) {
    const float* row = chances.at(step);
    codes.clear();
    for (size_t code = 0; code < chances.codes(); ++code) {
      if (row[code] > kLeastChance && code != alphabet.blank) codes.push_back(code);
    }
    next.clear();
    for (const Candidate& candidate : now) {
      const size_t last = texts[candidate.text].code;
      Candidate& same = candidate_of(next, candidate.text);
      same.paused += candidate.chance() * row[alphabet.blank];
      if (last != kNone) same.spoken += candidate.spoken * row[last];
      for (const size_t code : codes) {
        const double before = code == last ? candidate.paused : candidate.chance();
        if (before <= 0) continue;
        const size_t longer = texts.after(candidate.text, code, step);
        candidate_of(next, longer).spoken += before * row[code] * texts[longer].spelled.share;
      }
    }
    keep_likeliest(next);
    std::swap(now, next);
  }
  for (Candidate& candidate : now) {
    const double share = share_at_end(texts[candidate.text].spelled);
    candidate.paused *= share;
    candidate.spoken *= share;
  }
  keep_likeliest(now);
  return now.front().text;
}

}  // namespace

std::vector<SeenCharacter> decode(const Chances& chances, const Alphabet& alphabet) {
  Texts texts(alphabet);
  std::vector<SeenCharacter> out;
  for (size_t at = likeliest_text(chances, alphabet, texts); at != 0; at = texts[at].before) {
    out.push_back({texts[at].code, texts[at].step, texts[at].step + 1, 0});
  }
  std::reverse(out.begin(), out.end());
  for (size_t i = 0; i < out.size(); ++i) {
    SeenCharacter& character = out[i];
    const size_t most = i + 1 < out.size() ? out[i + 1].begin : chances.steps();
    for (size_t step = character.begin; step < most; ++step) {
      const float chance = chances.at(step)[character.code];
      character.chance = std::max<double>(character.chance, chance);
      if (chance > kStillSeen) character.end = step + 1;
    }
  }
  return out;
}

}  // namespace ocr::detail
