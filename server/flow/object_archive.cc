#include "server/flow/object_archive.h"

#include <algorithm>

namespace server {
namespace {

constexpr size_t kChunk = size_t{256} << 10;

using dataset::DvcObjectKind;

}  // namespace

Result<ObjectArchive> ObjectArchive::open(Services& services, const storage::Project& project,
                                          Sight sight, std::span<const storage::BlobName> names) {
  using Among = storage::BlobTable::Among;
  const auto records = TRY(services.database->read([&](storage::Transaction& tx) {
    return storage::BlobTable(tx).find_all(project.id, names,
                                           sight == Sight::all ? Among::visible : Among::released);
  }));
  std::vector<dataset::ArchivedObject> objects;
  for (const storage::BlobRecord& record : records) {
    objects.push_back({record.name.md5,
                       record.name.directory ? DvcObjectKind::directory : DvcObjectKind::file,
                       record.size});
  }
  const uint64_t size = TRY(dataset::object_archive_size(objects));
  return ObjectArchive(services, project.organisation_slug, std::move(objects), size);
}

Result<void> ObjectArchive::write(const dataset::ArchiveSink& sink) const {
  std::string buffer(kChunk, '\0');
  const auto read = [&](const dataset::ArchivedObject& object,
                        const dataset::ArchiveSink& out) -> Result<void> {
    const auto reader = TRY(services_->blobs->open(
        organisation_, {object.md5, object.kind == DvcObjectKind::directory}));
    for (uint64_t done = 0; done < object.size;) {
      const size_t want = std::min<uint64_t>(buffer.size(), object.size - done);
      const size_t got = TRY(reader->read_at(done, std::span(buffer.data(), want)));
      if (got == 0) {
        return base::Error{base::Code::internal, "a stored object is shorter than it was"};
      }
      TRY(out(std::string_view(buffer).substr(0, got)));
      done += got;
    }
    return {};
  };
  return dataset::write_object_archive(objects_, read, sink);
}

}  // namespace server
