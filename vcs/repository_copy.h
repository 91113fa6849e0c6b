// A consistent copy of a repository that goes on being read and written, by this process or by
// another one.
//
//   base::FileCopier copier(data, target);
//   TRY(copy_repository(copier, "repos/acme/claims.git"));
//
// The copy has the refs of one moment, between two updates and never in the middle of one, and all
// objects that they reach: refs are read first, and objects only ever come before the refs that
// need them. It is a plain repository of its own that Repository::open and stock git read.
#pragma once

#include <functional>
#include <set>
#include <string>
#include <string_view>

#include "base/file_copier.h"
#include "base/result.h"

namespace vcs {

using KeepRef = std::function<bool(std::string_view name)>;

// `repository` is relative to the copier's two directories. Refs that `keep` refuses are left out.
// Code::busy if refs of several updates at once never come to rest, Code::io or not_found if there
// is no such repository.
base::Result<void> copy_repository(base::FileCopier& copier, const base::Path& repository,
                                   const KeepRef& keep = {});

// The names of a repository's refs, as of now.
base::Result<std::set<std::string>> ref_names(const base::Path& repository);

}  // namespace vcs
