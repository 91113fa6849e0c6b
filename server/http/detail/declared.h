// Checks a request against what its route declares: parameters, body, media type, size.
#pragma once

#include <optional>

#include "server/http/problem.h"
#include "server/http/router.h"

namespace server::http::detail {

// 400, 413 or 415 for the first thing that is not as declared. Undeclared query parameters are not
// looked at: clients may send more than an older server knows.
std::optional<Problem> refuse_undeclared(const Route& route, const Request& request);

}  // namespace server::http::detail
