// The releases that routes are about, and the refusal of those that are gone.
#pragma once

#include <functional>
#include <string>

#include "server/flow/services.h"
#include "server/http/router.h"
#include "storage/release_table.h"

namespace server::http {

// Of the path parameters name and version.
base::Result<storage::ReleaseRow> release_of(Services& services, const Context& context);
// "1.2.0" of the same dataset, as the parameter `since` names it; Code::invalid if there is none.
base::Result<storage::ReleaseRow> earlier_release(Services& services, const Context& context,
                                                  const std::string& version);

// A handler of one release: 410 with the reason if that, or the earlier one that the parameter
// `since` names, was withdrawn or has expired.
using ReleaseHandler =
    std::function<base::Result<Reply>(Services&, Context&, const storage::ReleaseRow&)>;
RouteHandler of_release(Services& services, ReleaseHandler handler);

}  // namespace server::http
