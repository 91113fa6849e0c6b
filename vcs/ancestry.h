// How two commits are related: who descends from whom, and where their histories parted.
//
//   const Relation r = TRY(relation_of(objects, pushed, tip));
//   if (r.base == tip) ...     // a fast-forward
//   else merge(r.base, pushed, tip);   // the tip has r.only_right commits that were not pushed
//
// Newest first by date: the cost follows the distance to the common ancestor. Dates are only an
// order of search: a wrong clock costs time, never a wrong answer to "is it an ancestor". Safe from
// many threads as far as the reader is.
#pragma once

#include <cstddef>
#include <vector>

#include "base/result.h"
#include "vcs/object_reader.h"

namespace vcs {

struct Relation {
  // A common ancestor from which no other one descends; where histories crossed there are several,
  // and this is the newest. kNoObject if they share nothing.
  ObjectId base;
  size_t only_left = 0;   // commits that only the left one reaches, itself included
  size_t only_right = 0;  // that only the right one reaches
  bool operator==(const Relation&) const = default;
};

base::Result<Relation> relation_of(const ObjectReader& objects, const ObjectId& left,
                                   const ObjectId& right);

// The commits that `after` reaches and `before` does not, in no order.
base::Result<std::vector<ObjectId>> commits_since(const ObjectReader& objects,
                                                  const ObjectId& before, const ObjectId& after);

// Whether `ancestor` is `commit` or in its past.
base::Result<bool> is_ancestor(const ObjectReader& objects, const ObjectId& ancestor,
                               const ObjectId& commit);

}  // namespace vcs
