#include "dataset/dvc_pointer.h"

#include <algorithm>
#include <set>
#include <string>
#include <utility>

#include "base/text.h"
#include "dataset/dvc_tree.h"

namespace dataset {

using base::Code;
using base::Error;
using base::Result;

namespace {

constexpr size_t kMostBytes = 1u << 20;
constexpr std::string_view kDirectorySuffix = ".dir";

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

size_t skip_digits(std::string_view text, size_t at) {
  while (at < text.size() && (is_digit(text[at]) || text[at] == '_')) ++at;
  return at;
}

// What a YAML 1.2 reader takes for an integer or a real: an md5 of digits, or of digits around
// one 'e', is one.
bool looks_like_number(std::string_view text) {
  const size_t whole = skip_digits(text, 0);
  size_t at = whole;
  if (at < text.size() && text[at] == '.') at = skip_digits(text, at + 1);
  if (at == 0) return false;
  if (at + 1 < text.size() && (text[at] == 'e' || text[at] == 'E')) {
    const size_t sign = text[at + 1] == '+' || text[at + 1] == '-' ? 1 : 0;
    at = skip_digits(text, at + 1 + sign);
  }
  return at == text.size();
}

bool looks_like_date(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return is_digit(c) || c == '-'; });
}

bool is_yaml_keyword(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  static constexpr std::string_view kWords[] = {"true", "false", "null", "yes", "no",
                                                "on",   "off",   "y",    "n"};
  return std::find(std::begin(kWords), std::end(kWords), lower) != std::end(kWords);
}

bool is_plain_scalar(std::string_view text) {
  if (text.empty() || looks_like_number(text) || looks_like_date(text)) return false;
  if (is_yaml_keyword(text) || text.back() == ' ') return false;
  if (text.starts_with("0x") || text.starts_with("0o") || text.starts_with("0b")) {
    return false;
  }
  const bool is_ascii = static_cast<unsigned char>(text[0]) < 0x80;
  if (is_ascii && !is_digit(text[0]) && !is_letter(text[0]) && text[0] != '.') return false;
  return std::all_of(text.begin(), text.end(), [](char c) {
    return is_digit(c) || is_letter(c) || c == '.' || c == '_' || c == '/' || c == '-' ||
           c == '+' || c == ' ' || c == '\'' || static_cast<unsigned char>(c) >= 0x80;
  });
}

std::string yaml_scalar(std::string_view text) {
  if (is_plain_scalar(text)) return std::string(text);
  std::string quoted = "'";
  for (const char c : text) {
    if (c == '\'') quoted += '\'';
    quoted += c;
  }
  return quoted + "'";
}

bool is_meta_key(std::string_view key) {
  return !key.empty() && is_letter(key[0]) && std::all_of(key.begin(), key.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || is_digit(c) || c == '_';
  });
}

bool is_one_printable_line(std::string_view text) {
  return base::is_utf8(text) && std::none_of(text.begin(), text.end(), [](char c) {
           return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
         });
}

// Walks the text line by line; every failure names line and column.
class PointerParser {
 public:
  explicit PointerParser(std::string_view text) : text_(text) {}

  Result<DvcPointer> parse() {
    DvcPointer pointer;
    TRY(expect_line("outs:"));
    while (starts_with("- md5: ")) pointer.outs.push_back(TRY(parse_out()));
    if (pointer.outs.empty()) return fail("expected \"- md5: \"");
    if (starts_with("meta:")) pointer.meta = TRY(parse_meta());
    if (at_ != text_.size()) return fail("expected the end of the file");
    return pointer;
  }

 private:
  bool starts_with(std::string_view prefix) const { return text_.substr(at_).starts_with(prefix); }

  Error fail(std::string what, uint32_t column = 1) const {
    return Error{Code::invalid, std::move(what), {line_, column}};
  }

  Result<std::string_view> next_line() {
    const size_t end = text_.find('\n', at_);
    if (end == std::string_view::npos) return fail("unexpected end of the file");
    const std::string_view line = text_.substr(at_, end - at_);
    at_ = end + 1;
    ++line_;
    return line;
  }

  Result<void> expect_line(std::string_view wanted) {
    const uint32_t line = line_;
    const std::string_view got = TRY(next_line());
    if (got != wanted) {
      return Error{Code::invalid, "expected \"" + std::string(wanted) + "\"", {line, 1}};
    }
    return {};
  }

