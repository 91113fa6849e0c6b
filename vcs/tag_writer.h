// Annotated tags, made once and never moved: a release's name.
//
//   const ObjectId tag = TRY(create_tag(*repository, {.target = commit,
//       .name = "datasets/claims/v1.3.0", .tagger = who, .message = manifest}));
//
// Durable when it returns: the tag object in a pack of its own, then the ref. Safe from many
// threads.
#pragma once

#include "base/result.h"
#include "vcs/commit.h"
#include "vcs/durable_step.h"
#include "vcs/repository.h"

namespace vcs {

// refs/tags/<tag.name>. Code::conflict if that ref exists, Code::not_found if the target does not,
// Code::invalid for a name or an identity that git would refuse.
base::Result<ObjectId> create_tag(Repository& repository, const Tag& tag,
                                  const StepObserver& observer = {});

}  // namespace vcs
