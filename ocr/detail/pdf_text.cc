#include "ocr/detail/pdf_text.h"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cmath>

#include "base/text.h"

namespace ocr::detail {
namespace {

constexpr size_t kPagesCap = 1'000'000;
constexpr size_t kWordsCap = 200'000;
constexpr double kMostBad = 0.03;
constexpr double kLeastWordLike = 0.35;
constexpr size_t kFewTokens = 6;

std::optional<double> number(std::string_view text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end == text.data() || !std::isfinite(value)) return std::nullopt;
  return value;
}

std::string_view next_line(std::string_view& rest) {
  const size_t end = rest.find('\n');
  const std::string_view line = rest.substr(0, end);
  rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
  return line;
}

std::vector<std::string_view> columns(std::string_view line) {
  std::vector<std::string_view> out;
  while (true) {
    const size_t begin = line.find_first_not_of(' ');
    if (begin == std::string_view::npos) return out;
    line.remove_prefix(begin);
    const size_t end = std::min(line.find(' '), line.size());
    out.push_back(line.substr(0, end));
    line.remove_prefix(end);
  }
}

std::optional<double> attribute(std::string_view tag, std::string_view name) {
  const size_t at = tag.find(name);
  if (at == std::string_view::npos) return std::nullopt;
  return number(tag.substr(at + name.size()));
}

std::string unescaped(std::string_view text) {
  static constexpr std::pair<std::string_view, char> kEntities[] = {
      {"&amp;", '&'},  {"&lt;", '<'},    {"&gt;", '>'},
      {"&quot;", '"'}, {"&apos;", '\''}, {"&#39;", '\''}};
  std::string out;
  while (!text.empty()) {
    const auto entity = std::find_if(std::begin(kEntities), std::end(kEntities),
                                     [&](const auto& e) { return text.starts_with(e.first); });
    if (entity != std::end(kEntities)) {
      out += entity->second;
      text.remove_prefix(entity->first.size());
    } else {
      out += text.front();
      text.remove_prefix(1);
    }
  }
  return out;
}

// NFC without blanks or control characters; empty if it is not text.
std::string cleaned(std::string_view raw) {
  const std::string text = unescaped(raw);
  if (!base::is_utf8(text)) return {};
  std::string kept;
  for (const char c : text) {
    if (static_cast<uint8_t>(c) > 0x20 && c != 0x7f) kept += c;
  }
  return base::to_nfc(kept).value_or("");
}

// <word xMin="56.8" yMin="57.0" xMax="101.6" yMax="73.8">Invoice</word>
std::optional<TextWord> word_in(std::string_view line) {
  const size_t open = line.find("<word ");
  const size_t text = line.find('>', open);
  const size_t close = line.rfind("</word>");
  if (text == std::string_view::npos || close == std::string_view::npos || close <= text) {
    return std::nullopt;
  }
  const std::string_view tag = line.substr(open, text - open);
  const auto x0 = attribute(tag, "xMin=\""), y0 = attribute(tag, "yMin=\"");
  const auto x1 = attribute(tag, "xMax=\""), y1 = attribute(tag, "yMax=\"");
  if (!x0 || !y0 || !x1 || !y1) return std::nullopt;
  TextWord word{0, 0, *x0, *y0, *x1, *y1, cleaned(line.substr(text + 1, close - text - 1))};
  if (word.text.empty()) return std::nullopt;
  return word;
}

uint32_t next_code_point(std::string_view& text) {
  const auto lead = static_cast<uint8_t>(text.front());
  const size_t length = lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
  uint32_t value = length == 1 ? lead : lead & (0x7fu >> length);
  for (size_t i = 1; i < length && i < text.size(); ++i) {
    value = value << 6 | (static_cast<uint8_t>(text[i]) & 0x3f);
  }
  text.remove_prefix(std::min(length, text.size()));
  return value;
}

bool is_unmapped(uint32_t c) {
  return c < 0x20 || (c >= 0x7f && c < 0xa0) || c == 0xfffd || (c >= 0xe000 && c <= 0xf8ff) ||
         c >= 0xf0000;
}

bool is_letter(uint32_t c) {
  return c >= 0x80 ? c >= 0xc0 : std::isalpha(static_cast<int>(c)) != 0;
}

// Letters only or digits only, with punctuation around or between as people write it.
bool is_word_like(std::string_view token) {
  size_t letters = 0, digits = 0, others = 0;
  bool vowel = false;
  while (!token.empty()) {
    const uint32_t c = next_code_point(token);
    if (is_letter(c)) {
      ++letters;
      vowel |= c >= 0x80 || std::string_view("aeiouyAEIOUY").find(static_cast<char>(c)) !=
                                std::string_view::npos;
    } else if (c < 0x80 && std::isdigit(static_cast<int>(c)) != 0) {
      ++digits;
    } else {
      ++others;
    }
  }
  if (digits > 0) return others <= digits + letters;
  return others <= 2 && letters > others && (vowel || letters <= 4);
}

}  // namespace

