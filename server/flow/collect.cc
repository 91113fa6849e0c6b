#include "server/flow/collect.h"

#include <algorithm>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <unordered_set>

#include "base/text.h"
#include "corpus/layout.h"
#include "corpus/lfs_pointer.h"
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

// What the pointers of a repository's commits name, DVC's and those of Git LFS: of every commit
// that a ref reaches.
struct Pointed {
  Names names;
  std::unordered_set<base::Sha256> hashes;
  bool contains(const storage::BlobRecord& record) const {
    return names.contains(record.name) || hashes.contains(record.sha256);
  }
};

class Pointers {
 public:
  Pointers(Pointed& pointed, const vcs::StopAsked& stop) : pointed_(pointed), stop_(stop) {}

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
      TRY(vcs::go_on(stop_));
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
          if (!change.after) return true;
          const bool is_attachment = is_in_attachments(change.path);
          if (!is_attachment && !change.path.ends_with(".dvc")) return true;
          const std::string content =
              TRY(vcs::read_object_of(repository, vcs::ObjectKind::blob, change.after->id));
          return is_attachment ? add_attachment(content) : add_pointer(change.path, content);
        });
  }

  static bool is_in_attachments(std::string_view path) {
    return corpus::classify(path).kind == corpus::PathKind::attachment;
  }

  Result<bool> add_pointer(std::string_view path, std::string_view content) {
    for (const BlobName& name : TRY(pointed_to(path, content))) pointed_.names.insert(name);
    return true;
  }

  Result<bool> add_attachment(std::string_view content) {
    const auto pointer = corpus::parse_lfs_pointer(content);
    if (pointer.ok()) pointed_.hashes.insert(pointer->sha256);
    return true;
  }

  Pointed& pointed_;
  const vcs::StopAsked& stop_;
};

class Collecting {
 public:
  Collecting(Services& services, const storage::Organisation& organisation,
             const CollectOptions& options)
      : services_(services), organisation_(organisation), options_(options) {}

