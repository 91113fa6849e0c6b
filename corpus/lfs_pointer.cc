#include "corpus/lfs_pointer.h"

#include "base/text.h"

namespace corpus {
namespace {

using base::Result;

constexpr std::string_view kVersion = "version https://git-lfs.github.com/spec/v1\n";
constexpr std::string_view kOid = "oid sha256:";
constexpr std::string_view kSize = "size ";

base::Error no_pointer() {
  return base::Error{base::Code::invalid, "not a pointer of Git LFS"};
}

bool take(std::string_view& text, std::string_view begin) {
  if (!text.starts_with(begin)) return false;
  text.remove_prefix(begin.size());
  return true;
}

// What is left of the line, without its end; empty if the line does not end.
std::string_view take_line(std::string_view& text) {
  const size_t end = text.find('\n');
  if (end == text.npos) return {};
  const std::string_view line = text.substr(0, end);
  text.remove_prefix(end + 1);
  return line;
}

}  // namespace

Result<LfsPointer> parse_lfs_pointer(std::string_view text) {
  if (text.empty()) return LfsPointer{};
  const std::string_view whole = text;
  if (text.size() > kMaxLfsPointerBytes || !take(text, kVersion) || !take(text, kOid)) {
    return no_pointer();
  }
  const auto sha256 = base::Sha256::from_hex(take_line(text));
  if (!sha256.ok() || !take(text, kSize)) return no_pointer();
  const auto size = base::parse_integer(take_line(text));
  if (!size || *size <= 0) return no_pointer();
  const LfsPointer pointer{*sha256, static_cast<uint64_t>(*size)};
  if (print_lfs_pointer(pointer) != whole) return no_pointer();
  return pointer;
}

std::string print_lfs_pointer(const LfsPointer& pointer) {
  if (pointer.is_empty()) return {};
  return std::string(kVersion) + std::string(kOid) + pointer.sha256.hex() + "\n" +
         std::string(kSize) + std::to_string(pointer.size) + "\n";
}

}  // namespace corpus
