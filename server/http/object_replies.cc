#include "server/http/object_replies.h"

#include <fcntl.h>

namespace server::http {

Reply send_object(const StoredObject& object) {
  if (object.withdrawn) return Reply::empty(410);
  base::UniqueFd fd(::fcntl(object.reader->descriptor(), F_DUPFD_CLOEXEC, 0));
  if (!fd) return Reply::empty(503);
  return Reply::file(std::move(fd), object.reader->size(), "application/octet-stream")
      .etag(object.record.name.md5.hex())
      .immutable();
}

int upload_status_of(const base::Error& error) {
  switch (error.code) {
    case base::Code::invalid:
      return 422;
    case base::Code::conflict:
      return 409;
    case base::Code::limit:
      return 413;
    case base::Code::no_space:
      return 507;
    default:
      return 503;
  }
}

}  // namespace server::http
