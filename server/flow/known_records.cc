#include "server/flow/known_records.h"

#include <algorithm>

#include "base/json.h"
#include "corpus/layout.h"
#include "server/flow/released.h"
#include "storage/settings_table.h"
#include "vcs/diff.h"

namespace server {
namespace {

// Raise it when a record of the same files becomes another one: records of releases that were made
// by an older edition are then read anew.
constexpr char kRecordEdition[] = "2";

std::string edition_key(const storage::ReleaseRow& release) {
  return "record-edition:" + release.tag_oid;
}

std::string confidence_key(const storage::ReleaseRow& release) {
  return "word-confidences:" + release.tag_oid;
}

base::Json to_json(const dataset::Tenths& tenths) {
  base::Json json = base::Json::array();
  for (const uint64_t count : tenths) json.push(count);
  return json;
}

std::optional<dataset::Tenths> tenths_in(const base::Json& json) {
  dataset::Tenths tenths = {};
  const auto* counts = json.as_array();
  if (counts == nullptr || counts->size() != tenths.size()) return {};
  for (size_t i = 0; i < tenths.size(); ++i) {
    const int64_t* count = (*counts)[i].as_integer();
    if (count == nullptr || *count < 0) return {};
    tenths[i] = static_cast<uint64_t>(*count);
  }
  return tenths;
}

Result<std::optional<std::string>> setting(Services& services, const std::string& key) {
  return services.database->read(
      [&](storage::Transaction& tx) { return storage::SettingsTable(tx).find(key); });
}

// Pseudonyms follow from the salt and the keys; how many documents the rule was evaluated for,
// which its file says, too, does not matter.
Result<bool> has_same_groups(const OpenProject& project,
                             const std::optional<dataset::ManifestSplit>& before,
                             const corpus::Split* now) {
  if (!before || now == nullptr) return !before && now == nullptr;
  const auto split = corpus::parse_split(
      TRY(vcs::read_object_of(*project.repository, vcs::ObjectKind::blob, before->rule)));
  return split.ok() && split->salt == now->salt && split->rule.group_by == now->rule.group_by;
}

}  // namespace

Result<std::unique_ptr<KnownRecords>> KnownRecords::open(
    Services& services, const OpenProject& project,
    const std::optional<storage::ReleaseRow>& before, const vcs::ObjectId& commit,
    const corpus::Split* split) {
  std::unique_ptr<KnownRecords> known(new KnownRecords());
  if (!before) return known;
  known->reader_ =
      TRY(dataset::ManifestReader::open(TRY(open_manifest(services, project.project, *before))));
  known->usable_ = TRY(setting(services, edition_key(*before))) == kRecordEdition &&
                   TRY(has_same_groups(project, known->header().split, split));
  if (!known->usable_) return known;
  TRY(known->note_changes(project, TRY(vcs::ObjectId::from_hex(before->commit)), commit));
  return known;
}

Result<const dataset::ManifestRecord*> KnownRecords::find(const corpus::DocumentId& id) {
  if (!usable_ || changed_.contains(id)) return nullptr;
  while (read_.empty() || read_.back().id < id) {
    const size_t before = read_.size();
    TRY(read_one());
    if (read_.size() == before) return nullptr;
  }
  const auto found = std::find_if(read_.begin(), read_.end(),
                                  [&](const auto& record) { return !(record.id < id); });
  return found->id == id ? &*found : nullptr;
}

Result<std::optional<dataset::ManifestRecord>> KnownRecords::next() {
  if (given_ == 1) read_.pop_front();
  given_ = 0;
  if (read_.empty()) TRY(read_one());
  if (read_.empty()) return std::optional<dataset::ManifestRecord>();
  given_ = 1;
  return std::optional(read_.front());
}

// Nothing more is read at the manifest's end.
Result<void> KnownRecords::read_one() {
  if (!reader_) return {};
  auto record = TRY(reader_->next());
  if (record) read_.push_back(std::move(*record));
  return {};
}

Result<void> KnownRecords::note_changes(const OpenProject& project, const vcs::ObjectId& before,
                                        const vcs::ObjectId& after) {
  const auto note = [&](const vcs::Change& change) -> Result<bool> {
    const auto info = corpus::classify(change.path, project.fan_out);
    if (info.document) changed_.insert(*info.document);
    return true;
  };
  return vcs::diff_commits(*project.repository, before, after, note);
}

Result<std::optional<dataset::Tenths>> known_confidences(Services& services,
                                                         const storage::ReleaseRow& release) {
  const auto text = TRY(setting(services, confidence_key(release)));
  if (!text) return std::optional<dataset::Tenths>();
  return tenths_in(TRY(base::parse_json(*text)));
}

Result<void> remember_for_the_next(storage::Transaction& tx, const storage::ReleaseRow& release,
                                   const dataset::Tenths& confidences) {
  storage::SettingsTable settings(tx);
  TRY(settings.set(edition_key(release), kRecordEdition));
  return settings.set(confidence_key(release), to_json(confidences).print());
}

}  // namespace server
