// Every format, each defined in the file of its name in dataset/formats/. Private to dataset/.
#pragma once

#include "dataset/export_format.h"

namespace dataset::detail {

extern const ExportFormat kJsonl;
extern const ExportFormat kJsonlDocuments;
extern const ExportFormat kCoco;
extern const ExportFormat kYolo;
extern const ExportFormat kFunsd;
extern const ExportFormat kBio;
extern const ExportFormat kBioes;
extern const ExportFormat kLayoutLm;
extern const ExportFormat kLabelStudio;
extern const ExportFormat kLabelStudioConfiguration;
extern const ExportFormat kPageXml;
extern const ExportFormat kAlto;
extern const ExportFormat kHocr;
extern const ExportFormat kWebAnnotation;
extern const ExportFormat kImageFolder;
extern const ExportFormat kPdfFolder;
extern const ExportFormat kWebDataset;
extern const ExportFormat kText;

}  // namespace dataset::detail
