// Where the directory store keeps things. DVC's layout of a remote:
// https://dvc.org/doc/user-guide/project-structure/internal-files#structure-of-the-cache-directory
#pragma once

#include <string_view>

#include "storage/blob_store.h"

namespace storage {

class BlobLayout {
 public:
  explicit BlobLayout(base::Path root) : root_(std::move(root)) {}

  // invalid if the name could leave its directory or meet ours.
  static Result<void> check_organisation(std::string_view organisation);
  base::Path incoming() const { return root_ / ".incoming"; }
  base::Path objects(std::string_view organisation) const {
    return root_ / organisation / "files" / "md5";
  }
  base::Path path(std::string_view organisation, const BlobName& name) const;

 private:
  base::Path root_;
};

}  // namespace storage
