#include "server/flow/export.h"

#include <algorithm>

#include "base/text.h"
#include "corpus/schema.h"
#include "dataset/export_coco.h"
#include "dataset/export_jsonl.h"
#include "dataset/release.h"
#include "server/flow/document_files.h"
#include "server/flow/released.h"

namespace server {
namespace {

// The documents of one release, as they lie in the revision that its tag names.
class ReleaseDocuments {
 public:
  ReleaseDocuments(const OpenProject& project, const vcs::Snapshot& snapshot,
                   dataset::ManifestReader reader)
      : project_(project), snapshot_(snapshot), reader_(std::move(reader)) {}

  Result<std::optional<dataset::ExportDocument>> next() {
    const auto record = TRY(reader_.next());
    if (!record) return std::optional<dataset::ExportDocument>();
    const DocumentFiles files(snapshot_, project_.fan_out, record->id);
    dataset::ExportDocument out;
    out.document = TRY(files.document());
    out.split = record->split;
    out.state = record->state;
    out.pages.resize(out.document.pages.size());
    for (size_t i = 0; i < out.pages.size(); ++i) {
      if (out.document.pages[i].failed()) continue;
      out.pages[i].words = TRY(files.words(static_cast<corpus::PageNumber>(i + 1)));
    }
    for (const AnnotationFile& file : TRY(files.annotation_files())) {
      auto annotations = TRY(corpus::read_annotations(TRY(files.version(file.path)).text));
      auto& target = file.page == 0 ? out.annotations : out.pages.at(file.page - 1).annotations;
      target = std::move(annotations);
    }
    return std::optional(std::move(out));
  }

 private:
  const OpenProject& project_;
  const vcs::Snapshot& snapshot_;
  dataset::ManifestReader reader_;
};

}  // namespace

std::optional<ExportFormat> parse_export_format(std::string_view name) {
  if (name == "jsonl") return ExportFormat::jsonl;
  if (name == "coco") return ExportFormat::coco;
  return std::nullopt;
}

Result<void> check_parts(Services& services, const storage::Project& project,
                         const storage::ReleaseRow& release, std::span<const std::string> parts) {
  if (parts.empty()) return {};
  const auto manifest =
      TRY(dataset::ManifestReader::open(TRY(open_manifest(services, project, release))));
  std::vector<std::string> known;
  if (const auto& split = manifest.header().split) {
    for (const corpus::SplitPart& part : split->parts) known.push_back(part.name);
  }
  for (const std::string& part : parts) {
    if (std::find(known.begin(), known.end(), part) != known.end()) continue;
    return base::Error{base::Code::invalid, known.empty()
                                                ? "this release has no split, so no parts"
                                                : "there is no part \"" + part + "\"; there are " +
                                                      base::join(known, ", ")};
  }
  return {};
}

Result<dataset::LossReport> export_release(Services& services, const OpenProject& project,
                                           const storage::ReleaseRow& release,
                                           const ExportRequest& request,
                                           const dataset::ExportSink& sink) {
  const vcs::ObjectId commit = TRY(vcs::ObjectId::from_hex(release.commit));
  const vcs::Snapshot snapshot = TRY(vcs::Snapshot::at_commit(*project.repository, commit));
  const dataset::OpenExport open = [&]() -> Result<dataset::NextDocument> {
    auto documents = std::make_shared<ReleaseDocuments>(
        project, snapshot,
        TRY(dataset::ManifestReader::open(TRY(open_manifest(services, project.project, release)))));
    return dataset::NextDocument([documents] { return documents->next(); });
  };
  dataset::ExportOptions options;
  options.splits = request.parts;
  options.proposals = request.proposals;
  options.release = release.name + " " + release.version;
  if (request.format == ExportFormat::coco) {
    const corpus::Schema schema =
        TRY(corpus::parse_schema(TRY(snapshot.read(corpus::kSchemaPath))));
    return dataset::export_coco(options, schema, open, sink);
  }
  return dataset::export_jsonl(options, dataset::JsonlUnit::page, open, sink);
}

}  // namespace server
