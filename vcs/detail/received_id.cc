#include "vcs/detail/received_id.h"

#include <git2.h>

#include <algorithm>

namespace vcs {

base::Result<ObjectId> id_of_received(ObjectKind kind, std::string_view content) {
  static const int started = git_libgit2_init();  // once per process, never shut down
  git_oid oid;
  // libgit2 numbers the kinds as packs do.
  const auto type = static_cast<git_object_t>(kind);
  if (started < 0 || git_odb_hash(&oid, content.data(), content.size(), type) != 0) {
    return base::Error{base::Code::invalid, "an object whose SHA-1 cannot be trusted"};
  }
  ObjectId id;
  std::copy_n(oid.id, ObjectId::kSize, id.bytes.begin());
  return id;
}

}  // namespace vcs
