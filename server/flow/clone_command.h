// The commands that clone only what one needs of a project: some documents, chosen as the list of
// documents chooses them. Partial and sparse, so that the cost follows what is chosen.
//
//   const auto ids = TRY(find_documents(database, query, "2026-03"));
//   print(clone_command(url, "claims", fan_out, ids));
//
// What comes out is for a shell: only URLs of ours and paths made of hexadecimal digits.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "corpus/layout.h"
#include "storage/document_table.h"

namespace server {

using base::Result;

// All in git that the query finds and, unless it is empty, came in that month, "2026-03", in UTC.
// The query's cursor and limit are of no account. Code::invalid for what is no month.
Result<std::vector<corpus::DocumentId>> find_documents(storage::Database& database,
                                                       storage::DocumentQuery query,
                                                       std::string_view month);

// The whole project is cloned without a choice of paths; its files come when they are asked for.
std::string clone_command(std::string_view url, std::string_view directory,
                          const corpus::FanOut& fan_out,
                          std::span<const corpus::DocumentId> documents, bool is_whole);

}  // namespace server
