// What a list of documents is asked for, in the query of a request: the same words for the list
// itself and for what is done to all documents that it would show.
#pragma once

#include <vector>

#include "server/flow/services.h"
#include "server/http/router.h"
#include "storage/document_table.h"

namespace server::http {

// q, label, state, review, ...: declare these on a route that calls document_query().
std::vector<Parameter> document_filters();

// The filters and `sort`. Code::invalid says which is wrong.
base::Result<storage::DocumentQuery> document_query(Services& services, const Context& context);

// Whether the answer tells of text, labels, review or others' metadata by what it finds.
bool searches(const Context& context);

}  // namespace server::http
