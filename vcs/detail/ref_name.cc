#include <algorithm>

#include "base/text.h"
#include "vcs/refs.h"

namespace vcs {
namespace {

constexpr size_t kMaxRefName = 512;

bool is_bad_byte(char c) {
  constexpr std::string_view kBad = " ~^:?*[\\";
  const auto byte = static_cast<unsigned char>(c);
  return byte < 0x20 || byte == 0x7f || kBad.find(c) != std::string_view::npos;
}

bool is_valid_component(std::string_view part) {
  return !part.empty() && !part.starts_with('.') && !part.ends_with(".lock");
}

}  // namespace

bool is_valid_ref_name(std::string_view name) {
  if (name.size() > kMaxRefName || !base::is_utf8(name)) return false;
  if (std::any_of(name.begin(), name.end(), is_bad_byte)) return false;
  if (name.find("..") != std::string_view::npos || name.find("@{") != std::string_view::npos) {
    return false;
  }
  if (name.ends_with('.')) return false;
  const auto parts = base::split(name, '/');
  return parts.size() >= 2 && std::all_of(parts.begin(), parts.end(), is_valid_component);
}

}  // namespace vcs
