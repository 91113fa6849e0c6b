#include "storage/detail/blob_layout.h"

namespace storage {

Result<void> BlobLayout::check_organisation(std::string_view organisation) {
  const bool plain = organisation.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-") ==
                     std::string_view::npos;
  if (organisation.empty() || organisation.size() > 63 || !plain) {
    return base::Error{base::Code::invalid, "not an organisation's name"};
  }
  return {};
}

base::Path BlobLayout::path(std::string_view organisation, const BlobName& name) const {
  const std::string text = name.text();
  return objects(organisation) / text.substr(0, 2) / text.substr(2);
}

}  // namespace storage
