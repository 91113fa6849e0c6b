// Every format that is read, each defined in the file of its name in dataset/imports/. Private to
// dataset/.
#pragma once

#include "dataset/import_format.h"

namespace dataset::detail {

extern const ImportFormat kImportCoco;
extern const ImportFormat kImportFunsd;
extern const ImportFormat kImportLabelStudio;
extern const ImportFormat kImportPage;

}  // namespace dataset::detail
