#include "dataset/export_format.h"

#include "dataset/detail/formats.h"

namespace dataset {

std::span<const ExportFormat* const> export_formats() {
  static const ExportFormat* const kAll[] = {
      &detail::kJsonl,       &detail::kJsonlDocuments,
      &detail::kCoco,        &detail::kYolo,
      &detail::kFunsd,       &detail::kBio,
      &detail::kBioes,       &detail::kLayoutLm,
      &detail::kLabelStudio, &detail::kLabelStudioConfiguration,
      &detail::kPageXml,     &detail::kAlto,
      &detail::kHocr,        &detail::kWebAnnotation,
      &detail::kImageFolder, &detail::kPdfFolder,
      &detail::kWebDataset,  &detail::kText,
  };
  return kAll;
}

const ExportFormat* find_export_format(std::string_view name) {
  for (const ExportFormat* format : export_formats()) {
    if (format->name == name) return format;
  }
  return nullptr;
}

base::Result<LossReport> run_export(const ExportFormat& format, const ExportInput& input,
                                    ExportOutput& out) {
  auto report = format.write(input, out);
  if (!report.ok() && out.full()) return LossReport{.format = std::string(format.name)};
  if (!report.ok()) return report;
  TRY(out.flush());
  report->format = format.name;
  return report;
}

}  // namespace dataset
