#include "server/flow/leakage.h"

#include "dataset/split.h"
#include "server/flow/document_files.h"
#include "server/flow/released.h"
#include "server/flow/split.h"

namespace server {

Result<dataset::LeakageReport> leakage_of_split(const OpenProject& project,
                                                const std::string& name) {
  const vcs::ObjectId tip = TRY(project.tip_id());
  const SplitReading reading = TRY(read_split(project, tip, name));
  const vcs::Snapshot snapshot = TRY(vcs::Snapshot::at_commit(*project.repository, tip));
  dataset::LeakageSearch search;
  for (const auto& [id, placed] : reading.result.placements) {
    const DocumentFiles files(snapshot, project.fan_out, id);
    const corpus::Document document = TRY(files.document());
    dataset::LeakageMember member = leakage_member_of(document, reading.split.rule);
    member.part = placed.part;
    search.add(std::move(member), TRY(sketches_of(files, document)));
  }
  return search.finish();
}

Result<dataset::LeakageReport> leakage_of_release(Services& services, const OpenProject& project,
                                                  const storage::ReleaseRow& release) {
  const auto records = TRY(records_of(services, project.project, release));
  dataset::LeakageSearch search;
  while (const auto record = TRY(records())) {
    dataset::LeakageMember member{
        record->id, record->split, record->groups, record->source.sha256, {}};
    std::vector<dataset::PageSketch> sketches;
    for (const dataset::ManifestPage& page : record->pages) {
      member.images.push_back(page.image ? page.image->sha256 : base::Sha256());
      sketches.emplace_back();
      if (!page.words) continue;
      const std::string text =
          TRY(vcs::read_object_of(*project.repository, vcs::ObjectKind::blob, page.words->blob));
      sketches.back() = dataset::sketch_of(TRY(corpus::parse_words(text)));
    }
    search.add(std::move(member), sketches);
  }
  return search.finish();
}

}  // namespace server
