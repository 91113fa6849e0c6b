// corpus::Source as JSON, as in document.json, for columns.
#pragma once

#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "corpus/document.h"

namespace storage {

base::Json source_json(const corpus::Source& source);
base::Json sources_json(const std::vector<corpus::Source>& sources);
base::Result<corpus::Source> parse_source(const base::Json& json);

// What a document is found by: external_id, file_name, customer, claim and its group keys.
std::vector<std::pair<std::string, std::string>> search_keys(
    const std::vector<corpus::Source>& sources);

}  // namespace storage
