#include "base/json.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <iterator>

#include "base/text.h"

namespace base {
namespace {

constexpr char kHexDigits[] = "0123456789abcdef";

void print_integer(std::string& out, int64_t value) {
  char digits[24];
  const auto end = std::to_chars(digits, digits + sizeof(digits), value).ptr;
  out.append(digits, end);
}

void print_real(std::string& out, double value) {
  char digits[32];
  const auto end = std::to_chars(digits, digits + sizeof(digits), value).ptr;
  const std::string_view text(digits, static_cast<size_t>(end - digits));
  out += text;
  // Keep it a real when read back.
  if (text.find_first_of(".en") == std::string_view::npos) out += ".0";
}

void append_escaped(std::string& out, char c) {
  constexpr std::string_view kFrom = "\"\\\b\f\n\r\t";
  constexpr std::string_view kTo = "\"\\bfnrt";
  out += '\\';
  if (const size_t i = kFrom.find(c); i != std::string_view::npos) {
    out += kTo[i];
    return;
  }
  const auto byte = static_cast<unsigned char>(c);
  out += "u00";
  out += kHexDigits[byte >> 4];
  out += kHexDigits[byte & 15];
}

// Of a string: stands for itself.
bool is_plain(char c) {
  return static_cast<unsigned char>(c) >= 0x20 && c != '"' && c != '\\';
}

// A recursive-descent parser over one text; stops at the first error. Values are read into their
// places, and what arrays and objects hold is gathered on a stack first, so that each of them takes
// one piece of memory of its right size.
class Parser {
 public:
  Parser(std::string_view text, const JsonLimits& limits, Position start)
      : text_(text), limits_(limits), line_(start.line), column_(start.column) {}

  Result<Json> parse_document() {
    if (text_.size() > limits_.bytes) return Error{Code::limit, "the JSON text is too long"};
    skip_blanks();
    Json value;
    TRY(parse_value(value, 0));
    skip_blanks();
    if (at_ < text_.size()) return fail("unexpected text after the value");
    return value;
  }

 private:
  Position here() {
    // Columns count code points: catch up from where we last looked.
    for (; seen_ < at_; ++seen_) {
      const auto c = static_cast<unsigned char>(text_[seen_]);
      if (c == '\n') {
        ++line_;
        column_ = 1;
      } else if ((c & 0xc0) != 0x80) {
        ++column_;
      }
    }
    return {line_, column_};
  }
  Error fail(std::string what) { return Error{Code::invalid, std::move(what), here()}; }
  Error fail_at(Position at, std::string what) { return Error{Code::invalid, std::move(what), at}; }

  bool more() const { return at_ < text_.size(); }
  char peek() const { return text_[at_]; }
  void skip_blanks() {
    while (more() && (peek() == ' ' || peek() == '\t' || peek() == '\n' || peek() == '\r')) ++at_;
  }
  bool take(std::string_view word) {
    if (text_.substr(at_, word.size()) != word) return false;
    at_ += word.size();
    return true;
  }

  Result<void> parse_value(Json& out, size_t depth) {
    if (!more()) return fail("unexpected end of the JSON text");
    if (++values_ > limits_.values) return Error{Code::limit, "too many JSON values", here()};
    const Position start = here();
    TRY(parse_bare_value(out, depth));
    out.set_at(start);
    return {};
  }

  Result<void> parse_bare_value(Json& out, size_t depth) {
    switch (peek()) {
      case '{':
        return depth < limits_.depth ? parse_object(out, depth) : too_deep();
      case '[':
        return depth < limits_.depth ? parse_array(out, depth) : too_deep();
      case '"': {
        std::string text;
        TRY(parse_string(text));
        out = Json(std::move(text));
        return {};
      }
      case 't':
        if (take("true")) return put(out, Json(true));
        break;
      case 'f':
        if (take("false")) return put(out, Json(false));
        break;
      case 'n':
        if (take("null")) return put(out, Json());
        break;
      default:
        if (peek() == '-' || (peek() >= '0' && peek() <= '9')) return parse_number(out);
    }
    return fail("expected a JSON value");
  }
  Error too_deep() {
    return fail("nested deeper than " + std::to_string(limits_.depth) + " levels");
  }
  static Result<void> put(Json& out, Json value) {
    out = std::move(value);
    return {};
  }

