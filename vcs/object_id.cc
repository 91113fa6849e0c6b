#include "vcs/object_id.h"

#include <array>
#include <string>

namespace vcs {
namespace {

constexpr std::array<std::string_view, 4> kNames = {"commit", "tree", "blob", "tag"};

}  // namespace

std::string_view name_of(ObjectKind kind) {
  return kNames.at(static_cast<size_t>(kind) - 1);
}

std::optional<ObjectKind> kind_named(std::string_view name) {
  for (size_t i = 0; i < kNames.size(); ++i) {
    if (kNames[i] == name) return static_cast<ObjectKind>(i + 1);
  }
  return std::nullopt;
}

ObjectId object_id_of(ObjectKind kind, std::string_view content) {
  std::string head(name_of(kind));
  head += ' ' + std::to_string(content.size());
  head += '\0';
  base::Hasher<base::Sha1> hasher;
  hasher.update(head);
  hasher.update(content);
  return hasher.finish();
}

}  // namespace vcs
