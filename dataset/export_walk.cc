#include "dataset/detail/export_walk.h"

#include <algorithm>

#include "corpus/layout.h"

namespace dataset::detail {

using base::Code;
using base::Error;
using base::Result;

namespace {

bool chooses(const ExportOptions& options, const std::string& split) {
  return options.splits.empty() ||
         std::find(options.splits.begin(), options.splits.end(), split) != options.splits.end();
}

}  // namespace

Result<void> for_each_document(const ExportOptions& options, const OpenExport& open,
                               const std::function<Result<void>(const ExportDocument&)>& take) {
  const NextDocument next = TRY(open());
  std::string previous;
  while (const auto document = TRY(next())) {
    const std::string& id = document->document.id.hex;
    if (id <= previous) {
      return Error{Code::invalid, "the documents of an export must come in ascending order"};
    }
    if (document->pages.size() != document->document.pages.size()) {
      return Error{Code::invalid, "document " + id + " came with another number of pages"};
    }
    previous = id;
    if (chooses(options, document->split)) TRY(take(*document));
  }
  return {};
}

std::vector<const corpus::Annotation*> chosen_annotations(
    const ExportOptions& options, const std::vector<corpus::Annotation>& annotations,
    LossReport& loss) {
  std::vector<const corpus::Annotation*> chosen;
  for (const corpus::Annotation& annotation : annotations) {
    const bool rejected =
        annotation.review && annotation.review->state == corpus::Verdict::rejected;
    if (rejected) {
      ++loss.lost["rejected"];
    } else if (annotation.proposed && !options.proposals) {
      ++loss.lost["proposal"];
    } else {
      chosen.push_back(&annotation);
    }
  }
  return chosen;
}

std::string image_path(const corpus::Document& document, corpus::PageNumber page) {
  const std::string extension = corpus::extension_of(document.pages[page - 1].image.media_type);
  return "documents/" + document.id.hex.substr(0, 1) + "/" + document.id.hex + "/images/" +
         corpus::page_image_name(page, extension);
}

base::Json box_json(const corpus::Box& box) {
  return base::Json::array({box.x0, box.y0, box.x1, box.y1});
}

}  // namespace dataset::detail