  Result<CollectReport> run() {
    const auto left = TRY(services_.database->read([&](storage::Transaction& tx) {
      return storage::BlobTable(tx).leftovers(organisation_.id);
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
    Pointers pointers(needed_, options_.stop);
    for (const storage::Project& project : TRY(services_.database->read(
             [](storage::Transaction& tx) { return storage::UserStore(tx).projects(); }))) {
      if (project.organisation != organisation_.id) continue;
      const auto open = TRY(services_.catalog->open(project));
      projects_.push_back(open);
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
        if (name.ok()) needed_.names.insert(*name);
      }
      query.after = entries.back().sequence;
    }
  }

  // Directories come before files: a file stays if one of its directories does.
  Result<void> consider(const storage::BlobRecord& record) {
    if (needed_.contains(record)) return keep(record);
    for (const BlobName& directory : TRY(services_.database->read([&](storage::Transaction& tx) {
           return storage::BlobTable(tx).directories_of(organisation_.id, record.name);
         }))) {
      if (!unneeded_.contains(directory)) return {};
    }
    unneeded_[record.name] = record.size;
    return {};
  }

  // What was sent in advance of a push that has come is no candidate again: else each day would
  // walk all history to find that git names it.
  Result<void> keep(const storage::BlobRecord& record) {
    if (options_.dry_run || record.media_type != storage::BlobTable::kUntilPushed) return {};
    return services_.database->write([&](storage::Transaction& tx) {
      return storage::BlobTable(tx).keep(organisation_.id, record.name);
    });
  }

  // Files that no row names. Their age is known without notes.
  Result<void> find_nameless() {
    std::vector<storage::BlobEntry> entries;
    TRY(services_.blobs->for_each(organisation_.slug,
                                  [&](const storage::BlobEntry& entry) -> Result<bool> {
                                    entries.push_back(entry);
                                    if (entries.size() >= kEntriesAtOnce)
                                      TRY(look_for_rows(std::exchange(entries, {})));
                                    return true;
                                  }));
    return look_for_rows(entries);
  }

  Result<void> look_for_rows(const std::vector<storage::BlobEntry>& entries) {
    TRY(vcs::go_on(options_.stop));
    report_.objects += entries.size();
    return services_.database->read([&](storage::Transaction& tx) -> Result<void> {
      for (const storage::BlobEntry& entry : entries) {
        if (TRY(has_row(tx, entry.name))) continue;
        ++report_.unneeded;
        if (is_past_grace(entry.modified_at)) nameless_[entry.name] = entry.size;
      }
      return {};
    });
  }

  Result<bool> has_row(storage::Transaction& tx, const BlobName& name) const {
    return TRY(storage::BlobTable(tx).find_in_organisation(organisation_.id, name)).has_value();
  }

  base::Milliseconds cutoff() const { return options_.now - options_.grace; }
  bool is_past_grace(base::Milliseconds since) const { return since <= cutoff(); }

  void count_removed(uint64_t size) {
    ++report_.removed;
    report_.removed_bytes += size;
  }

  std::string notes_key() const { return "unneeded-since:" + organisation_.slug; }

  // Since when each has been unneeded; what is needed again begins anew some day.
  Result<Since> note_unneeded() {
    const auto kept = TRY(services_.database->read(
        [&](storage::Transaction& tx) { return storage::SettingsTable(tx).find(notes_key()); }));
    const std::string text = kept.value_or("");  // outlives its lines
    Since since;
    for (const auto& [name, size] : unneeded_) since.emplace(name, options_.now);
    for (const std::string_view line : base::split(text, '\n')) {
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
        TRY(vcs::go_on(options_.stop));
        ++report_.unneeded;
        if (is_past_grace(since.at(name)) && TRY(remove_left(name))) count_removed(size);
      }
    }
    for (const auto& [name, size] : nameless_) {
      TRY(vcs::go_on(options_.stop));
      if (TRY(remove_nameless(name))) count_removed(size);
    }
    return {};
  }

  // What a release left, or was sent for a push. False if it is needed meanwhile.
  Result<bool> remove_left(const BlobName& name) {
    if (options_.dry_run) {
      return services_.database->read(
          [&](storage::Transaction& tx) { return is_left_and_old(tx, name); });
    }
    const auto held = hold_releases();
    if (!held || !TRY(remove_row(name))) return false;
    TRY(services_.blobs->remove_older(organisation_.slug, name, cutoff()));
    return true;
  }

  // As long as the answer lives no release is made that could have looked the rows up; nothing if
  // one is being made.
  std::optional<std::vector<std::unique_lock<std::mutex>>> hold_releases() const {
    std::vector<std::unique_lock<std::mutex>> held;
    for (const auto& project : projects_) {
      held.emplace_back(project->release_mutex, std::try_to_lock);
      if (!held.back()) return std::nullopt;
    }
    return held;
  }

  // Who relies on it has renewed its file before they looked for the row, which they do in a
  // transaction of their own.
  Result<bool> is_left_and_old(storage::Transaction& tx, const BlobName& name) const {
    if (!TRY(storage::BlobTable(tx).is_leftover(organisation_.id, name))) return false;
    const auto time = services_.blobs->modified_at(organisation_.slug, name);
    if (!time.ok() && time.error().code == base::Code::not_found) return true;
    return is_past_grace(TRY(time));
  }

  // False if a directory that is still there names it, too.
  Result<bool> remove_row(const BlobName& name) {
    bool is_due = false;
    const auto removed = services_.database->write([&](storage::Transaction& tx) -> Result<void> {
      is_due = TRY(is_left_and_old(tx, name));
      if (!is_due) return {};
      storage::BlobTable table(tx);
      for (const auto& project : projects_) TRY(table.withdraw(project->project.id, name));
      return table.forget(organisation_.id, name);
    });
    if (removed.ok()) return is_due;
    if (removed.error().code == base::Code::conflict) return false;
    return removed.error();
  }

  // A row may have come since: its file was renewed before.
  Result<bool> remove_nameless(const BlobName& name) {
    const bool is_named =
        TRY(services_.database->read([&](storage::Transaction& tx) { return has_row(tx, name); }));
    if (is_named) return false;
    if (options_.dry_run) return true;
    return services_.blobs->remove_older(organisation_.slug, name, cutoff());
  }

  Services& services_;
  const storage::Organisation& organisation_;
  const CollectOptions& options_;
  std::vector<std::shared_ptr<OpenProject>> projects_;
  Pointed needed_;
  std::map<BlobName, uint64_t> unneeded_;  // and their sizes
  std::map<BlobName, uint64_t> nameless_;  // past their grace
  CollectReport report_;
};

}  // namespace

Result<CollectReport> collect(Services& services, const storage::Organisation& organisation,
                              const CollectOptions& options) {
  const std::unique_lock alone(services.collecting, std::try_to_lock);
  if (!alone) return base::Error{base::Code::busy, "bytes are being collected already"};
  return Collecting(services, organisation, options).run();
}

Result<std::vector<std::pair<std::string, CollectReport>>> collect_all(
    Services& services, const CollectOptions& options) {
  std::vector<std::pair<std::string, CollectReport>> reports;
  for (const storage::Organisation& organisation : TRY(services.database->read(
           [](storage::Transaction& tx) { return storage::UserStore(tx).organisations(); }))) {
    const CollectReport report = TRY(collect(services, organisation, options));
    reports.emplace_back(organisation.slug, report);
  }
  return reports;
}

}  // namespace server