  Result<void> parse_array(Json& out, size_t depth) {
    const size_t first = items_.size();
    ++at_;
    skip_blanks();
    if (take("]")) return put(out, Json::Array());
    while (true) {
      skip_blanks();
      Json item;
      TRY(parse_value(item, depth + 1));
      items_.push_back(std::move(item));
      skip_blanks();
      if (take("]")) return put(out, taken_from(items_, first));
      if (!take(",")) return fail(more() ? "expected ',' or ']'" : "the array does not end");
    }
  }

  Result<void> parse_object(Json& out, size_t depth) {
    const size_t first = members_.size();
    ++at_;
    skip_blanks();
    if (take("}")) return put(out, Json::Object());
    while (true) {
      skip_blanks();
      if (!more() || peek() != '"') {
        return fail(more() ? "expected a key in double quotes" : "the object does not end");
      }
      Json::Member member;
      member.at = here();
      TRY(parse_string(member.key));
      skip_blanks();
      if (!take(":")) return fail("expected ':' after the key");
      skip_blanks();
      TRY(parse_value(member.value, depth + 1));
      members_.push_back(std::move(member));
      skip_blanks();
      if (take("}")) break;
      if (!take(",")) return fail(more() ? "expected ',' or '}'" : "the object does not end");
    }
    Json::Object members = taken_from(members_, first);
    TRY(refuse_duplicates(members));
    return put(out, std::move(members));
  }

  // What lies on the stack from there on.
  template <typename Item>
  static std::vector<Item> taken_from(std::vector<Item>& stack, size_t first) {
    const auto begin = stack.begin() + static_cast<std::ptrdiff_t>(first);
    std::vector<Item> items(std::make_move_iterator(begin), std::make_move_iterator(stack.end()));
    stack.erase(begin, stack.end());
    return items;
  }

  // Few are compared each with each, which takes no memory.
  static bool are_few_and_differ(const Json::Object& members) {
    if (members.size() > 16) return false;
    for (auto one = members.begin(); one != members.end(); ++one) {
      for (auto other = members.begin(); other != one; ++other) {
        if (one->key == other->key) return false;
      }
    }
    return true;
  }

  Result<void> refuse_duplicates(const Json::Object& members) {
    if (are_few_and_differ(members)) return {};
    std::vector<const Json::Member*> sorted;
    sorted.reserve(members.size());
    for (const auto& member : members) sorted.push_back(&member);
    std::stable_sort(sorted.begin(), sorted.end(),
                     [](const auto* a, const auto* b) { return a->key < b->key; });
    for (size_t i = 1; i < sorted.size(); ++i) {
      if (sorted[i]->key == sorted[i - 1]->key) {
        return fail_at(sorted[i]->at, "the key \"" + sorted[i]->key + "\" is there twice");
      }
    }
    return {};
  }

  Result<void> parse_string(std::string& out) {
    ++at_;
    while (true) {
      const size_t plain = at_;
      while (more() && is_plain(peek())) ++at_;
      const std::string_view run = text_.substr(plain, at_ - plain);
      if (const auto bad = find_malformed_utf8(run)) {
        at_ = plain + *bad;
        return fail("malformed UTF-8");
      }
      out += run;
      if (!more()) return fail("the string does not end");
      if (take("\"")) return {};
      if (peek() != '\\') return fail("a control character must be escaped");
      TRY(parse_escape(out));
    }
  }

  Result<void> parse_escape(std::string& out) {
    const Position start = here();
    ++at_;
    if (!more()) return fail("the string does not end");
    const char c = text_[at_++];
    constexpr std::string_view kFrom = "\"\\/bfnrt";
    constexpr std::string_view kTo = "\"\\/\b\f\n\r\t";
    if (const size_t i = kFrom.find(c); i != std::string_view::npos) {
      out += kTo[i];
      return {};
    }
    if (c != 'u') return fail_at(start, "unknown escape in a string");
    uint32_t code = TRY(parse_hex4());
    if (code >= 0xd800 && code < 0xdc00 && take("\\u")) {
      const uint32_t low = TRY(parse_hex4());
      if (low < 0xdc00 || low > 0xdfff) return fail_at(start, "lone surrogate in a string");
      code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
    } else if (code >= 0xd800 && code <= 0xdfff) {
      return fail_at(start, "lone surrogate in a string");
    }
    append_utf8(out, code);
    return {};
  }

