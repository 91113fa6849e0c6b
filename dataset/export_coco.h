// COCO object detection (https://cocodataset.org, data format): images, boxes and categories in one
// JSON file (docs/formats/exports.md says what becomes what).
//
//   const LossReport loss = TRY(export_coco(options, schema, open, sink));
//
// Streams: reads the documents twice (images, then annotations), one in memory. Category ids are
// the places in the schema (labels, then tables; from 1): stable for one version of it. The same
// input and options give the same bytes.
#pragma once

#include "corpus/schema.h"
#include "dataset/export_source.h"

namespace dataset {

base::Result<LossReport> export_coco(const ExportOptions& options, const corpus::Schema& schema,
                                     const OpenExport& open, const ExportSink& sink);

}  // namespace dataset
