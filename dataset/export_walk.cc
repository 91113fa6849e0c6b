#include "dataset/detail/export_walk.h"

#include <algorithm>

#include "corpus/layout.h"

namespace dataset::detail {

using base::Code;
using base::Error;
using base::Json;
using base::Result;

namespace {

bool chooses(const ExportOptions& options, const std::string& split) {
  return options.splits.empty() ||
         std::find(options.splits.begin(), options.splits.end(), split) != options.splits.end();
}

}  // namespace

Result<void> for_each_document(const ExportInput& input, ExportDepth depth,
                               const std::function<Result<void>(const ExportDocument&)>& take) {
  const NextDocument next = TRY(input.open(input.options, depth));
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
    if (chooses(input.options, document->split)) TRY(take(*document));
  }
  return {};
}

Result<void> for_each_page(const ExportInput& input, ExportDepth depth, LossReport& loss,
                           const TakePage& take) {
  return for_each_document(input, depth, [&](const ExportDocument& document) -> Result<void> {
    ++loss.documents;
    for (corpus::PageNumber number = 1; number <= document.pages.size(); ++number) {
      ++loss.pages;
      TRY(take({document, number}));
    }
    return {};
  });
}

Result<void> for_each_imaged_page(const ExportInput& input, ExportDepth depth, LossReport& loss,
                                  const TakePage& take) {
  return for_each_page(input, depth, loss, [&](const PageView& view) -> Result<void> {
    if (view.number == 1) lose_document_annotations(input.options, view.document, loss);
    if (view.has_image()) return take(view);
    --loss.pages;
    loss.lose("page without an image");
    loss.lose("annotation on a page without an image",
              chosen_annotations(input.options, view.content().annotations, loss).size());
    return {};
  });
}

std::vector<const corpus::Annotation*> chosen_annotations(
    const ExportOptions& options, const std::vector<corpus::Annotation>& annotations,
    LossReport& loss) {
  std::vector<const corpus::Annotation*> chosen;
  for (const corpus::Annotation& annotation : annotations) {
    const bool rejected =
        annotation.review && annotation.review->state == corpus::Verdict::rejected;
    if (rejected) {
      loss.lose("rejected");
    } else if (annotation.proposed && !options.proposals) {
      loss.lose("proposal");
    } else {
      chosen.push_back(&annotation);
    }
  }
  return chosen;
}

void lose_document_annotations(const ExportOptions& options, const ExportDocument& document,
                               LossReport& loss) {
  loss.lose("annotation of a whole document",
            chosen_annotations(options, document.annotations, loss).size());
}

void note_details(const corpus::Annotation& annotation, unsigned keeps, LossReport& loss) {
  if (keeps == kKeepsAll) return;
  if (!(keeps & kKeepsAttributes) && !annotation.attributes.empty()) loss.lose("attributes");
  if (!(keeps & kKeepsText) && annotation.text) loss.lose("text in normal form");
  if (annotation.origin || annotation.review || annotation.anchor || !annotation.extra.empty()) {
    loss.lose("origin, review, anchor or x- keys");
  }
}

std::string image_path(const corpus::Document& document, corpus::PageNumber page) {
  const std::string extension = corpus::extension_of(document.pages[page - 1].image.media_type);
  return "documents/" + document.id.hex.substr(0, 1) + "/" + document.id.hex + "/images/" +
         corpus::page_image_name(page, extension);
}

std::string page_stem(const PageView& view) {
  return view.document.document.id.hex + "-" + corpus::page_digits(view.number);
}

std::string page_image_file(const PageView& view, std::string_view directory) {
  return std::string(directory) + "/" + page_stem(view) + "." +
         corpus::extension_of(view.page().image.media_type);
}

std::string usual_part(const std::string& split) {
  if (split.empty() || split == "training") return "train";
  if (split == "validation" || split == "valid" || split == "dev") return "val";
  if (split == "testing" || split == "eval" || split == "evaluation") return "test";
  return split;
}

Json box_json(const corpus::Box& box) {
  return Json::array({box.x0, box.y0, box.x1, box.y1});
}

Json file_json(const corpus::StoredFile& file) {
  return Json::object({{"md5", file.md5.hex()},
                       {"sha256", file.sha256.hex()},
                       {"size", file.size},
                       {"media_type", file.media_type}});
}

}  // namespace dataset::detail
