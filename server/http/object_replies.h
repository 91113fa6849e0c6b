// What the routes of stored objects have in common, DVC's and those of Git LFS: how one is sent,
// and which status tells a client that one was not taken.
#pragma once

#include "base/result.h"
#include "server/flow/dvc_remote.h"
#include "server/http/reply.h"

namespace server::http {

// The bytes, with ranges; 410 for what was withdrawn, 503 if the file cannot be had.
Reply send_object(const StoredObject& object);

// 422 for other bytes than announced, 409 where something is missing or in the way, 413, 507; 503
// for what is the server's own trouble.
int upload_status_of(const base::Error& error);

// More than that is refused before it is read.
constexpr uint64_t kMostObjectBytes = uint64_t{64} << 30;

}  // namespace server::http
