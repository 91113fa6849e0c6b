#include "server/flow/dvc_remote.h"

#include <algorithm>

#include "dataset/dvc_tree.h"

namespace server {
namespace {

constexpr size_t kChunk = size_t{256} << 10;

// Collection reads the first of the two (server/flow/collect.cc).
Result<void> audit_push(storage::Transaction& tx, const Actor& actor, const storage::BlobName& name,
                        Keeping keeping) {
  const char* action = keeping == Keeping::for_good ? "object.push" : "object.send";
  return audit(tx, actor, action, actor.project().path() + "/objects/" + name.text());
}

}  // namespace

Sight sight_of(const storage::Access& access) {
  return access.allows(corpus::Permission::document_read) ? Sight::all : Sight::released;
}

Result<SeenObject> see_object(storage::Transaction& tx, const storage::Project& project,
                              Sight sight, const storage::BlobName& name) {
  storage::BlobTable table(tx);
  if (TRY(table.is_withdrawn(project.id, name))) return SeenObject{.withdrawn = true};
  const auto record =
      sight == Sight::all ? table.find(project.id, name) : table.find_released(project.id, name);
  if (record.ok()) return SeenObject{.record = *record};
  if (record.error().code != base::Code::not_found) return record.error();
  return SeenObject{.withdrawn = sight == Sight::released &&
                                 TRY(table.is_named_by_withdrawn(project.id, name))};
}

Result<StoredObject> open_object(Services& services, const storage::Project& project, Sight sight,
                                 const storage::BlobName& name) {
  const SeenObject seen = TRY(services.database->read(
      [&](storage::Transaction& tx) { return see_object(tx, project, sight, name); }));
  StoredObject object;
  object.withdrawn = seen.withdrawn;
  if (seen.withdrawn) return object;
  if (!seen.record) return base::Error{base::Code::not_found, "no such object"};
  object.record = *seen.record;
  object.reader = TRY(services.blobs->open(project.organisation_slug, name));
  return object;
}

Result<StoredObject> open_bytes(Services& services, const storage::Project& project, Sight sight,
                                const storage::BlobName& name) {
  StoredObject object = TRY(open_object(services, project, sight, name));
  if (object.withdrawn) return base::Error{base::Code::not_found, "the object was withdrawn"};
  return object;
}

Result<void> take_object(Services& services, const Actor& actor, storage::ExpectedContent expected,
                         const ObjectSource& source, Keeping keeping) {
  const storage::Project& project = actor.project();
  expected.limit =
      expected.directory ? dataset::DvcTreeLimits().bytes : services.config.read_limits.input_bytes;
  auto writer = TRY(services.blobs->begin(project.organisation_slug, expected));
  std::string directory;
  std::string buffer(kChunk, '\0');
  while (const size_t got = TRY(source(buffer.data(), buffer.size()))) {
    const std::string_view chunk = std::string_view(buffer).substr(0, got);
    TRY(writer->write(chunk));
    if (expected.directory) directory += chunk;
  }
  const base::ContentHashes hashes = TRY(writer->seal());
  const storage::BlobName name{hashes.md5, expected.directory};
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
  const storage::BlobRecord record{
      name, hashes.sha256, hashes.size,
      keeping == Keeping::until_pushed ? std::string(storage::BlobTable::kUntilPushed) : ""};
  return services.database->write([&](storage::Transaction& tx) -> Result<void> {
    storage::BlobTable table(tx);
    TRY(name.directory ? table.record_directory(project, record, children)
                       : table.record(project, record));
    return audit_push(tx, actor, name, keeping);
  });
}

// The files first: collection looks at their age inside the transaction that takes their rows away,
// so that it either sees that they are needed or is seen here to have been faster.
Result<std::vector<storage::BlobName>> rely_on(Services& services, const Actor& actor,
                                               std::span<const storage::BlobName> names,
                                               Keeping keeping) {
  std::vector<storage::BlobName> there, gone;
  for (const storage::BlobName& name : names) {
    const auto renewed = services.blobs->renew(actor.project().organisation_slug, name);
    if (!renewed.ok() && renewed.error().code != base::Code::not_found) return renewed.error();
    (renewed.ok() ? there : gone).push_back(name);
  }
  if (there.empty()) return gone;
  TRY(services.database->write([&](storage::Transaction& tx) -> Result<void> {
    const auto missing = TRY(storage::BlobTable(tx).missing(actor.project().id, there));
    gone.insert(gone.end(), missing.begin(), missing.end());
    for (const storage::BlobName& name : there) {
      if (std::find(missing.begin(), missing.end(), name) != missing.end()) continue;
      TRY(audit_push(tx, actor, name, keeping));
    }
    return {};
  }));
  return gone;
}

Result<void> note_shown(Services& services, const Actor& actor, const StoredObject& object) {
  const storage::BlobName& name = object.record.name;
  if (object.withdrawn || !storage::BlobTable::may_be_leftover(object.record)) return {};
  if (!actor.may(corpus::Permission::data_push)) return {};
  const bool is_left = TRY(services.database->read([&](storage::Transaction& tx) -> Result<bool> {
    storage::BlobTable table(tx);
    TRY(table.find(actor.project().id, name));  // it may have been collected since
    return table.is_leftover(actor.project().organisation, name);
  }));
  if (!is_left) return {};
  const auto gone = TRY(rely_on(services, actor, std::span<const storage::BlobName>(&name, 1)));
  return gone.empty() ? Result<void>() : base::Error{base::Code::not_found, "no such object"};
}

}  // namespace server
