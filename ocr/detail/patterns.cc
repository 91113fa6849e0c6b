#include "ocr/detail/patterns.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <chrono>
#include <map>

#include "base/text.h"

namespace ocr::detail {
namespace {

// How many times as often right readings keep a form as wrong ones. Of wrong readings of an account
// number one in 97 passes, of a number with one check digit one in ten; the others were measured.
constexpr double kIban = 97;
constexpr double kVatId = 10;
constexpr double kForm = 3;
constexpr double kMost = 0.995;  // what the surest word of the engine is worth

constexpr size_t kLongestNumber = 34;

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

bool is_upper(char c) {
  return c >= 'A' && c <= 'Z';
}

bool all_digits(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), is_digit);
}

// Of `least` to `most` digits; nothing: not that.
std::optional<int> number_of(std::string_view text, size_t least, size_t most) {
  int value = 0;
  if (text.size() < least || text.size() > most || !all_digits(text)) return std::nullopt;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

std::string_view without(std::string_view text, std::string_view before, std::string_view behind) {
  const size_t first = text.find_first_not_of(before);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(behind) + 1 - first);
}

// ---- dates and amounts

bool exists(int year, int month, int day) {
  namespace chrono = std::chrono;
  if (year < 100) year += 2000;  // a century's only leap day that is not there is 1900's
  return year >= 1500 && year < 2200 &&
         chrono::year_month_day(chrono::year(year), chrono::month(static_cast<unsigned>(month)),
                                chrono::day(static_cast<unsigned>(day)))
             .ok();
}

// ---- numbers with check digits

// ISO 13616's registry, of countries in Europe.
size_t iban_length(std::string_view country) {
  static const std::map<std::string_view, size_t> kLengths = {
      {"AD", 24}, {"AL", 28}, {"AT", 20}, {"BA", 20}, {"BE", 16}, {"BG", 22}, {"CH", 21},
      {"CY", 28}, {"CZ", 24}, {"DE", 22}, {"DK", 18}, {"EE", 20}, {"ES", 24}, {"FI", 18},
      {"FO", 18}, {"FR", 27}, {"GB", 22}, {"GI", 23}, {"GL", 18}, {"GR", 27}, {"HR", 21},
      {"HU", 28}, {"IE", 22}, {"IS", 26}, {"IT", 27}, {"LI", 21}, {"LT", 20}, {"LU", 20},
      {"LV", 21}, {"MC", 27}, {"MD", 24}, {"ME", 22}, {"MK", 19}, {"MT", 31}, {"NL", 18},
      {"NO", 15}, {"PL", 28}, {"PT", 25}, {"RO", 24}, {"RS", 22}, {"SE", 24}, {"SI", 19},
      {"SK", 24}, {"SM", 27}, {"TR", 26}, {"UA", 29}, {"VA", 22}, {"XK", 20}};
  const auto found = kLengths.find(country);
  return found == kLengths.end() ? 0 : found->second;
}

int digit(char c) {
  return c - '0';
}

// Of digits, every second one doubled from the last but one on; of what is doubled, its digits.
int sum_of_doubled(std::string_view digits) {
  int sum = 0;
  bool doubled = false;
  for (auto at = digits.rbegin(); at != digits.rend(); ++at, doubled = !doubled) {
    const int value = digit(*at) * (doubled ? 2 : 1);
    sum += value / 10 + value % 10;
  }
  return sum;
}

// ISO 7064, MOD 11,10.
bool is_german(std::string_view digits) {
  if (digits.size() != 9 || !all_digits(digits) || digits[0] == '0') return false;
  int product = 10;
  for (const char c : digits.substr(0, 8)) {
    const int sum = (digit(c) + product) % 10;
    product = (sum == 0 ? 10 : sum) * 2 % 11;
  }
  return (11 - product) % 10 == digit(digits[8]);
}

bool is_austrian(std::string_view number) {
  if (number.size() != 9 || number[0] != 'U' || !all_digits(number.substr(1))) return false;
  const int sum = sum_of_doubled(number.substr(1, 7));
  return (10 - (sum + 4) % 10) % 10 == digit(number[8]);
}

bool is_belgian(std::string_view digits) {
  if (digits.size() != 10) return false;
  const auto number = number_of(digits.substr(0, 8), 8, 8);
  const auto check = number_of(digits.substr(8), 2, 2);
  return number && check && digits[0] <= '1' && 97 - *number % 97 == *check;
}

bool is_italian(std::string_view digits) {
  return digits.size() == 11 && all_digits(digits) && sum_of_doubled(digits) % 10 == 0;
}

// ---- words

// A word as a part of a number that blanks group; nothing: it is none.
std::optional<std::string> part_of_number(std::string_view text) {
  std::string out;
  for (const char c : without(text, "", ".,;")) {
    if (!is_digit(c) && !is_upper(c) && c != '.' && c != '-') return std::nullopt;
    if (c != '.' && c != '-') out += c;
  }
  return out;
}

