// Pages that are nearly the same, of all documents of a project: found as a document enters the
// index, so that nobody ever compares all with all. What a split holds together, and what a
// leakage report tells. When two pages are near: dataset/near_duplicates.h.
//
//   TRY(find_near_pages(tx, project, id, page, sketch));      // server/flow/index, for each page
//   for (const auto& near : TRY(near_pages_of(services, project))) search.add_near(near);
#pragma once

#include <vector>

#include "dataset/leakage.h"
#include "server/flow/services.h"

namespace server {

// Of one page that is near to very many others, such as printed terms, so many are remembered.
inline constexpr size_t kMostNearOfAPage = 16;

// Remembers the page, in place of what it was before, and which others are near to it.
Result<void> find_near_pages(storage::Transaction& tx, storage::ProjectId project,
                             const corpus::DocumentId& id, corpus::PageNumber page,
                             const dataset::PageSketch& sketch);

Result<std::vector<dataset::NearPages>> near_pages_of(Services& services,
                                                      storage::ProjectId project);
// With the document as `a`; those most alike first, page by page. not_found if it is not there.
Result<std::vector<dataset::NearPages>> near_pages_of(Services& services,
                                                      storage::ProjectId project,
                                                      const corpus::DocumentId& id);

}  // namespace server
