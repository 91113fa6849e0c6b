// Who the caller is and whether the route is theirs: the one door between requests and rights.
//
// Tokens and sessions are looked up in the database; a route below a project is decided by the
// caller's roles there, one below an organisation by their roles in it; any other right concerns
// the whole server and is its owners'. What a caller may not know of is answered like what does not
// exist.
#pragma once

#include <string>

#include "server/flow/actor.h"
#include "server/flow/services.h"
#include "server/http/rate_limit.h"
#include "server/http/router.h"

namespace server::http {

inline constexpr char kSessionCookie[] = "glossator_session";
inline constexpr char kCsrfCookie[] = "glossator_csrf";

Authorizer make_authorizer(Services& services, RateLimiter& failures);

// Of a route below a project, after the authorizer: on whose behalf the flow runs.
Actor actor_of(const Context& context);
// For the audit log, of any route: nobody, too.
Caller caller_of(const Context& context);
// Of any authenticated route.
const storage::Principal& principal_of(const Context& context);

}  // namespace server::http
