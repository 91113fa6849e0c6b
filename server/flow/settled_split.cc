#include "server/flow/settled_split.h"

#include <algorithm>

#include "server/flow/document_files.h"
#include "server/flow/index.h"
#include "server/flow/split.h"
#include "storage/document_table.h"

namespace server {
namespace {

// Of more documents that hang together, all are evaluated instead.
constexpr size_t kMostConnected = 10'000;

bool is_placed_by_groups_alone(const corpus::SplitRule& rule) {
  return rule.stratify_by.empty() && !rule.exact && !groups_near_duplicates(rule);
}

}  // namespace

Result<SettledSplit> SettledSplit::open(OpenProject& project, const vcs::ObjectId& commit,
                                        const std::string& name) {
  vcs::Snapshot snapshot = TRY(vcs::Snapshot::at_commit(*project.repository, commit));
  corpus::Split split = TRY(split_in(snapshot, name));
  return SettledSplit(project, commit, std::move(snapshot), name, std::move(split));
}

Result<std::vector<corpus::Placement>> SettledSplit::placements_in(const std::string& path) const {
  if (!TRY(snapshot_.entry(path))) return std::vector<corpus::Placement>();
  return as_stored(corpus::parse_placements(TRY(snapshot_.read(path))));
}

Result<std::string> SettledSplit::part_of(const corpus::Document& document) const {
  const auto found = added_.find(document.id);
  if (found != added_.end()) return found->second.part;
  const std::string path = corpus::split_members_path(name_, document.id);
  for (const corpus::Placement& placement : TRY(placements_in(path))) {
    if (placement.document == document.id) return placement.part;
  }
  return dataset::hashed_part(split_, split_member_of(document, split_.rule));
}

// False if there are too many, or if one of those that were added cannot be read.
Result<bool> SettledSplit::add_connected(storage::Transaction& tx,
                                         const std::set<corpus::DocumentId>& added,
                                         std::vector<dataset::SplitMember>& members,
                                         dataset::Placements& placed) const {
  std::vector<corpus::DocumentId> waiting(added.begin(), added.end());
  std::set<corpus::DocumentId> seen = added;
  std::set<std::string> groups;
  while (!waiting.empty()) {
    const corpus::DocumentId id = waiting.back();
    waiting.pop_back();
    const bool is_new = added.contains(id);
    const auto document = DocumentFiles(snapshot_, project_->fan_out, id).document();
    if (!document.ok()) {
      if (is_new) return false;
      if (is_unreadable(document.error())) continue;  // nor would it be a member otherwise
      return document.error();
    }
    dataset::SplitMember member = split_member_of(*document, split_.rule);
    if (!is_new) placed[id] = {TRY(part_of(*document)), false};
    for (const std::string& group : member.groups) {
      if (!groups.insert(group).second) continue;
      const size_t equals = group.find('=');
      for (const auto& other : TRY(storage::DocumentTable(tx).with_key(
               project_->project.id, group.substr(0, equals), group.substr(equals + 1)))) {
        if (seen.insert(other).second) waiting.push_back(other);
      }
    }
    if (seen.size() > kMostConnected) return false;
    members.push_back(std::move(member));
  }
  return true;
}

Result<bool> SettledSplit::place(Services& services, const std::vector<corpus::DocumentId>& added) {
  if (added.empty()) return true;
  if (!is_placed_by_groups_alone(split_.rule)) return false;
  std::vector<dataset::SplitMember> members;
  dataset::Placements placed;
  TRY(catch_up(services, *project_));
  const bool found = TRY(services.database->read([&](storage::Transaction& tx) -> Result<bool> {
    if (TRY(indexed_commit(tx, *project_)) != commit_) return false;
    return add_connected(tx, {added.begin(), added.end()}, members, placed);
  }));
  if (!found) return false;
  const auto result = TRY(dataset::assign_split(split_, members, placed));
  for (const dataset::SplitMember& member : members) {
    if (placed.contains(member.id)) continue;
    const std::string& part = result.placements.at(member.id).part;
    added_[member.id] = {part, false};
    const bool locked =
        std::find(split_.locks.begin(), split_.locks.end(), part) != split_.locks.end();
    if (!locked && part == dataset::hashed_part(split_, member)) continue;
    exceptions_added_.push_back(
        {member.id, part, locked ? corpus::PlacementKind::locked : corpus::PlacementKind::placed});
  }
  return true;
}

// The files of placements that change, and how many documents the rule was evaluated for.
Result<std::vector<vcs::Edit>> SettledSplit::edits(
    const std::vector<corpus::DocumentId>& removed) const {
  std::map<std::string, std::vector<corpus::Placement>> files;
  const auto file_of =
      [&](const corpus::DocumentId& id) -> Result<std::vector<corpus::Placement>*> {
    const std::string path = corpus::split_members_path(name_, id);
    if (!files.contains(path)) files[path] = TRY(placements_in(path));
    return &files[path];
  };
  for (const corpus::DocumentId& id : removed) {
    std::erase_if(*TRY(file_of(id)),
                  [&](const auto& placement) { return placement.document == id; });
  }
  for (const corpus::Placement& placement : exceptions_added_) {
    TRY(file_of(placement.document))->push_back(placement);
  }
  std::vector<vcs::Edit> edits;
  for (auto& [path, placements] : files) {
    edits.push_back({path});
    if (!placements.empty()) edits.back().content = corpus::print_placements(std::move(placements));
  }
  corpus::Split split = split_;
  const int64_t documents = evaluated_documents(split) + static_cast<int64_t>(added_.size()) -
                            static_cast<int64_t>(removed.size());
  set_evaluated_documents(split, documents);
  edits.push_back({corpus::split_path(name_), corpus::print_split(split)});
  return edits;
}

Result<std::optional<vcs::ObjectId>> SettledSplit::record(
    const std::vector<corpus::DocumentId>& removed) {
  const auto committed =
      commit_split(*project_, server_signature(), name_, kLockMessage,
                   [&](const vcs::Snapshot& tip) -> Result<std::vector<vcs::Edit>> {
                     if (tip.tree() == snapshot_.tree()) return edits(removed);
                     return base::Error{base::Code::busy, "main has moved on"};
                   });
  if (!committed.ok() && committed.error().code == base::Code::busy) {
    return std::optional<vcs::ObjectId>();
  }
  return std::optional(TRY(committed).commit);
}

}  // namespace server