std::optional<PdfInfo> parse_pdfinfo(std::string_view output) {
  PdfInfo info;
  std::vector<int> turns;
  while (!output.empty()) {
    // Page    1 size:  612 x 792 pts (letter)     Page    1 rot:   90
    const auto words = columns(next_line(output));
    if (words.size() < 4 || words[0] != "Page" || info.pages.size() >= kPagesCap) continue;
    if (words[2] == "size:" && words.size() >= 6) {
      const auto width = number(words[3]), height = number(words[5]);
      info.pages.push_back({width.value_or(0), height.value_or(0), false});
    } else if (words[2] == "rot:" && !info.pages.empty()) {
      const auto turn = number(words[3]);
      PdfPage& page = info.pages.back();
      if (turn && std::lround(*turn / 90) % 2 != 0) {
        std::swap(page.width, page.height);
        page.on_its_side = true;
      }
    }
  }
  const bool usable = std::any_of(info.pages.begin(), info.pages.end(),
                                  [](const PdfPage& p) { return p.width > 0 && p.height > 0; });
  if (!usable) return std::nullopt;
  return info;
}

std::vector<TextPage> parse_bbox_layout(std::string_view output) {
  std::vector<TextPage> pages;
  uint32_t block = 0, line_number = 0;
  while (!output.empty()) {
    const std::string_view line = next_line(output);
    if (line.find("<page ") != std::string_view::npos) {
      if (pages.size() >= kPagesCap) break;
      pages.emplace_back();
      block = line_number = 0;
    } else if (line.find("<block ") != std::string_view::npos) {
      ++block;
    } else if (line.find("<line ") != std::string_view::npos) {
      ++line_number;
    } else if (line.find("<word ") != std::string_view::npos && !pages.empty() && block > 0 &&
               line_number > 0 && pages.back().words.size() < kWordsCap) {
      if (auto word = word_in(line)) {
        word->block = block - 1;
        word->line = line_number - 1;
        pages.back().words.push_back(std::move(*word));
      }
    }
  }
  return pages;
}

bool looks_mapped(const std::vector<TextWord>& words) {
  size_t characters = 0, bad = 0, tokens = 0, word_like = 0;
  for (const TextWord& word : words) {
    std::string_view rest = word.text;
    bad += rest.find("(cid:") != std::string_view::npos ? rest.size() : 0;
    const size_t before = characters;
    while (!rest.empty()) {
      ++characters;
      bad += is_unmapped(next_code_point(rest)) ? 1 : 0;
    }
    if (characters - before < 2) continue;
    ++tokens;
    word_like += is_word_like(word.text) ? 1 : 0;
  }
  if (characters == 0 || static_cast<double>(bad) > kMostBad * static_cast<double>(characters)) {
    return false;
  }
  // Of a few tokens no statistics can be made: one that is a word must do.
  if (tokens < kFewTokens) return tokens == 0 || word_like * 2 >= tokens;
  return static_cast<double>(word_like) >= kLeastWordLike * static_cast<double>(tokens);
}

std::vector<ListedImage> parse_pdfimages(std::string_view output) {
  std::vector<ListedImage> images;
  while (!output.empty()) {
    // page num type width height color comp bpc enc interp object ID x-ppi y-ppi size ratio
    const auto words = columns(next_line(output));
    if (words.size() < 14) continue;
    const auto page = base::parse_integer(words[0]);
    const auto width = base::parse_integer(words[3]);
    const auto dpi = base::parse_integer(words[12]);
    if (!page || !width || !dpi || *page < 1 || *page > 1'000'000 || *dpi < 1 || *dpi > 100'000) {
      continue;
    }
    images.push_back({static_cast<uint32_t>(*page),
                      static_cast<double>(*width) / static_cast<double>(*dpi),
                      static_cast<int32_t>(*dpi)});
  }
  return images;
}

}  // namespace ocr::detail
