#include "server/flow/collect.h"

#include <algorithm>
#include <map>
#include <set>
#include <unordered_set>

#include "base/text.h"
#include "server/flow/snapshot_objects.h"
#include "storage/audit_log.h"
#include "storage/blob_table.h"
#include "storage/settings_table.h"
#include "storage/user_store.h"
#include "vcs/commit.h"
#include "vcs/diff.h"

namespace server {
namespace {

using storage::BlobName;
using Names = std::set<BlobName>;
using Since = std::map<BlobName, base::Milliseconds>;  // when it was first seen to be unneeded

constexpr size_t kEntriesAtOnce = 1000;
constexpr std::string_view kPushedObjects = "/objects/";

// What the pointers of a repository's commits name: of every commit that a ref reaches.
class Pointers {
 public:
  explicit Pointers(Names& names) : names_(names) {}

  Result<void> add(const vcs::Repository& repository) {
    std::unordered_set<vcs::ObjectId> seen;
    std::vector<vcs::ObjectId> waiting;
    for (const vcs::Ref& ref : repository.refs().list("refs/")) {
      const vcs::ObjectId tip = TRY(vcs::peel(repository, ref.target));
      if (TRY(repository.header(tip)).kind == vcs::ObjectKind::commit) waiting.push_back(tip);
    }
    while (!waiting.empty()) {
      const vcs::ObjectId id = waiting.back();
      waiting.pop_back();
      if (!seen.insert(id).second) continue;
      const auto parents = TRY(vcs::read_commit(repository, id)).parents;
      waiting.insert(waiting.end(), parents.begin(), parents.end());
      // What came from further parents is in their own commits.
      TRY(add_changes(repository, parents.empty() ? vcs::kNoObject : parents.front(), id));
    }
    return {};
  }

 private:
  Result<void> add_changes(const vcs::Repository& repository, const vcs::ObjectId& before,
                           const vcs::ObjectId& after) {
    return vcs::diff_commits(
        repository, before, after, [&](const vcs::Change& change) -> Result<bool> {
          if (!change.after || !change.path.ends_with(".dvc")) return true;
          const std::string content =
              TRY(vcs::read_object_of(repository, vcs::ObjectKind::blob, change.after->id));
          for (const BlobName& name : TRY(pointed_to(change.path, content))) names_.insert(name);
          return true;
        });
  }

  Names& names_;
};

class Collecting {
 public:
  Collecting(Services& services, const storage::Organisation& organisation,
             const CollectOptions& options)
      : services_(services), organisation_(organisation), options_(options) {}

  Result<CollectReport> run() {
    const auto left = TRY(services_.database->read([&](storage::Transaction& tx) {
      return storage::BlobTable(tx).left_by_releases(organisation_.id);
    }));
    if (!left.empty()) TRY(find_needed());
    for (const storage::BlobRecord& record : left) TRY(consider(record));
    TRY(find_nameless());
    const Since since = TRY(note_unneeded());
    TRY(remove(since));
    return report_;
  }

 private:
  Result<void> find_needed() {
    Pointers pointers(needed_);
    for (const storage::Project& project : TRY(services_.database->read(
             [](storage::Transaction& tx) { return storage::UserStore(tx).projects(); }))) {
      if (project.organisation != organisation_.id) continue;
      projects_.push_back(project.id);
      const auto open = TRY(services_.catalog->open(project));
      TRY(pointers.add(*open->repository));
      TRY(pointers.add(*open->data));
    }
    return add_pushed();
  }

  // The audit log knows what clients have sent: their pointers lie in repositories of their own.
  Result<void> add_pushed() {
    storage::AuditQuery query;
    query.action_prefix = "object.push";
    query.limit = kEntriesAtOnce;
    while (true) {
      const auto entries = TRY(services_.database->read(
          [&](storage::Transaction& tx) { return storage::AuditLog(tx).read(query); }));
      if (entries.empty()) return {};
      for (const storage::AuditEntry& entry : entries) {
        const size_t at = entry.resource.rfind(kPushedObjects);
        if (at == entry.resource.npos) continue;
        const auto name = BlobName::parse(entry.resource.substr(at + kPushedObjects.size()));
        if (name.ok()) needed_.insert(*name);
      }
      query.after = entries.back().sequence;
    }
  }

