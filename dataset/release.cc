#include "dataset/release.h"

#include <set>
#include <utility>

namespace dataset {

using base::Result;

namespace {

constexpr size_t kMostExamples = 20;

bool same_text(const std::optional<TextRef>& a, const std::optional<TextRef>& b) {
  return a.has_value() == b.has_value() && (!a || a->sha256 == b->sha256);
}

bool same_page(const ManifestPage& a, const ManifestPage& b) {
  return a.width == b.width && a.height == b.height && a.image.has_value() == b.image.has_value() &&
         (!a.image || a.image->sha256 == b.image->sha256) && same_text(a.words, b.words) &&
         same_text(a.annotations, b.annotations);
}

bool same_content(const ManifestRecord& a, const ManifestRecord& b) {
  if (a.source.sha256 != b.source.sha256 || a.pages.size() != b.pages.size()) return false;
  for (size_t i = 0; i < a.pages.size(); ++i) {
    if (!same_page(a.pages[i], b.pages[i])) return false;
  }
  return same_text(a.annotations, b.annotations);
}

void count(ReleaseChange& change, RecordChange kind, const ManifestRecord& record) {
  switch (kind) {
    case RecordChange::added:
      ++change.added;
      return;
    case RecordChange::removed:
      ++change.removed;
      break;
    case RecordChange::changed:
      ++change.changed;
      break;
    case RecordChange::moved:
      ++change.moved;
      break;
  }
  if (change.examples.size() < kMostExamples) change.examples.push_back(record.id);
}

void count_labels_of(ReleaseChange& change, const ManifestRecord& record, int64_t sign) {
  for (const auto& [label, count] : record.labels) {
    change.labels[label] += sign * static_cast<int64_t>(count);
  }
}

// Nothing: the same.
std::optional<RecordChange> kind_of(const ManifestRecord* before, const ManifestRecord* after) {
  if (before == nullptr) return RecordChange::added;
  if (after == nullptr) return RecordChange::removed;
  if (!same_content(*before, *after)) return RecordChange::changed;
  if (before->split != after->split) return RecordChange::moved;
  return std::nullopt;
}

Bump bump_of(const ReleaseChange& change, bool first) {
  if (first) return Bump::none;
  if (change.removed + change.changed + change.moved > 0) return Bump::major;
  return change.added > 0 ? Bump::minor : Bump::patch;
}

std::set<std::string> names_of(const corpus::Schema& schema) {
  std::set<std::string> names;
  for (const corpus::AnnotationType type : corpus::all_annotation_types()) {
    for (std::string& name : schema.names_for(type)) names.insert(std::move(name));
  }
  return names;
}

// ", a, b" of those that are in the first and not in the second.
std::string missing(const std::set<std::string>& from, const std::set<std::string>& in) {
  std::string text;
  for (const std::string& name : from) {
    if (!in.contains(name)) text += (text.empty() ? " " : ", ") + name;
  }
  return text;
}

std::string with_sign(int64_t number) {
  return (number > 0 ? "+" : "") + std::to_string(number);
}

}  // namespace

bool is_unchanged(const ManifestRecord& before, const ManifestRecord& after) {
  return same_content(before, after) && before.split == after.split;
}

const char* name_of(Bump bump) {
  switch (bump) {
    case Bump::none:
      return "none";
    case Bump::patch:
      return "patch";
    case Bump::minor:
      return "minor";
    case Bump::major:
      return "major";
  }
  return "none";
}

base::Result<const ManifestRecord*> EarlierRecords::find(const corpus::DocumentId& id) {
  if (!started_) current_ = TRY(records_());
  started_ = true;
  while (current_ && current_->id < id) current_ = TRY(records_());
  return current_ && current_->id == id ? &*current_ : nullptr;
}

base::Result<bool> EarlierRecords::has(const ManifestRecord& record) {
  const ManifestRecord* earlier = TRY(find(record.id));
  return earlier != nullptr && is_unchanged(*earlier, record);
}

std::string_view name_of(RecordChange change) {
  switch (change) {
    case RecordChange::added:
      return "added";
    case RecordChange::removed:
      return "removed";
    case RecordChange::changed:
      return "changed";
    case RecordChange::moved:
      return "moved";
  }
  return "";
}

Result<ReleaseChange> compare_releases(const NextRecord& before, const NextRecord& after,
                                       const TakeChange& take) {
  ReleaseChange change;
  std::optional<ManifestRecord> a;
  if (before) a = TRY(before());
  std::optional<ManifestRecord> b = TRY(after());
  while (a || b) {
    const bool take_a = a && (!b || a->id <= b->id);
    const bool take_b = b && (!a || b->id <= a->id);
    const ManifestRecord* old = take_a ? &*a : nullptr;
    const ManifestRecord* now = take_b ? &*b : nullptr;
    if (const auto kind = kind_of(old, now)) {
      count(change, *kind, now != nullptr ? *now : *old);
      if (take) TRY(take(*kind, old, now));
    } else {
      ++change.unchanged;
    }
    if (take_a) count_labels_of(change, *a, -1);
    if (take_b) count_labels_of(change, *b, +1);
    if (take_a) a = TRY(before());
    if (take_b) b = TRY(after());
  }
  std::erase_if(change.labels, [](const auto& label) { return label.second == 0; });
  change.bump = bump_of(change, !before);
  return change;
}

Version next_version(const std::optional<Version>& before, const ReleaseChange& change) {
  if (!before) return {1, 0, 0};
  switch (change.bump) {
    case Bump::major:
      return {before->major + 1, 0, 0};
    case Bump::minor:
      return {before->major, before->minor + 1, 0};
    case Bump::patch:
    case Bump::none:
      break;
  }
  return {before->major, before->minor, before->patch + 1};
}

std::string describe(const ReleaseChange& change) {
  std::string text = change.bump == Bump::none ? "first release" : name_of(change.bump);
  text += ": documents added " + std::to_string(change.added) + ", removed " +
          std::to_string(change.removed) + ", changed " + std::to_string(change.changed) +
          ", moved " + std::to_string(change.moved) + ", unchanged " +
          std::to_string(change.unchanged) + "\n";
  std::string labels;
  for (const auto& [label, difference] : change.labels) {
    labels += (labels.empty() ? "labels: " : ", ") + label + " " + with_sign(difference);
  }
  return labels.empty() ? text : text + labels + "\n";
}

std::string describe_schema_change(const corpus::Schema& before, const corpus::Schema& after) {
  if (before == after) return {};
  const auto old_names = names_of(before), new_names = names_of(after);
  const std::string added = missing(new_names, old_names);
  const std::string removed = missing(old_names, new_names);
  std::string text = "schema:";
  if (!added.empty()) text += " added" + added;
  if (!removed.empty()) text += (added.empty() ? " removed" : "; removed") + removed;
  return (added.empty() && removed.empty() ? text + " changed" : text) + "\n";
}

}  // namespace dataset
