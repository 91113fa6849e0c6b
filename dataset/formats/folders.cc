// imagefolder and pdffolder of Hugging Face's `datasets`: a tar with a directory for each part of
// the split, in it metadata.jsonl and the files that its column file_name names. The metadata comes
// before the files, so its size is measured first: the documents are read three times.
#include <map>
#include <set>

#include "base/json.h"
#include "dataset/detail/formats.h"
#include "dataset/detail/objects_json.h"
#include "dataset/detail/tar_writer.h"

namespace dataset::detail {
namespace {

using base::Json;
using base::Result;

// What differs between the two: a row, and the file beside it, for each page or each document.
struct Folder {
  std::string format;
  std::function<std::string(const ExportDocument&, const ExportOptions&, LossReport&)> rows;
  std::function<Result<void>(const ExportDocument&, const std::string& directory, TarWriter&)>
      files;
};

// Splits that `datasets` knows have directories of their own; several parts may share one.
std::string directory_of(const std::string& split) {
  const std::string part = usual_part(split);
  return part == "val" ? "validation" : part;
}

class FolderExport {
 public:
  FolderExport(Folder folder, const ExportInput& input, ExportOutput& out)
      : folder_(std::move(folder)), input_(input), out_(out), tar_(out) {}

  Result<LossReport> write() {
    loss_.format = folder_.format;
    TRY(find_parts());
    for (const auto& [directory, parts] : parts_) TRY(write_metadata(directory, parts));
    if (input_.options.images) TRY(write_files());
    TRY(tar_.add("loss.json", print_loss(loss_)));
    TRY(tar_.finish());
    return std::move(loss_);
  }

 private:
  using TakeRows = std::function<Result<void>(const std::string&)>;

  Result<void> find_parts() {
    return for_each_document(input_, ExportDepth::pages,
                             [&](const ExportDocument& document) -> Result<void> {
                               parts_[directory_of(document.split)].insert(document.split);
                               return {};
                             });
  }

  Result<void> for_each_row(const std::set<std::string>& parts, LossReport& loss,
                            const TakeRows& take) {
    ExportInput part = input_;
    part.options.splits.assign(parts.begin(), parts.end());
    return for_each_document(part, ExportDepth::content, [&](const ExportDocument& document) {
      ++loss.documents;
      return take(folder_.rows(document, input_.options, loss));
    });
  }

  Result<void> write_metadata(const std::string& directory, const std::set<std::string>& parts) {
    uint64_t size = 0;
    LossReport counted_later;
    TRY(for_each_row(parts, counted_later, [&](const std::string& rows) -> Result<void> {
      size += rows.size();
      return {};
    }));
    if (size == 0) {  // `datasets` takes an empty part for an error
      return for_each_row(parts, loss_, [](const std::string&) { return Result<void>(); });
    }
    return tar_.add(directory + "/metadata.jsonl", size, [&] {
      return for_each_row(parts, loss_, [&](const std::string& rows) { return out_.write(rows); });
    });
  }

  Result<void> write_files() {
    return for_each_document(input_, ExportDepth::pages, [&](const ExportDocument& document) {
      return folder_.files(document, directory_of(document.split), tar_);
    });
  }

  const Folder folder_;
  const ExportInput& input_;
  ExportOutput& out_;
  TarWriter tar_;
  LossReport loss_;
  std::map<std::string, std::set<std::string>> parts_;  // directory -> parts of the split
};

std::string image_name(const PageView& view) {
  return page_stem(view) + "." + corpus::extension_of(view.page().image.media_type);
}

std::string image_rows(const ExportDocument& document, const ExportOptions& options,
                       LossReport& loss) {
  std::string rows;
  lose_document_annotations(options, document, loss);
  for (corpus::PageNumber number = 1; number <= document.pages.size(); ++number) {
    const PageView view{document, number};
    const ChosenPage page(options, view, loss);
    if (!view.has_image()) {
      loss.lose("page without an image");
      loss.lose("annotation on a page without an image", page.annotations.size());
      continue;
    }
    ++loss.pages;
    Json row = Json::object({{"file_name", image_name(view)},
                             {"document", document.document.id.hex},
                             {"page", number}});
    add_page_columns(row, page, loss);
    rows += row.print() + "\n";
  }
  return rows;
}

Result<void> add_images(const ExportDocument& document, const std::string& directory,
                        TarWriter& tar) {
  for (corpus::PageNumber number = 1; number <= document.pages.size(); ++number) {
    const PageView view{document, number};
    if (view.has_image()) TRY(tar.add(page_image_file(view, directory), view.page().image));
  }
  return {};
}

bool is_pdf(const ExportDocument& document) {
  return document.document.source.media_type == "application/pdf";
}

std::string pdf_row(const ExportDocument& document, const ExportOptions& options,
                    LossReport& loss) {
  if (!is_pdf(document)) {
    loss.lose("document that is no PDF");
    return {};
  }
  lose_document_annotations(options, document, loss);
  Json pages = Json::array();
  for (corpus::PageNumber number = 1; number <= document.pages.size(); ++number) {
    ++loss.pages;
    Json page = Json::object({{"page", number}});
    add_page_columns(page, ChosenPage(options, {document, number}, loss), loss);
    pages.push(std::move(page));
  }
  const std::string& id = document.document.id.hex;
  return Json::object({{"file_name", id + ".pdf"}, {"document", id}, {"pages", std::move(pages)}})
             .print() +
         "\n";
}

Result<void> add_pdf(const ExportDocument& document, const std::string& directory, TarWriter& tar) {
  if (!is_pdf(document)) return {};
  return tar.add(directory + "/" + document.document.id.hex + ".pdf", document.document.source);
}

Result<LossReport> write_images(const ExportInput& input, ExportOutput& out) {
  return FolderExport({"imagefolder", image_rows, add_images}, input, out).write();
}

Result<LossReport> write_pdfs(const ExportInput& input, ExportOutput& out) {
  return FolderExport({"pdffolder", pdf_row, add_pdf}, input, out).write();
}

}  // namespace

const ExportFormat kImageFolder = {
    .name = "imagefolder",
    .ending = "imagefolder.tar",
    .media_type = "application/x-tar",
    .summary = "Hugging Face imagefolder: page images and metadata.jsonl in a tar",
    .write = write_images,
};

const ExportFormat kPdfFolder = {
    .name = "pdffolder",
    .ending = "pdffolder.tar",
    .media_type = "application/x-tar",
    .summary = "Hugging Face pdffolder: the PDFs and metadata.jsonl in a tar",
    .write = write_pdfs,
};

}  // namespace dataset::detail
