// Wraps a POST handler so that a request sent again with the same Idempotency-Key gets the first
// reply and acts once (draft-ietf-httpapi-idempotency-key-header-07). Requests without the header
// pass through. A failed request leaves no trace: the client may try again.
//
// The same request: the same address and query, media type and bytes of the body (of a form, its
// parts). Another one under the same key is 422, one that comes while the first is at work 409.
// Bodies are digested as they stream by (server/http/body_digest.h).
#pragma once

#include "server/flow/services.h"
#include "server/http/router.h"

namespace server::http {

RouteHandler idempotent(Services& services, RouteHandler handler);

}  // namespace server::http
