#include "server/flow/receipts.h"

#include <algorithm>
#include <map>
#include <set>

#include "base/random.h"
#include "corpus/event.h"
#include "dataset/release.h"
#include "server/flow/export.h"
#include "server/flow/released.h"
#include "storage/release_table.h"
#include "vcs/diff.h"

namespace server {
namespace {

constexpr size_t kMostNamed = 100;

// The note of a release: git finds it by the name of the annotated object.
std::string note_path(const storage::ReleaseRow& release) {
  return release.tag_oid;
}

Result<std::vector<corpus::Receipt>> receipts_in(const vcs::Snapshot& notes,
                                                 const std::string& path) {
  if (!TRY(notes.entry(path))) return std::vector<corpus::Receipt>();
  return corpus::read_receipts(TRY(notes.read(path)));
}

vcs::CommitRequest commit_of(const Actor& actor, const storage::ReleaseRow& release,
                             const corpus::Receipt& receipt) {
  vcs::CommitRequest request;
  request.branch = corpus::kReceiptsRef;
  request.author = request.committer = signature_of(actor);
  request.message =
      "Receipt of " + receipt.model + " for " + release.name + " v" + release.version + "\n";
  request.make = [path = note_path(release),
                  receipt](const vcs::Snapshot& tip) -> Result<std::vector<vcs::Edit>> {
    std::vector<corpus::Receipt> receipts;
    if (tip.tree() != vcs::kNoObject) receipts = TRY(receipts_in(tip, path));
    receipts.push_back(receipt);
    return std::vector<vcs::Edit>(1, vcs::Edit{path, corpus::print_receipts(receipts)});
  };
  return request;
}

bool used(const std::vector<std::string>& parts, const std::string& part) {
  return parts.empty() || std::find(parts.begin(), parts.end(), part) != parts.end();
}

// What differs between a release's commit and main, document by document.
struct ChangedDocument {
  bool relabelled = false;
  bool reread = false;
  bool taken_out = false;
};
using ChangedDocuments = std::map<corpus::DocumentId, ChangedDocument>;

Result<ChangedDocuments> changes_to_main(const OpenProject& project, const vcs::ObjectId& commit) {
  ChangedDocuments found;
  const auto take = [&](const vcs::Change& change) -> Result<bool> {
    const auto info = corpus::classify(change.path, project.fan_out);
    if (!info.document) return true;
    switch (info.kind) {
      case corpus::PathKind::page_annotations:
      case corpus::PathKind::document_annotations:
        found[*info.document].relabelled = true;
        break;
      case corpus::PathKind::words:
        found[*info.document].reread = true;
        break;
      case corpus::PathKind::document:
        if (!change.after) found[*info.document].taken_out = true;
        break;
      default:
        break;
    }
    return true;
  };
  TRY(vcs::diff_commits(*project.repository, commit, TRY(project.tip_id()), take));
  return found;
}

// Gathers what became of a run's documents.
class Comparison {
 public:
  Comparison(Services& services, const OpenProject& project)
      : services_(services), project_(project) {}

  Result<DataChange> of(const storage::ReleaseRow& release, const storage::ReleaseRow& newest,
                        const std::vector<std::string>& parts) {
    DataChange change;
    std::set<corpus::DocumentId> documents;
    change.withdrawn = TRY(find_withdrawal(services_, project_.project, release));
    if (newest.version != release.version) {
      TRY(compare_with(newest, release, parts, change, documents));
    }
    TRY(compare_with_main(release, parts, change, documents));
    for (const corpus::DocumentId& id : documents) {
      if (change.documents.size() < kMostNamed) change.documents.push_back(id);
    }
    return change;
  }

 private:
  Result<void> compare_with(const storage::ReleaseRow& newest, const storage::ReleaseRow& release,
                            const std::vector<std::string>& parts, DataChange& change,
                            std::set<corpus::DocumentId>& documents) {
    change.newest = newest.version;
    const auto take = [&](dataset::RecordChange kind, const dataset::ManifestRecord* before,
                          const dataset::ManifestRecord*) -> Result<void> {
      if (before == nullptr || !used(parts, before->split)) return {};
      change.changed += kind == dataset::RecordChange::changed;
      change.moved += kind == dataset::RecordChange::moved;
      change.removed += kind == dataset::RecordChange::removed;
      documents.insert(before->id);
      return {};
    };
    TRY(dataset::compare_releases(TRY(records_of(services_, project_.project, release)),
                                  TRY(records_of(services_, project_.project, newest)), take));
    return {};
  }

