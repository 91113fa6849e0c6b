// Sources as they stand in document.json.
#pragma once

#include <span>

#include "base/json.h"
#include "corpus/diagnostic.h"
#include "corpus/source.h"

namespace corpus::detail {

base::Json sources_json(std::span<const Source> sources);
Source read_source(const base::Json& json, Diagnostics& problems);

}  // namespace corpus::detail
