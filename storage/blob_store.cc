#include "storage/blob_store.h"

namespace storage {
namespace {

constexpr std::string_view kDirectorySuffix = ".dir";

base::Error not_a_name() {
  return base::Error{base::Code::invalid,
                     "not an object's name: want 32 lower-case hexadecimal digits, then .dir for a "
                     "directory"};
}

}  // namespace

Result<BlobName> BlobName::parse(std::string_view text) {
  BlobName name;
  name.directory = text.ends_with(kDirectorySuffix);
  if (name.directory) text.remove_suffix(kDirectorySuffix.size());
  const auto md5 = base::Md5::from_hex(text);
  if (!md5.ok()) return not_a_name();
  name.md5 = *md5;
  return name;
}

Result<BlobName> BlobName::parse_path(std::string_view fan, std::string_view rest) {
  if (fan.size() != 2) return not_a_name();
  return parse(std::string(fan) + std::string(rest));
}

Result<std::string> BlobReader::read_whole(size_t limit) {
  if (size() > limit) {
    return base::Error{base::Code::limit, "longer than " + std::to_string(limit) + " bytes"};
  }
  std::string content(size(), '\0');
  size_t done = 0;
  while (done < content.size()) {
    const size_t got = TRY(read_at(done, std::span<char>(content).subspan(done)));
    if (got == 0) return base::Error{base::Code::internal, "a stored object became shorter"};
    done += got;
  }
  return content;
}

Result<base::ContentHashes> put_blob(BlobStore& store, std::string_view organisation,
                                     std::string_view content, const ExpectedContent& expected) {
  const auto writer = TRY(store.begin(organisation, expected));
  TRY(writer->write(content));
  const base::ContentHashes hashes = TRY(writer->seal());
  TRY(writer->publish());
  return hashes;
}

}  // namespace storage