void raise(corpus::Word& word, double ratio) {
  const double right = word.confidence / 1000.0 * ratio;
  const double share = std::min(kMost, right / (right + 1 - word.confidence / 1000.0));
  word.confidence = std::max(word.confidence, static_cast<int32_t>(share * 1000));
}

// Numbers with check digits, which may stretch over some words of a line.
void believe_numbers(std::vector<corpus::Word>& words) {
  for (size_t first = 0; first < words.size(); ++first) {
    std::string number;
    for (size_t last = first; last < words.size() && words[last].line == words[first].line;
         ++last) {
      const auto part = part_of_number(words[last].text);
      if (!part || number.size() + part->size() > kLongestNumber) break;
      number += *part;
      const double ratio = is_iban(number) ? kIban : is_vat_id(number) ? kVatId : 1;
      if (ratio == 1) continue;
      for (size_t i = first; i <= last; ++i) raise(words[i], ratio);
      first = last;
      break;
    }
  }
}

// Not one whose decimal mark is another than most of the page's: a dot that was taken for a comma.
void believe_amounts(std::vector<corpus::Word>& words) {
  std::map<char, size_t> marks;
  for (const corpus::Word& word : words) {
    if (const auto mark = decimal_mark_of(word.text)) ++marks[*mark];
  }
  const char usual = marks[','] > marks['.'] ? ',' : '.';
  for (corpus::Word& word : words) {
    if (decimal_mark_of(word.text) == usual) raise(word, kForm);
  }
}

}  // namespace

bool is_date(std::string_view text) {
  text = without(text, "(", "),;:");
  const auto mark = std::find_if_not(text.begin(), text.end(), is_digit);
  if (mark == text.end() || (*mark != '.' && *mark != '/' && *mark != '-')) return false;
  const auto parts = base::split(text, *mark);
  if (parts.size() != 3) return false;
  const auto a = number_of(parts[0], 1, 4), b = number_of(parts[1], 1, 2);
  const auto c = number_of(parts[2], 2, 4);
  if (!a || !b || !c) return false;
  if (parts[0].size() == 4) return *mark == '-' && parts[2].size() == 2 && exists(*a, *b, *c);
  if (parts[0].size() == 3 || parts[2].size() == 3) return false;
  return exists(*c, *b, *a) || (*mark != '.' && exists(*c, *a, *b));
}

bool is_time(std::string_view text) {
  const auto parts = base::split(without(text, "(", "),;"), ':');
  if (parts.size() != 2 && parts.size() != 3) return false;
  const auto within = [](std::string_view part, size_t least, int most) {
    const auto value = number_of(part, least, 2);
    return value && *value <= most;
  };
  return within(parts[0], 1, 23) && within(parts[1], 2, 59) &&
         (parts.size() == 2 || within(parts[2], 2, 59));
}

std::optional<char> decimal_mark_of(std::string_view text) {
  for (const std::string_view currency : {"$", "€", "£", "EUR", "USD", "GBP", "RM"}) {
    if (text.starts_with(currency)) text.remove_prefix(currency.size());
    if (text.ends_with(currency)) text.remove_suffix(currency.size());
  }
  text = without(text, "(-+", ")-;");
  if (text.size() < 4) return std::nullopt;
  const char mark = text[text.size() - 3];
  if ((mark != '.' && mark != ',') || !all_digits(text.substr(text.size() - 2))) {
    return std::nullopt;
  }
  const auto groups = base::split(text.substr(0, text.size() - 3), mark == '.' ? ',' : '.');
  const size_t most = groups.size() > 1 ? 3 : 7;
  if (!number_of(groups[0], 1, most)) return std::nullopt;
  const bool whole = std::all_of(groups.begin() + 1, groups.end(), [](std::string_view group) {
    return group.size() == 3 && all_digits(group);
  });
  return whole ? std::optional(mark) : std::nullopt;
}

bool is_iban(std::string_view text) {
  if (text.size() < 4 || text.size() != iban_length(text.substr(0, 2))) return false;
  if (!all_digits(text.substr(2, 2))) return false;
  std::string turned(text.substr(4));
  turned += text.substr(0, 4);
  int rest = 0;
  for (const char c : turned) {
    if (!is_digit(c) && !is_upper(c)) return false;
    rest = is_digit(c) ? (rest * 10 + digit(c)) % 97 : (rest * 100 + c - 'A' + 10) % 97;
  }
  return rest == 1;
}

bool is_vat_id(std::string_view text) {
  if (text.size() < 2) return false;
  const std::string_view country = text.substr(0, 2), number = text.substr(2);
  return (country == "DE" && is_german(number)) || (country == "AT" && is_austrian(number)) ||
         (country == "BE" && is_belgian(number)) || (country == "IT" && is_italian(number));
}

void believe(std::vector<corpus::Word>& words) {
  believe_numbers(words);
  believe_amounts(words);
  for (corpus::Word& word : words) {
    if (is_date(word.text) || is_time(word.text)) raise(word, kForm);
  }
}

}  // namespace ocr::detail
