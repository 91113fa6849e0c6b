// The formats in which a release leaves. A new one is one file in dataset/formats/ that defines an
// ExportFormat, and its line in export_format.cc; docs/formats/exports.md says what becomes what.
//
//   const ExportFormat* format = find_export_format("yolo");
//   ExportOutput out(sink, read_stored);
//   const LossReport loss = TRY(run_export(*format, input, out));
//
// A format streams: one document in memory, whatever the size of the project. The same input gives
// the same bytes; nothing in them names a host, a time or the order in which things arrived.
#pragma once

#include <span>
#include <string_view>

#include "base/result.h"
#include "dataset/export_output.h"
#include "dataset/export_source.h"

namespace dataset {

struct ExportFormat {
  std::string_view name;        // in URLs and the loss report: "yolo"
  std::string_view ending;      // of a download's name: "yolo.tar"
  std::string_view media_type;  // of the stream
  std::string_view summary;     // a line for people
  base::Result<LossReport> (*write)(const ExportInput&, ExportOutput&);
};

std::span<const ExportFormat* const> export_formats();
// Null if there is none of that name.
const ExportFormat* find_export_format(std::string_view name);

// Writes all of it, or what of it lies in the output's window.
base::Result<LossReport> run_export(const ExportFormat& format, const ExportInput& input,
                                    ExportOutput& out);

// Grows whenever the bytes of any format change: part of an export's name in caches.
inline constexpr int kExportRevision = 3;

}  // namespace dataset
