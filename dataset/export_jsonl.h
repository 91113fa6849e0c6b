// Glossator's own export: JSON, one page or one document a line, with words, annotations and the
// image's hashes (docs/formats/exports.md). Holds everything but the discussion and, unless asked
// for, proposals.
//
//   const LossReport loss = TRY(export_jsonl(options, JsonlUnit::page, open, sink));
//
// Streams: one document in memory. The same input and options give the same bytes.
#pragma once

#include "dataset/export_source.h"

namespace dataset {

enum class JsonlUnit { page, document };

base::Result<LossReport> export_jsonl(const ExportOptions& options, JsonlUnit unit,
                                      const OpenExport& open, const ExportSink& sink);

}  // namespace dataset
