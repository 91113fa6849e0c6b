#include "server/flow/dvc_remote.h"

#include "dataset/dvc_tree.h"

namespace server {
namespace {

constexpr size_t kChunk = size_t{256} << 10;

Result<void> audit_push(storage::Transaction& tx, const Actor& actor,
                        const storage::BlobName& name) {
  return audit(tx, actor, "object.push", actor.project().path() + "/objects/" + name.text());
}

}  // namespace

Sight sight_of(const storage::Access& access) {
  return access.allows(corpus::Permission::document_read) ? Sight::all : Sight::released;
}

Result<StoredObject> open_object(Services& services, const storage::Project& project, Sight sight,
                                 const storage::BlobName& name) {
  StoredObject object;
  TRY(services.database->read([&](storage::Transaction& tx) -> Result<void> {
    storage::BlobTable table(tx);
    object.withdrawn = TRY(table.is_withdrawn(project.id, name));
    if (object.withdrawn) return {};
    const auto record =
        sight == Sight::all ? table.find(project.id, name) : table.find_released(project.id, name);
    if (record.ok()) {
      object.record = *record;
      return {};
    }
    object.withdrawn =
        sight == Sight::released && TRY(table.is_named_by_withdrawn(project.id, name));
    return object.withdrawn ? Result<void>() : Result<void>(record.error());
  }));
  if (!object.withdrawn) object.reader = TRY(services.blobs->open(project.organisation_slug, name));
  return object;
}

Result<void> take_object(Services& services, const Actor& actor, const storage::BlobName& name,
                         const ObjectSource& source) {
  const storage::Project& project = actor.project();
  storage::ExpectedContent expected;
  expected.md5 = name.md5;
  expected.directory = name.directory;
  expected.limit =
      name.directory ? dataset::DvcTreeLimits().bytes : services.config.read_limits.input_bytes;
  auto writer = TRY(services.blobs->begin(project.organisation_slug, expected));
  std::string directory;
  std::string buffer(kChunk, '\0');
  while (const size_t got = TRY(source(buffer.data(), buffer.size()))) {
    const std::string_view chunk = std::string_view(buffer).substr(0, got);
    TRY(writer->write(chunk));
    if (name.directory) directory += chunk;
  }
  const base::ContentHashes hashes = TRY(writer->seal());
  std::vector<storage::BlobName> children;
  if (name.directory) {
    for (const auto& entry : TRY(dataset::parse_dvc_tree(directory)).entries) {
      children.push_back({entry.md5, false});
    }
  }
  const auto recorded = TRY(
      services.database->read([&](storage::Transaction& tx) -> Result<std::optional<base::Sha256>> {
        if (name.directory) {
          const auto missing = TRY(storage::BlobTable(tx).missing(project.id, children));
          if (!missing.empty()) {
            return base::Error{base::Code::conflict, "the directory names " +
                                                         std::to_string(missing.size()) +
                                                         " objects that are not there, such as " +
                                                         missing.front().text()};
          }
        }
        const auto known =
            TRY(storage::BlobTable(tx).find_in_organisation(project.organisation, name));
        return known ? std::optional(known->sha256) : std::nullopt;
      }));
  TRY(writer->publish(recorded));
  const storage::BlobRecord record{name, hashes.sha256, hashes.size, ""};
  return services.database->write([&](storage::Transaction& tx) -> Result<void> {
    storage::BlobTable table(tx);
    TRY(name.directory ? table.record_directory(project, record, children)
                       : table.record(project, record));
    return audit_push(tx, actor, name);
  });
}

Result<void> note_sent_again(Services& services, const Actor& actor,
                             const storage::BlobName& name) {
  return services.database->write(
      [&](storage::Transaction& tx) { return audit_push(tx, actor, name); });
}

}  // namespace server
