// The seventh verb: a release leaves in a format that people train with. Streams from git and the
// manifest, one document in memory; the same release and options give the same bytes.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "dataset/export_source.h"
#include "server/flow/services.h"
#include "storage/release_table.h"

namespace server {

enum class ExportFormat { jsonl, coco };
std::optional<ExportFormat> parse_export_format(std::string_view name);

struct ExportRequest {
  ExportFormat format = ExportFormat::jsonl;
  std::vector<std::string> parts = {};  // of the split; empty: all
  bool proposals = false;
};

// Code::invalid, naming those that exist, unless each is a part of the release's split.
Result<void> check_parts(Services& services, const storage::Project& project,
                         const storage::ReleaseRow& release, std::span<const std::string> parts);

Result<dataset::LossReport> export_release(Services& services, const OpenProject& project,
                                           const storage::ReleaseRow& release,
                                           const ExportRequest& request,
                                           const dataset::ExportSink& sink);

}  // namespace server
