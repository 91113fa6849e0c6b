#include "server/flow/leakage.h"

#include "dataset/split.h"
#include "server/flow/document_files.h"
#include "server/flow/near_pages.h"
#include "server/flow/released.h"
#include "server/flow/split.h"

namespace server {
namespace {

// What each page of the record says and looks like; empty for one that could not be read.
Result<std::vector<dataset::PageSketch>> sketches_of(const OpenProject& project,
                                                     const vcs::Snapshot& released,
                                                     const dataset::ManifestRecord& record) {
  const corpus::Document document =
      TRY(DocumentFiles(released, project.fan_out, record.id).document());
  std::vector<dataset::PageSketch> sketches;
  for (const dataset::ManifestPage& page : record.pages) {
    const size_t number = sketches.size();
    sketches.emplace_back();
    if (!page.words || number >= document.pages.size()) continue;
    const auto& quality = document.pages[number].quality;
    const std::string text =
        TRY(vcs::read_object_of(*project.repository, vcs::ObjectKind::blob, page.words->blob));
    sketches.back() =
        dataset::sketch_of(TRY(corpus::parse_words(text)), quality ? quality->look : std::nullopt);
  }
  return sketches;
}

}  // namespace

Result<dataset::LeakageReport> leakage_of_split(Services& services, const OpenProject& project,
                                                const std::string& name) {
  SplitReading reading = TRY(read_split(services, project, TRY(project.tip_id()), name));
  dataset::LeakageSearch search;
  for (dataset::LeakageMember& member : reading.members) search.add(std::move(member));
  for (const dataset::NearPages& near : TRY(near_pages_of(services, project.project.id))) {
    search.add_near(near);
  }
  return search.finish();
}

Result<dataset::LeakageReport> leakage_of_release(Services& services, const OpenProject& project,
                                                  const storage::ReleaseRow& release) {
  const vcs::Snapshot released = TRY(
      vcs::Snapshot::at_commit(*project.repository, TRY(vcs::ObjectId::from_hex(release.commit))));
  const auto records = TRY(records_of(services, project.project, release));
  dataset::LeakageSearch search;
  while (const auto record = TRY(records())) {
    search.add(dataset::leakage_member_of(*record), TRY(sketches_of(project, released, *record)));
  }
  return search.finish();
}

}  // namespace server
