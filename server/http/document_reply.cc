#include "server/http/document_reply.h"

#include <fcntl.h>

#include "server/flow/dvc_remote.h"
#include "server/http/authorize.h"

namespace server::http {

using base::Result;

bool may_read_documents(const Context& context) {
  return context.principal.access->allows(corpus::Permission::document_read);
}

Result<Reply> stored_reply(Services& services, const storage::Project& project,
                           const base::Md5& md5, const std::string& media_type) {
  const StoredObject object = TRY(open_bytes(services, project, Sight::all, {md5, false}));
  base::UniqueFd fd(::fcntl(object.reader->descriptor(), F_DUPFD_CLOEXEC, 0));
  if (!fd) return base::system_error("dup", "blob");
  return Reply::file(std::move(fd), object.reader->size(), media_type)
      .etag(object.record.sha256.hex())
      .immutable();
}

Result<void> audit_read(Services& services, const Context& context, std::string_view what) {
  const Actor actor = actor_of(context);
  return services.database->write([&](storage::Transaction& tx) {
    return audit(tx, actor, what, document_subject(actor.project(), context.parameter("id")));
  });
}

}  // namespace server::http
