#include "server/flow/lfs.h"

#include <algorithm>
#include <set>

#include "corpus/project_settings.h"
#include "vcs/diff.h"

namespace server {
namespace {

using corpus::LfsPointer;

constexpr char kPushBytes[] = "send the files first: git lfs push --all origin";

Result<LfsObject> look_up(storage::Transaction& tx, const storage::Project& project, Sight sight,
                          const LfsPointer& pointer) {
  const auto record = TRY(storage::BlobTable(tx).find_by_sha256(project.id, pointer.sha256));
  if (!record) return LfsObject{};
  const SeenObject seen = TRY(see_object(tx, project, sight, record->name));
  if (seen.withdrawn) return LfsObject{.state = LfsState::withdrawn};
  if (!seen.record) return LfsObject{};
  if (record->size != pointer.size) return LfsObject{.state = LfsState::resized};
  return LfsObject{LfsState::there, record->name};
}

// A pointer, and where a commit has it.
struct Placed {
  std::string commit;
  std::string path;
};

// The pointers that commits bring, in the order in which they come.
class NewPointers {
 public:
  explicit NewPointers(const vcs::ObjectReader& objects) : objects_(objects) {}

  Result<void> add(const vcs::NewCommit& commit) {
    const vcs::ObjectId before =
        commit.commit.parents.empty()
            ? vcs::kNoObject
            : TRY(tree_in(TRY(vcs::Snapshot::at_commit(objects_, commit.commit.parents.front()))));
    const vcs::ObjectId after = TRY(tree_in(vcs::Snapshot(objects_, commit.commit.tree)));
    return vcs::diff_trees(objects_, before, after, [&](const vcs::Change& change) -> Result<bool> {
      if (!change.after) return true;
      const auto pointer = corpus::parse_lfs_pointer(TRY(vcs::read_object_of(
          objects_, vcs::ObjectKind::blob, change.after->id, corpus::kMaxLfsPointerBytes)));
      if (!pointer.ok()) return pointer.error();
      if (pointer->is_empty()) return true;
      pointers.push_back(*pointer);
      places.push_back(
          {name_of(commit), std::string(corpus::kAttachments) + "/" + std::string(change.path)});
      return true;
    });
  }

  std::vector<LfsPointer> pointers;
  std::vector<Placed> places;

 private:
  // Of the attachments alone.
  static Result<vcs::ObjectId> tree_in(const vcs::Snapshot& snapshot) {
    const auto entry = TRY(snapshot.entry(corpus::kAttachments));
    return entry ? entry->id : vcs::kNoObject;
  }

  const vcs::ObjectReader& objects_;
};

std::string complaint_of(const Placed& place, const LfsPointer& pointer, LfsState state) {
  const std::string line = place.commit + ": " + place.path + ": ";
  if (state == LfsState::resized)
    return line + "its pointer names another size than its bytes have";
  if (state == LfsState::withdrawn) return line + "its bytes were withdrawn with a release";
  return line + "its bytes are not here (sha256 " + pointer.sha256.hex() + ")";
}

}  // namespace

bool uses_lfs(const storage::Project& project) {
  return corpus::settings_of(project.settings).git_lfs;
}

Result<std::vector<LfsObject>> look_up_lfs(Services& services, const storage::Project& project,
                                           Sight sight, std::span<const LfsPointer> pointers) {
  return services.database->read([&](storage::Transaction& tx) -> Result<std::vector<LfsObject>> {
    std::vector<LfsObject> objects;
    for (const LfsPointer& pointer : pointers) {
      objects.push_back(TRY(look_up(tx, project, sight, pointer)));
    }
    return objects;
  });
}

Result<std::optional<storage::BlobName>> find_lfs_object(Services& services,
                                                         const storage::Project& project,
                                                         const base::Sha256& sha256) {
  const auto record = TRY(services.database->read([&](storage::Transaction& tx) {
    return storage::BlobTable(tx).find_by_sha256(project.id, sha256);
  }));
  return record ? std::optional(record->name) : std::nullopt;
}

Result<std::vector<LfsObject>> rely_on_lfs(Services& services, const Actor& actor,
                                           std::span<const LfsPointer> pointers) {
  auto objects = TRY(look_up_lfs(services, actor.project(), Sight::all, pointers));
  std::set<storage::BlobName> there;
  for (const LfsObject& object : objects) {
    if (object.state == LfsState::there) there.insert(object.name);
  }
  const std::vector<storage::BlobName> names(there.begin(), there.end());
  const auto gone = TRY(rely_on(services, actor, names, Keeping::until_pushed));
  for (LfsObject& object : objects) {
    if (std::find(gone.begin(), gone.end(), object.name) != gone.end()) object = {};
  }
  return objects;
}

Result<void> judge_attachments(Services& services, const Actor& actor,
                               std::span<const vcs::NewCommit> commits,
                               const vcs::ObjectReader& objects, Complaints& complaints) {
  NewPointers brought(objects);
  for (const vcs::NewCommit& commit : commits) TRY(brought.add(commit));
  const auto found = TRY(rely_on_lfs(services, actor, brought.pointers));
  for (size_t i = 0; i < found.size(); ++i) {
    if (found[i].state == LfsState::there) continue;
    complaints.add(complaint_of(brought.places[i], brought.pointers[i], found[i].state));
    complaints.hint(kPushBytes);
  }
  return {};
}

}  // namespace server