  Result<uint32_t> parse_hex4() {
    uint32_t code = 0;
    const std::string_view digits = text_.substr(at_, 4);
    const auto [end, error] =
        std::from_chars(digits.data(), digits.data() + digits.size(), code, 16);
    if (digits.size() < 4 || error != std::errc() || end != digits.data() + 4) {
      return fail("expected four hexadecimal digits after \\u");
    }
    at_ += 4;
    return code;
  }

  size_t skip_digits() {
    const size_t first = at_;
    while (more() && peek() >= '0' && peek() <= '9') ++at_;
    return at_ - first;
  }

  Result<void> parse_number(Json& out) {
    const Position start = here();
    const size_t first = at_;
    take("-");
    const size_t integer_start = at_;
    const size_t digits = skip_digits();
    if (digits == 0) return fail("expected a digit");
    if (digits > 1 && text_[integer_start] == '0')
      return fail_at(start, "a number has a leading zero");
    bool real = false;
    if (take(".")) {
      real = true;
      if (skip_digits() == 0) return fail("expected a digit after the point");
    }
    if (more() && (peek() == 'e' || peek() == 'E')) {
      real = true;
      ++at_;
      if (!take("+")) take("-");
      if (skip_digits() == 0) return fail("expected a digit in the exponent");
    }
    const std::string_view word = text_.substr(first, at_ - first);
    return put(out, TRY(real ? parse_real(word, start) : parse_whole(word, start)));
  }

  Result<Json> parse_whole(std::string_view word, Position start) {
    int64_t value = 0;
    if (std::from_chars(word.data(), word.data() + word.size(), value).ec != std::errc()) {
      return fail_at(start, "the number does not fit 64 bits");
    }
    return Json(value);
  }
  Result<Json> parse_real(std::string_view word, Position start) {
    double value = 0;
    if (std::from_chars(word.data(), word.data() + word.size(), value).ec != std::errc() ||
        !std::isfinite(value)) {
      return fail_at(start, "the number is out of range");
    }
    return Json(value);
  }

  std::string_view text_;
  const JsonLimits& limits_;
  size_t at_ = 0;
  size_t seen_ = 0;
  size_t values_ = 0;
  uint32_t line_;
  uint32_t column_;
  Json::Array items_;     // of arrays that have not ended yet
  Json::Object members_;  // of such objects
};

void print_indented(const Json& value, size_t level, std::string& out);

template <typename Items, typename PrintItem>
void print_block(const Items& items, char open, char close, size_t level, std::string& out,
                 PrintItem print_item) {
  out += open;
  bool first = true;
  for (const auto& item : items) {
    out += first ? "\n" : ",\n";
    first = false;
    out.append((level + 1) * 2, ' ');
    print_item(item);
  }
  if (!first) {
    out += '\n';
    out.append(level * 2, ' ');
  }
  out += close;
}

void print_indented(const Json& value, size_t level, std::string& out) {
  if (const auto* items = value.as_array()) {
    print_block(*items, '[', ']', level, out,
                [&](const Json& item) { print_indented(item, level + 1, out); });
  } else if (const auto* members = value.as_object()) {
    print_block(*members, '{', '}', level, out, [&](const Json::Member& member) {
      append_json_string(out, member.key);
      out += ": ";
      print_indented(member.value, level + 1, out);
    });
  } else {
    value.print_to(out);
  }
}

}  // namespace

Json::Json() = default;
Json::Json(std::nullptr_t) {}
Json::Json(bool value) : data_(value) {}
Json::Json(int value) : data_(int64_t{value}) {}
Json::Json(unsigned value) : data_(int64_t{value}) {}
Json::Json(int64_t value) : data_(value) {}
Json::Json(uint64_t value) : data_(static_cast<int64_t>(value)) {}
Json::Json(double value) : data_(value) {}
Json::Json(const char* value) : data_(std::string(value)) {}
Json::Json(std::string value) : data_(std::move(value)) {}
Json::Json(std::string_view value) : data_(std::string(value)) {}
Json::Json(Array value) : data_(std::move(value)) {}
Json::Json(Object value) : data_(std::move(value)) {}
Json::Json(const Json&) = default;
Json::Json(Json&&) noexcept = default;
Json& Json::operator=(const Json&) = default;
Json& Json::operator=(Json&&) noexcept = default;
Json::~Json() = default;

Json Json::array(std::initializer_list<Json> items) {
  return Json(Array(items));
}

Json Json::object(std::initializer_list<std::pair<std::string, Json>> members) {
  Object out;
  out.reserve(members.size());
  for (const auto& [key, value] : members) out.push_back({key, value, {}});
  return Json(std::move(out));
}

const Json* Json::find(std::string_view key) const {
  if (const Object* members = as_object()) {
    for (const Member& member : *members) {
      if (member.key == key) return &member.value;
    }
  }
  return nullptr;
}

const std::string* Json::find_string(std::string_view key) const {
  const Json* value = find(key);
  return value ? value->as_string() : nullptr;
}
const int64_t* Json::find_integer(std::string_view key) const {
  const Json* value = find(key);
  return value ? value->as_integer() : nullptr;
}
const Json::Array* Json::find_array(std::string_view key) const {
  const Json* value = find(key);
  return value ? value->as_array() : nullptr;
}
std::string Json::string_or(std::string_view key, std::string_view fallback) const {
  const std::string* value = find_string(key);
  return value ? *value : std::string(fallback);
}
int64_t Json::integer_or(std::string_view key, int64_t fallback) const {
  const int64_t* value = find_integer(key);
  return value ? *value : fallback;
}

Json& Json::set(std::string_view key, Json value) {
  if (is_null()) data_ = Object{};
  Object* members = as_object();
  assert(members != nullptr);
  for (Member& member : *members) {
    if (member.key == key) {
      member.value = std::move(value);
      return *this;
    }
  }
  members->push_back({std::string(key), std::move(value), {}});
  return *this;
}

Json& Json::push(Json value) {
  if (is_null()) data_ = Array{};
  Array* items = as_array();
  assert(items != nullptr);
  items->push_back(std::move(value));
  return *this;
}

void append_json_string(std::string& out, std::string_view text) {
  out += '"';
  size_t done = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    if (is_plain(text[i])) continue;
    out += text.substr(done, i - done);
    append_escaped(out, text[i]);
    done = i + 1;
  }
  out += text.substr(done);
  out += '"';
}

