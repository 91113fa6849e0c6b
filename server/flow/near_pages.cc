#include "server/flow/near_pages.h"

#include <algorithm>
#include <cmath>

#include "storage/document_table.h"
#include "storage/page_sketch_table.h"

namespace server {
namespace {

constexpr int kThousand = 1000;

struct Found {
  int64_t sketch = 0;
  dataset::Nearness how;
};

Result<std::vector<Found>> nearest(storage::PageSketchTable& table, storage::ProjectId project,
                                   const corpus::DocumentId& id,
                                   const dataset::PageSketch& sketch) {
  std::vector<Found> found;
  for (const storage::SketchCandidate& candidate :
       TRY(table.candidates(project, id, dataset::probes_of(sketch)))) {
    const auto how = dataset::nearness(sketch, TRY(dataset::parse_sketch(candidate.bytes)));
    if (how) found.push_back({candidate.number, *how});
  }
  std::stable_sort(found.begin(), found.end(),
                   [](const Found& a, const Found& b) { return a.how.likeness > b.how.likeness; });
  if (found.size() > kMostNearOfAPage) found.resize(kMostNearOfAPage);
  return found;
}

std::vector<dataset::NearPages> pairs_of(const std::vector<storage::NearPagesRow>& rows) {
  std::vector<dataset::NearPages> pairs;
  for (const storage::NearPagesRow& row : rows) {
    const double likeness = static_cast<double>(row.likeness) / kThousand;
    pairs.push_back({row.a, row.page_a, row.b, row.page_b, {likeness, row.by_look}});
  }
  return pairs;
}

}  // namespace

Result<void> find_near_pages(storage::Transaction& tx, storage::ProjectId project,
                             const corpus::DocumentId& id, corpus::PageNumber page,
                             const dataset::PageSketch& sketch) {
  storage::PageSketchTable table(tx);
  const std::vector<Found> found = TRY(nearest(table, project, id, sketch));
  const int64_t number =
      TRY(table.put(project, id, page, {dataset::print_sketch(sketch), dataset::keys_of(sketch)}));
  for (const Found& near : found) {
    const auto likeness = static_cast<int32_t>(std::lround(near.how.likeness * kThousand));
    TRY(table.add_near({number, near.sketch, likeness, near.how.by_look}));
  }
  return {};
}

Result<std::vector<dataset::NearPages>> near_pages_of(Services& services,
                                                      storage::ProjectId project) {
  return pairs_of(TRY(services.database->read(
      [&](storage::Transaction& tx) { return storage::PageSketchTable(tx).near(project); })));
}

Result<std::vector<dataset::NearPages>> near_pages_of(Services& services,
                                                      storage::ProjectId project,
                                                      const corpus::DocumentId& id) {
  using Rows = std::vector<storage::NearPagesRow>;
  return pairs_of(TRY(services.database->read([&](storage::Transaction& tx) -> Result<Rows> {
    TRY(storage::DocumentTable(tx).find(project, id));
    return storage::PageSketchTable(tx).near_of(project, id);
  })));
}

}  // namespace server
