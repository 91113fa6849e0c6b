// Every format that is read, each defined in the file of its name in dataset/imports/. Private to
// dataset/.
#pragma once

#include "dataset/import_format.h"

namespace dataset::detail {

extern const ImportFormat kImportAlto;
extern const ImportFormat kImportCoco;
extern const ImportFormat kImportFunsd;
extern const ImportFormat kImportHocr;
extern const ImportFormat kImportJsonl;
extern const ImportFormat kImportLabelStudio;
extern const ImportFormat kImportPage;

}  // namespace dataset::detail
