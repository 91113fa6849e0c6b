// What all exports do alike: walk the chosen documents in order, choose annotations, count what is
// left out. Private to dataset/.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "dataset/export_source.h"

namespace dataset::detail {

// Calls `take` for each document of the chosen splits; refuses documents out of order.
base::Result<void> for_each_document(
    const ExportOptions& options, const OpenExport& open,
    const std::function<base::Result<void>(const ExportDocument&)>& take);

// The annotations that the options choose; the others are counted as lost.
std::vector<const corpus::Annotation*> chosen_annotations(
    const ExportOptions& options, const std::vector<corpus::Annotation>& annotations,
    LossReport& loss);

// "documents/0/<id>/images/0001.png": where a snapshot has the image of a page.
std::string image_path(const corpus::Document& document, corpus::PageNumber page);

base::Json box_json(const corpus::Box& box);  // [x0,y0,x1,y1]

}  // namespace dataset::detail
