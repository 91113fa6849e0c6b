// The name of a git object, and the four kinds of object (git's gitformat-pack,
// gitrepository-layout).
//
//   const ObjectId id = object_id_of(ObjectKind::blob, "hello\n");   // ce013625...
//
// Plain values, safe from any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "base/digest.h"

namespace vcs {

using ObjectId = base::Sha1;

// On the wire "no object": the old value of a created ref, the new value of a deleted one.
inline constexpr ObjectId kNoObject = {};

// The numbers are those of a pack entry's type field.
enum class ObjectKind : uint8_t { commit = 1, tree = 2, blob = 3, tag = 4 };

// "commit", "tree", "blob", "tag".
std::string_view name_of(ObjectKind kind);
std::optional<ObjectKind> kind_named(std::string_view name);

// SHA-1 over "<kind> <size>\0<content>".
ObjectId object_id_of(ObjectKind kind, std::string_view content);

}  // namespace vcs