  // Directories come before files: a file stays if one of its directories does.
  Result<void> consider(const storage::BlobRecord& record) {
    if (needed_.contains(record.name)) return {};
    for (const BlobName& directory : TRY(services_.database->read([&](storage::Transaction& tx) {
           return storage::BlobTable(tx).directories_of(organisation_.id, record.name);
         }))) {
      if (!unneeded_.contains(directory)) return {};
    }
    unneeded_[record.name] = record.size;
    return {};
  }

  // Files that no row names. Their age is known without notes.
  Result<void> find_nameless() {
    const auto visit = [&](const storage::BlobEntry& entry) -> Result<bool> {
      ++report_.objects;
      const bool is_known =
          TRY(services_.database->read([&](storage::Transaction& tx) -> Result<bool> {
            return TRY(storage::BlobTable(tx).find_in_organisation(organisation_.id, entry.name))
                .has_value();
          }));
      if (is_known) return true;
      ++report_.unneeded;
      if (entry.modified_at + options_.grace > options_.now) return true;
      count_removed(entry.size);
      nameless_.push_back(entry.name);
      return true;
    };
    return services_.blobs->for_each(organisation_.slug, visit);
  }

  void count_removed(uint64_t size) {
    ++report_.removed;
    report_.removed_bytes += size;
  }

  std::string notes_key() const { return "unneeded-since:" + organisation_.slug; }

  // Since when each has been unneeded; what is needed again begins anew some day.
  Result<Since> note_unneeded() {
    const auto text = TRY(services_.database->read(
        [&](storage::Transaction& tx) { return storage::SettingsTable(tx).find(notes_key()); }));
    Since since;
    for (const auto& [name, size] : unneeded_) since.emplace(name, options_.now);
    for (const std::string_view line : base::split(text.value_or(""), '\n')) {
      const size_t blank = line.find(' ');
      if (blank == line.npos) continue;
      const auto name = BlobName::parse(line.substr(0, blank));
      const auto time = base::parse_integer(line.substr(blank + 1));
      if (!name.ok() || !time) continue;
      const auto known = since.find(*name);
      if (known != since.end()) known->second = std::min(known->second, *time);
    }
    if (!options_.dry_run) TRY(keep_notes(since));
    return since;
  }

  Result<void> keep_notes(const Since& since) {
    std::string text;
    for (const auto& [name, time] : since) text += name.text() + " " + std::to_string(time) + "\n";
    return services_.database->write([&](storage::Transaction& tx) {
      return storage::SettingsTable(tx).set(notes_key(), text);
    });
  }

  Result<void> remove(const Since& since) {
    for (const bool directories : {true, false}) {
      for (const auto& [name, size] : unneeded_) {
        if (name.directory != directories) continue;
        ++report_.unneeded;
        if (since.at(name) + options_.grace > options_.now) continue;
        if (!options_.dry_run && !TRY(remove_row(name))) continue;
        count_removed(size);
        if (!options_.dry_run) TRY(services_.blobs->remove(organisation_.slug, name));
      }
    }
    if (options_.dry_run) return {};
    for (const BlobName& name : nameless_) {
      TRY(services_.blobs->remove(organisation_.slug, name));
    }
    return {};
  }

  // False if a directory that is still there names it.
  Result<bool> remove_row(const BlobName& name) {
    const auto removed = services_.database->write([&](storage::Transaction& tx) -> Result<void> {
      storage::BlobTable table(tx);
      for (const storage::ProjectId project : projects_) TRY(table.withdraw(project, name));
      return table.forget(organisation_.id, name);
    });
    if (removed.ok()) return true;
    if (removed.error().code == base::Code::conflict) return false;
    return removed.error();
  }

  Services& services_;
  const storage::Organisation& organisation_;
  const CollectOptions& options_;
  std::vector<storage::ProjectId> projects_;
  Names needed_;
  std::map<BlobName, uint64_t> unneeded_;  // and their sizes
  std::vector<BlobName> nameless_;         // past their grace
  CollectReport report_;
};

}  // namespace

Result<CollectReport> collect(Services& services, const storage::Organisation& organisation,
                              const CollectOptions& options) {
  return Collecting(services, organisation, options).run();
}

}  // namespace server