void Json::print_to(std::string& out) const {
  switch (kind()) {
    case Kind::null:
      out += "null";
      return;
    case Kind::boolean:
      out += *as_boolean() ? "true" : "false";
      return;
    case Kind::integer:
      print_integer(out, *as_integer());
      return;
    case Kind::real:
      print_real(out, *as_real());
      return;
    case Kind::string:
      append_json_string(out, *as_string());
      return;
    case Kind::array: {
      out += '[';
      bool first = true;
      for (const Json& item : *as_array()) {
        if (!first) out += ',';
        first = false;
        item.print_to(out);
      }
      out += ']';
      return;
    }
    case Kind::object: {
      out += '{';
      bool first = true;
      for (const Member& member : *as_object()) {
        if (!first) out += ',';
        first = false;
        append_json_string(out, member.key);
        out += ':';
        member.value.print_to(out);
      }
      out += '}';
      return;
    }
  }
}

std::string Json::print() const {
  std::string out;
  print_to(out);
  return out;
}

std::string Json::print_pretty() const {
  std::string out;
  print_indented(*this, 0, out);
  out += '\n';
  return out;
}

bool Json::operator==(const Json& other) const {
  if (kind() != other.kind()) return false;
  if (const Array* items = as_array()) return *items == *other.as_array();
  if (kind() != Kind::object) return print() == other.print();
  const Object& members = *as_object();
  if (members.size() != other.as_object()->size()) return false;
  return std::all_of(members.begin(), members.end(), [&](const Member& member) {
    const Json* twin = other.find(member.key);
    return twin != nullptr && *twin == member.value;
  });
}

const char* name_of(Json::Kind kind) {
  switch (kind) {
    case Json::Kind::null:
      return "null";
    case Json::Kind::boolean:
      return "a boolean";
    case Json::Kind::integer:
      return "an integer";
    case Json::Kind::real:
      return "a number with a fraction";
    case Json::Kind::string:
      return "a string";
    case Json::Kind::array:
      return "an array";
    case Json::Kind::object:
      return "an object";
  }
  return "null";
}

Result<Json> parse_json(std::string_view text, const JsonLimits& limits, Position start) {
  return Parser(text, limits, start).parse_document();
}

}  // namespace base
