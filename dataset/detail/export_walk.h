// What all exports do alike: walk the chosen documents and pages in order, choose annotations,
// count what is left out. Private to dataset/.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "dataset/export_source.h"

namespace dataset::detail {

// Calls `take` for each document of the chosen splits; refuses documents out of order.
base::Result<void> for_each_document(
    const ExportInput& input, ExportDepth depth,
    const std::function<base::Result<void>(const ExportDocument&)>& take);

// A page of a document that is being exported; valid as long as the document.
struct PageView {
  const ExportDocument& document;
  corpus::PageNumber number;

  const corpus::Page& page() const { return document.document.pages[number - 1]; }
  const ExportPage& content() const { return document.pages[number - 1]; }
  bool has_image() const { return page().image.size > 0; }
};

using TakePage = std::function<base::Result<void>(const PageView&)>;

// Calls `take` for each page, and counts documents and pages.
base::Result<void> for_each_page(const ExportInput& input, ExportDepth depth, LossReport& loss,
                                 const TakePage& take);
// The same for formats that know pages only by their image: others are lost, with what lies on
// them, and so are the labels of whole documents.
base::Result<void> for_each_imaged_page(const ExportInput& input, ExportDepth depth,
                                        LossReport& loss, const TakePage& take);

// The annotations that the options choose; the others are counted as lost.
std::vector<const corpus::Annotation*> chosen_annotations(
    const ExportOptions& options, const std::vector<corpus::Annotation>& annotations,
    LossReport& loss);

// The annotations of the document as a whole, in a format that has no place for them.
void lose_document_annotations(const ExportOptions& options, const ExportDocument& document,
                               LossReport& loss);

// What a format keeps of an annotation besides its label and its place.
enum Keeps : unsigned { kKeepsNothing = 0, kKeepsAttributes = 1, kKeepsText = 2, kKeepsAll = 7 };
// Counts what it does not keep.
void note_details(const corpus::Annotation& annotation, unsigned keeps, LossReport& loss);

// "documents/0/<id>/images/0001.png": where a snapshot has the image of a page.
std::string image_path(const corpus::Document& document, corpus::PageNumber page);
// "<id>-0001": a page's name in formats that have a file for each; without a dot.
std::string page_stem(const PageView& view);
// "<directory>/<id>-0001.png"
std::string page_image_file(const PageView& view, std::string_view directory);

// The part by the name that trainers know: train, val, test; others stay; without a split: train.
std::string usual_part(const std::string& split);

base::Json box_json(const corpus::Box& box);  // [x0,y0,x1,y1]
base::Json file_json(const corpus::StoredFile& file);

}  // namespace dataset::detail