  // The scalar behind `prefix`, in the one spelling that the printer uses.
  Result<std::string> scalar(std::string_view prefix) {
    if (!starts_with(prefix)) return fail("expected \"" + std::string(prefix) + "\"");
    const uint32_t line = line_;
    const std::string_view raw = TRY(next_line()).substr(prefix.size());
    const base::Position place{line, static_cast<uint32_t>(prefix.size()) + 1};
    std::string value(raw);
    if (raw.size() >= 2 && raw.front() == '\'' && raw.back() == '\'') {
      value.clear();
      for (size_t i = 1; i + 1 < raw.size(); ++i) {
        value += raw[i];
        if (raw[i] == '\'') ++i;
      }
    }
    if (!is_one_printable_line(value) || yaml_scalar(value) != raw) {
      return Error{Code::invalid, "the value is not written in canonical form", place};
    }
    return value;
  }

  Result<uint64_t> number(std::string_view prefix) {
    const uint32_t line = line_;
    if (!starts_with(prefix)) return fail("expected \"" + std::string(prefix) + "\"");
    const std::string_view raw = TRY(next_line()).substr(prefix.size());
    const auto value = base::parse_integer(raw);
    if (!value || *value < 0 || std::to_string(*value) != raw) {
      return Error{Code::invalid,
                   "expected a whole number",
                   {line, static_cast<uint32_t>(prefix.size()) + 1}};
    }
    return static_cast<uint64_t>(*value);
  }

  Result<DvcOut> parse_out() {
    const uint32_t line = line_;
    const auto refuse = [line](Error error) {
      error.at = {line, 8};
      return error;
    };
    DvcOut out;
    std::string hash = TRY(scalar("- md5: "));
    const bool is_directory = hash.ends_with(kDirectorySuffix);
    if (is_directory) hash.resize(hash.size() - kDirectorySuffix.size());
    auto md5 = base::Md5::from_hex(hash);
    if (!md5.ok()) return refuse(std::move(md5).error());
    out.md5 = *md5;
    out.size = TRY(number("  size: "));
    if (is_directory) out.nfiles = TRY(number("  nfiles: "));
    TRY(expect_line("  hash: md5"));
    const uint32_t path_line = line_;
    out.path = TRY(scalar("  path: "));
    if (auto checked = check_dvc_path(out.path); !checked.ok()) {
      return Error{Code::invalid, checked.error().what, {path_line, 9}};
    }
    if (!paths_.insert(out.path).second) {
      return Error{Code::invalid, "the path was already named", {path_line, 9}};
    }
    return out;
  }

  Result<std::vector<DvcMeta>> parse_meta() {
    std::vector<DvcMeta> meta;
    TRY(expect_line("meta:"));
    while (at_ != text_.size()) {
      const size_t colon = text_.find(':', at_);
      if (!starts_with("  ") || colon == std::string_view::npos)
        return fail("expected \"  key: \"");
      const std::string key(text_.substr(at_ + 2, colon - at_ - 2));
      if (!is_meta_key(key)) return fail("the key has other letters than a-z, 0-9 and _", 3);
      for (const DvcMeta& earlier : meta) {
        if (earlier.key == key) return fail("the key was already given", 3);
      }
      std::string value = TRY(scalar("  " + key + ": "));
      meta.push_back({key, std::move(value)});
    }
    if (meta.empty()) return fail("expected \"  key: \"");
    return meta;
  }

  std::string_view text_;
  size_t at_ = 0;
  uint32_t line_ = 1;
  std::set<std::string> paths_;
};

}  // namespace

std::string print_dvc_pointer(const DvcPointer& pointer) {
  std::string text = "outs:\n";
  for (const DvcOut& out : pointer.outs) {
    const std::string hash =
        out.md5.hex() + std::string(out.is_directory() ? kDirectorySuffix : "");
    text += "- md5: " + yaml_scalar(hash) + "\n";
    text += "  size: " + std::to_string(out.size) + "\n";
    if (out.nfiles) text += "  nfiles: " + std::to_string(*out.nfiles) + "\n";
    text += "  hash: md5\n  path: " + yaml_scalar(out.path) + "\n";
  }
  if (!pointer.meta.empty()) text += "meta:\n";
  for (const DvcMeta& meta : pointer.meta) {
    text += "  " + meta.key + ": " + yaml_scalar(meta.value) + "\n";
  }
  return text;
}

Result<DvcPointer> parse_dvc_pointer(std::string_view text) {
  if (text.size() > kMostBytes) return Error{Code::limit, "the pointer is larger than 1 MiB"};
  return PointerParser(text).parse();
}

}  // namespace dataset