  Result<void> compare_with_main(const storage::ReleaseRow& release,
                                 const std::vector<std::string>& parts, DataChange& change,
                                 std::set<corpus::DocumentId>& documents) {
    const vcs::ObjectId commit = TRY(vcs::ObjectId::from_hex(release.commit));
    const ChangedDocuments changed = TRY(changes_to_main(project_, commit));
    if (changed.empty()) return {};
    const auto records = TRY(records_of(services_, project_.project, release));
    while (const auto record = TRY(records())) {
      const auto found = changed.find(record->id);
      if (found == changed.end() || !used(parts, record->split)) continue;
      change.taken_out += found->second.taken_out;
      change.relabelled += found->second.relabelled && !found->second.taken_out;
      change.reread += found->second.reread && !found->second.taken_out;
      documents.insert(record->id);
    }
    return {};
  }

  Services& services_;
  const OpenProject& project_;
};

// The newest version of each dataset that stands, and each release by its name and version.
struct Releases {
  std::map<std::pair<std::string, std::string>, storage::ReleaseRow> by_version;
  std::map<std::string, storage::ReleaseRow> newest;
};

Result<Releases> releases_of(Services& services, const OpenProject& project) {
  Releases found;
  for (const storage::ReleaseRow& row : TRY(services.database->read([&](storage::Transaction& tx) {
         return storage::ReleaseTable(tx).list(project.project.id);
       }))) {
    found.by_version.emplace(std::pair(row.name, row.version), row);
    if (TRY(find_withdrawal(services, project.project, row))) continue;
    const auto known = found.newest.find(row.name);
    if (known == found.newest.end() || TRY(dataset::parse_version(known->second.version)) <
                                           TRY(dataset::parse_version(row.version))) {
      found.newest[row.name] = row;
    }
  }
  return found;
}

}  // namespace

Result<corpus::Receipt> write_receipt(Services& services, const Actor& actor,
                                      corpus::Receipt receipt) {
  const auto project = TRY(services.catalog->open(actor.project()));
  const auto release = services.database->read([&](storage::Transaction& tx) {
    return storage::ReleaseTable(tx).find(actor.project().id, receipt.dataset, receipt.version);
  });
  if (!release.ok() && release.error().code == base::Code::not_found) {
    return base::Error{base::Code::invalid,
                       "there is no release " + receipt.dataset + " " + receipt.version};
  }
  if (!release.ok()) return release.error();
  TRY(check_parts(services, actor.project(), *release, receipt.parts));
  receipt.id = base::new_ulid();
  receipt.at = base::now_milliseconds();
  receipt.manifest_sha256 = release->manifest_sha256;
  receipt.by = actor.mail();
  TRY(project->commits->commit(commit_of(actor, *release, receipt)));
  const std::string subject = actor.project().path() + "/receipts/" + receipt.id;
  TRY(services.database->write([&](storage::Transaction& tx) -> Result<void> {
    TRY(audit(tx, actor, "receipt.write", subject,
              base::Json::object({{"release", receipt.dataset + " " + receipt.version}})));
    TRY(services.events->append(tx, {.type = std::string(corpus::event_type::kReceiptWritten),
                                     .project = actor.project().id,
                                     .subject = subject}));
    return {};
  }));
  return receipt;
}

Result<std::vector<corpus::Receipt>> list_receipts(const OpenProject& project) {
  std::vector<corpus::Receipt> all;
  const auto tip = project.repository->refs().find(corpus::kReceiptsRef);
  if (!tip) return all;
  const vcs::Snapshot notes = TRY(vcs::Snapshot::at_commit(*project.repository, *tip));
  TRY(notes.walk("", [&](std::string_view path, const vcs::TreeEntry& entry) -> Result<bool> {
    auto receipts = corpus::read_receipts(TRY(notes.read_file(entry)));
    if (!receipts.ok()) return receipts.error().within(std::string(path));
    all.insert(all.end(), receipts->begin(), receipts->end());
    return true;
  }));
  std::sort(all.begin(), all.end(), [](const auto& a, const auto& b) { return a.id < b.id; });
  return all;
}

Result<std::vector<OutdatedUse>> find_outdated(Services& services, const OpenProject& project) {
  using Use = std::tuple<std::string, std::string, std::vector<std::string>>;
  const Releases releases = TRY(releases_of(services, project));
  Comparison comparison(services, project);
  std::map<Use, DataChange> known;  // many runs use the same
  std::vector<OutdatedUse> outdated;
  for (corpus::Receipt& receipt : TRY(list_receipts(project))) {
    const auto release = releases.by_version.find({receipt.dataset, receipt.version});
    if (release == releases.by_version.end()) continue;  // not of this server's releases
    const Use use{receipt.dataset, receipt.version, receipt.parts};
    auto change = known.find(use);
    if (change == known.end()) {
      const auto newest = releases.newest.find(receipt.dataset);
      const bool none_stands = newest == releases.newest.end();
      auto found = TRY(comparison.of(
          release->second, none_stands ? release->second : newest->second, receipt.parts));
      change = known.emplace(use, std::move(found)).first;
    }
    if (change->second.any()) outdated.push_back({std::move(receipt), change->second});
  }
  return outdated;
}

}  // namespace server
