// The id of an object from outside, by a SHA-1 that detects the known collision attacks.
#pragma once

#include <string_view>

#include "base/result.h"
#include "vcs/object_id.h"

namespace vcs {

// Code::invalid for content that is part of a collision attack. libgit2's hash.
base::Result<ObjectId> id_of_received(ObjectKind kind, std::string_view content);

}  // namespace vcs
