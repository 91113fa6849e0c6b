// What answers about documents have in common: their stored bytes, and the note in the audit log
// that somebody saw them.
#pragma once

#include <string>

#include "base/digest.h"
#include "server/flow/services.h"
#include "server/http/router.h"

namespace server::http {

// Whether the caller may read all documents of the project: others know only what they sent.
bool may_read_documents(const Context& context);

// The bytes of a stored object that belongs to the project; they never change, so caches may keep
// them. Code::not_found if the project has no such object.
base::Result<Reply> stored_reply(Services& services, const storage::Project& project,
                                 const base::Md5& md5, const std::string& media_type);

// Notes that the caller saw the document of the path: what, such as "page.read".
base::Result<void> audit_read(Services& services, const Context& context, std::string_view what);

}  // namespace server::http
