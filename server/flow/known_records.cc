#include "server/flow/known_records.h"

#include <algorithm>

#include "base/json.h"
#include "corpus/layout.h"
#include "dataset/split.h"
#include "server/flow/released.h"
#include "storage/settings_table.h"
#include "vcs/diff.h"

namespace server {
namespace {

// Raise it when a record of the same files becomes another one: records of releases that were made
// by an older edition are then read anew.
constexpr char kRecordEdition[] = "2";

std::string memory_key(const storage::ReleaseRow& release) {
  return "release-memory:" + release.tag_oid;
}

template <typename Counts>
base::Json counts_json(const Counts& counts) {
  base::Json json = base::Json::array();
  for (const uint64_t count : counts) json.push(count);
  return json;
}

// Text that this program has written, in the same edition: anything else is no memory.
template <typename Counts>
bool read_counts(const base::Json* json, Counts& counts) {
  const auto* items = json != nullptr ? json->as_array() : nullptr;
  if (items == nullptr || items->size() != counts.size()) return false;
  for (size_t i = 0; i < counts.size(); ++i) {
    const int64_t* count = (*items)[i].as_integer();
    if (count == nullptr || *count < 0) return false;
    counts[i] = static_cast<uint64_t>(*count);
  }
  return true;
}

base::Json figures_json(const dataset::ReleaseFigures& figures) {
  base::Json labels = base::Json::object(), pages = base::Json::object();
  for (const auto& [label, parts] : figures.labels) {
    base::Json of_label = base::Json::object();
    for (const auto& [part, count] : parts) of_label.set(part, count);
    labels.set(label, of_label);
  }
  for (const auto& [part, classes] : figures.pages) pages.set(part, counts_json(classes));
  return base::Json::object({{"labels", labels},
                             {"pages", pages},
                             {"confidence", counts_json(figures.confidence)},
                             {"agreement", counts_json(figures.agreement)}});
}

bool read_figures(const base::Json& json, dataset::ReleaseFigures& figures) {
  const base::Json* labels = json.find("labels");
  const base::Json* pages = json.find("pages");
  if (labels == nullptr || !labels->is_object() || pages == nullptr || !pages->is_object()) {
    return false;
  }
  for (const auto& label : *labels->as_object()) {
    if (!label.value.is_object()) return false;
    for (const auto& part : *label.value.as_object()) {
      figures.labels[label.key][part.key] =
          static_cast<uint64_t>(label.value.integer_or(part.key, 0));
    }
  }
  for (const auto& part : *pages->as_object()) {
    if (!read_counts(&part.value, figures.pages[part.key])) return false;
  }
  return read_counts(json.find("confidence"), figures.confidence) &&
         read_counts(json.find("agreement"), figures.agreement);
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

// Nothing if there is none, or none that can be read.
Result<std::optional<corpus::Document>> document_in(const OpenProject& project,
                                                    const std::optional<vcs::FileState>& file) {
  if (!file) return std::optional<corpus::Document>();
  const auto document = corpus::parse_document(
      TRY(vcs::read_object_of(*project.repository, vcs::ObjectKind::blob, file->id)));
  return document.ok() ? std::optional(*document) : std::nullopt;
}

bool same_groups(const corpus::Document& a, const corpus::Document& b,
                 const corpus::SplitRule& rule) {
  return dataset::group_values_of(a, rule.group_by) == dataset::group_values_of(b, rule.group_by) &&
         dataset::anchor_of(a, rule.group_by) == dataset::anchor_of(b, rule.group_by);
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
  known->usable_ = TRY(memory_of(services, *before)) &&
                   TRY(has_same_groups(project, known->header().split, split));
  if (!known->usable_) return known;
  const vcs::ObjectId commit_before = TRY(vcs::ObjectId::from_hex(before->commit));
  known->changed_ = TRY(delta_between(project, commit_before, commit, nullptr)).documents;
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

Result<ReleaseDelta> delta_between(const OpenProject& project, const vcs::ObjectId& before,
                                   const vcs::ObjectId& after, const NamedSplit* split) {
  ReleaseDelta delta;
  const auto note = [&](const vcs::Change& change) -> Result<bool> {
    const auto info = corpus::classify(change.path, project.fan_out);
    if (info.document) delta.documents.insert(*info.document);
    if (split != nullptr && info.split == split->name) delta.regroups = true;
    if (split == nullptr || info.kind != corpus::PathKind::document) return true;
    const auto was = TRY(document_in(project, change.before));
    const auto now = TRY(document_in(project, change.after));
    if (!change.before) delta.added.push_back(*info.document);
    if (!change.after && was) delta.removed.push_back(*info.document);
    if (change.before && change.after) {
      delta.regroups = delta.regroups || !was || !now || !same_groups(*was, *now, split->rule);
    }
    return true;
  };
  TRY(vcs::diff_commits(*project.repository, before, after, note));
  return delta;
}

Result<std::optional<ReleaseMemory>> memory_of(Services& services,
                                               const storage::ReleaseRow& release) {
  const auto text = TRY(services.database->read([&](storage::Transaction& tx) {
    return storage::SettingsTable(tx).find(memory_key(release));
  }));
  if (!text) return std::optional<ReleaseMemory>();
  const base::Json json = TRY(base::parse_json(*text));
  const base::Json* figures = json.find("figures");
  ReleaseMemory memory;
  memory.choice = json.string_or("choice", "");
  const base::Json* settled = json.find("settled");
  memory.is_settled = settled != nullptr && *settled == base::Json(true);
  memory.unreadable = static_cast<uint64_t>(json.integer_or("unreadable", 0));
  if (json.string_or("edition", "") != kRecordEdition || figures == nullptr ||
      !read_figures(*figures, memory.figures)) {
    return std::optional<ReleaseMemory>();
  }
  return std::optional(std::move(memory));
}

Result<void> remember_for_the_next(storage::Transaction& tx, const storage::ReleaseRow& release,
                                   const ReleaseMemory& memory) {
  const auto json = base::Json::object({{"edition", kRecordEdition},
                                        {"choice", memory.choice},
                                        {"settled", memory.is_settled},
                                        {"unreadable", memory.unreadable},
                                        {"figures", figures_json(memory.figures)}});
  return storage::SettingsTable(tx).set(memory_key(release), json.print());
}

}  // namespace server
