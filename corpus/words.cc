#include "corpus/words.h"

#include <array>
#include <optional>

#include "base/text.h"
#include "corpus/detail/object_reader.h"

namespace corpus {
namespace {

constexpr std::string_view kHeader = "id\tblock\tline\tx0\ty0\tx1\ty1\tconfidence\ttext";
constexpr size_t kColumns = 9;

void append_escaped(std::string& out, std::string_view text) {
  constexpr std::string_view kFrom = "\t\n\r\\";
  constexpr std::string_view kTo = "tnr\\";
  for (const char c : text) {
    if (const size_t i = kFrom.find(c); i != std::string_view::npos) {
      out += '\\';
      out += kTo[i];
    } else {
      out += c;
    }
  }
}

std::optional<std::string> unescaped(std::string_view field) {
  constexpr std::string_view kFrom = "tnr\\";
  constexpr std::string_view kTo = "\t\n\r\\";
  std::string out;
  for (size_t i = 0; i < field.size(); ++i) {
    if (field[i] != '\\') {
      out += field[i];
      continue;
    }
    if (++i == field.size()) return std::nullopt;
    const size_t which = kFrom.find(field[i]);
    if (which == std::string_view::npos) return std::nullopt;
    out += kTo[which];
  }
  return out;
}

// Of an integer: without zeros that could be left out, and no minus before a zero.
bool is_only_spelling(std::string_view integer) {
  const std::string_view digits = integer.substr(integer.starts_with('-') ? 1 : 0);
  return !digits.starts_with('0') || integer == "0";
}

// Reads one line; columns of errors count code points as everywhere.
class LineReader {
 public:
  LineReader(std::string_view line, uint32_t number) : line_(line), number_(number) {}

  base::Result<Word> read() {
    Fields fields;
    if (const size_t count = split_into(fields); count != kColumns) {
      return fail(line_, "expected 9 columns, found " + std::to_string(count));
    }
    Word word;
    word.id = static_cast<WordId>(TRY(number(fields[0], "id", 1, UINT32_MAX)));
    word.block = static_cast<uint32_t>(TRY(number(fields[1], "block", 0, kMaxWordsPerPage)));
    word.line = static_cast<uint32_t>(TRY(number(fields[2], "line", 0, kMaxWordsPerPage)));
    std::array<int32_t, 4> corners = {};
    for (size_t i = 0; i < 4; ++i) {
      corners[i] =
          static_cast<int32_t>(TRY(number(fields[3 + i], "coordinate", 0, detail::kMaxCoordinate)));
    }
    word.box = {corners[0], corners[1], corners[2], corners[3]};
    if (word.box.empty()) return fail(fields[3], "the box is empty");
    word.confidence = static_cast<int32_t>(TRY(number(fields[7], "confidence", 0, 1000)));
    word.text = TRY(text(fields[8]));
    return word;
  }

  base::Error fail(std::string_view field, std::string what) const {
    const auto before = static_cast<size_t>(field.data() - line_.data());
    const auto column = static_cast<uint32_t>(base::count_code_points(line_.substr(0, before)) + 1);
    return {base::Code::invalid, std::move(what), {number_, column}};
  }

 private:
  using Fields = std::array<std::string_view, kColumns>;

  // How many there are, also beyond those that there is room for.
  size_t split_into(Fields& fields) const {
    size_t count = 0;
    size_t start = 0;
    while (true) {
      const size_t end = line_.find('\t', start);
      if (count < fields.size()) fields[count] = line_.substr(start, end - start);
      ++count;
      if (end == std::string_view::npos) return count;
      start = end + 1;
    }
  }

  base::Result<int64_t> number(std::string_view field, const char* what, int64_t least,
                               int64_t most) const {
    const auto value = base::parse_integer(field);
    if (!value || !is_only_spelling(field)) {
      return fail(field, std::string("the ") + what + " is not a plain integer");
    }
    if (*value < least || *value > most) {
      return fail(field, std::string("the ") + what + " is out of range");
    }
    return *value;
  }

  base::Result<std::string> text(std::string_view field) const {
    if (!base::is_utf8(field)) return fail(field, "the text is malformed UTF-8");
    if (field.find('\r') != std::string_view::npos) {
      return fail(field, "a carriage return must be escaped");
    }
    auto plain = unescaped(field);
    if (!plain) return fail(field, "the text has an unknown escape");
    if (plain->empty()) return fail(field, "the text is empty");
    if (plain->size() > kMaxWordBytes) return fail(field, "the text is too long");
    if (plain->find('\0') != std::string::npos) return fail(field, "the text has a NUL character");
    if (!base::is_nfc(*plain)) return fail(field, "the text is not in Unicode normal form C");
    return std::move(*plain);
  }

  std::string_view line_;
  uint32_t number_;
};

void append_number(std::string& out, int64_t number) {
  out += std::to_string(number);
  out += '\t';
}

}  // namespace

std::string print_words(const std::vector<Word>& words) {
  std::string out(kHeader);
  out += '\n';
  for (const Word& word : words) {
    for (const int64_t number : {int64_t{word.id}, int64_t{word.block}, int64_t{word.line},
                                 int64_t{word.box.x0}, int64_t{word.box.y0}, int64_t{word.box.x1},
                                 int64_t{word.box.y1}, int64_t{word.confidence}}) {
      append_number(out, number);
    }
    append_escaped(out, word.text);
    out += '\n';
  }
  return out;
}

base::Result<std::vector<Word>> parse_words(std::string_view text) {
  std::vector<Word> words;
  uint32_t number = 0;
  if (text.size() > kMaxWordsFileBytes) {
    return base::Error{base::Code::limit, "the words of the page are too many"};
  }
  while (!text.empty()) {
    ++number;
    const size_t end = text.find('\n');
    const std::string_view line = text.substr(0, end);
    const LineReader reader(line, number);
    if (end == std::string_view::npos) return reader.fail(line, "the last line does not end");
    text.remove_prefix(end + 1);
    if (number == 1) {
      if (line != kHeader) return reader.fail(line, "the first line must name the nine columns");
      continue;
    }
    Word word = TRY(LineReader(line, number).read());
    if (!words.empty() && word.id <= words.back().id) {
      return reader.fail(line, "word ids must ascend");
    }
    if (words.size() == kMaxWordsPerPage) return reader.fail(line, "too many words on a page");
    words.push_back(std::move(word));
  }
  if (number == 0) return base::Error{base::Code::invalid, "the header line is missing", {1, 1}};
  return words;
}

std::string text_of(const std::vector<Word>& words) {
  std::string out;
  const Word* last = nullptr;
  for (const Word& word : words) {
    if (last != nullptr) {
      out += last->block != word.block ? "\n\n" : last->line != word.line ? "\n" : " ";
    }
    out += word.text;
    last = &word;
  }
  if (last != nullptr) out += '\n';
  return out;
}

}  // namespace corpus
