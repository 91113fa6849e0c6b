#include "server/flow/split.h"

#include <algorithm>
#include <map>
#include <set>

#include "base/parallel.h"
#include "server/flow/document_files.h"
#include "server/flow/index.h"
#include "server/flow/near_pages.h"
#include "storage/label_table.h"
#include "vcs/diff.h"
#include "vcs/history.h"

namespace server {
namespace {

constexpr char kEvaluatedKey[] = "x-documents";

// Everything that splitting asks of a revision.
struct Members {
  std::vector<dataset::SplitMember> members;
  std::vector<dataset::LeakageMember> leakage;  // without parts
};

Result<std::vector<corpus::Annotation>> all_annotations(const DocumentFiles& files) {
  std::vector<corpus::Annotation> all;
  for (const AnnotationFile& file : TRY(files.annotation_files())) {
    for (auto& annotation : TRY(corpus::read_annotations(TRY(files.version(file.path)).text))) {
      all.push_back(std::move(annotation));
    }
  }
  return all;
}

void hold_together(const std::vector<std::vector<corpus::DocumentId>>& clusters,
                   std::vector<dataset::SplitMember>& members) {
  std::map<corpus::DocumentId, std::string> cluster_of;
  for (const auto& cluster : clusters) {
    const std::string name = std::string(kNearDuplicateKey) + "=" + cluster.front().hex;
    for (const corpus::DocumentId& id : cluster) cluster_of[id] = name;
  }
  for (dataset::SplitMember& member : members) {
    const auto found = cluster_of.find(member.id);
    if (found != cluster_of.end()) member.clusters.push_back(found->second);
  }
}

// Of the members alone: pairs with a document that is not among them join nothing.
Result<std::vector<std::vector<corpus::DocumentId>>> clusters_of(
    Services& services, const OpenProject& project,
    const std::vector<dataset::LeakageMember>& members) {
  dataset::LeakageSearch search;
  for (const dataset::LeakageMember& member : members) search.add(member);
  for (const dataset::NearPages& near : TRY(near_pages_of(services, project.project.id))) {
    search.add_near(near);
  }
  return search.clusters();
}

struct Member {
  dataset::SplitMember member;
  dataset::LeakageMember leakage;
};

Result<Member> read_member(const OpenProject& project, const vcs::Snapshot& snapshot,
                           const corpus::SplitRule& rule, const corpus::DocumentId& id) {
  const DocumentFiles files(snapshot, project.fan_out, id);
  const corpus::Document document = TRY(files.document());
  Member read{split_member_of(document, rule), leakage_member_of(document, rule)};
  if (!rule.stratify_by.empty()) {
    read.member.strata =
        dataset::strata_of(rule.stratify_by, TRY(all_annotations(files)), document.pages.size());
  }
  return read;
}

Result<Members> members_of(Services& services, const OpenProject& project,
                           const vcs::Snapshot& snapshot, const corpus::SplitRule& rule) {
  std::vector<corpus::DocumentId> ids;
  TRY(for_each_document(snapshot, [&](const corpus::DocumentId& id) -> Result<void> {
    ids.push_back(id);
    return {};
  }));
  std::vector<std::optional<Result<Member>>> read(ids.size());
  TRY(base::in_parallel(base::processors(), ids.size(), [&](size_t i) -> Result<void> {
    read[i] = read_member(project, snapshot, rule, ids[i]);
    return {};
  }));
  Members out;
  for (size_t i = 0; i < ids.size(); ++i) {
    if (!read[i]->ok()) {
      if (!is_unreadable(read[i]->error())) return read[i]->error();
      log_unreadable(project.project.path(), ids[i], read[i]->error());
      continue;
    }
    Member& member = **read[i];
    out.members.push_back(std::move(member.member));
    out.leakage.push_back(std::move(member.leakage));
  }
  if (groups_near_duplicates(rule)) {
    hold_together(TRY(clusters_of(services, project, out.leakage)), out.members);
  }
  return out;
}

Result<std::vector<corpus::Placement>> recorded_placements(const vcs::Snapshot& snapshot,
                                                           const std::string& name) {
  std::vector<corpus::Placement> all;
  const std::string directory = "splits/" + name;
  if (!TRY(snapshot.entry(directory))) return all;
  for (const vcs::TreeEntry& entry : TRY(snapshot.list(directory))) {
    const std::string shard = entry.name.substr(0, entry.name.find('.'));
    const std::string text = TRY(snapshot.read(directory + "/" + entry.name));
    for (auto& placement : TRY(corpus::parse_placements(text, shard))) {
      all.push_back(std::move(placement));
    }
  }
  return all;
}

// The commit that last evaluated the split; nothing if there is none in the commit's past.
Result<std::optional<vcs::ObjectId>> evaluated_at(const OpenProject& project,
                                                  const vcs::ObjectId& commit,
                                                  const std::string& name) {
  const auto history = TRY(vcs::history_of(
      *project.repository,
      {.start = commit, .path = corpus::split_path(name), .limit = 1, .walk_limit = 1'000'000}));
  if (history.entries.empty()) return std::optional<vcs::ObjectId>();
  return std::optional(history.entries.front().id);
}

// Those that came between the two: the cost follows what has changed.
Result<std::set<corpus::DocumentId>> documents_since(const OpenProject& project,
                                                     const vcs::ObjectId& before,
                                                     const vcs::ObjectId& after) {
  std::set<corpus::DocumentId> added;
  TRY(vcs::diff_commits(
      *project.repository, before, after, [&](const vcs::Change& change) -> Result<bool> {
        const auto info = corpus::classify(change.path, project.fan_out);
        const bool is_new = info.kind == corpus::PathKind::document && !change.before;
        if (is_new) added.insert(*info.document);
        return true;
      }));
  return added;
}

// Recorded placements, and the hash's for every other document that was there at the time.
Result<dataset::Placements> placements_at(const OpenProject& project, const vcs::ObjectId& commit,
                                          const std::string& name, const corpus::Split& split,
                                          const Members& members) {
  const vcs::Snapshot snapshot = TRY(vcs::Snapshot::at_commit(*project.repository, commit));
  const auto recorded = TRY(recorded_placements(snapshot, name));
  dataset::Placements placements = dataset::placements_of(recorded);
  const auto evaluated = TRY(evaluated_at(project, commit, name));
  if (!evaluated) return placements;
  const auto added = TRY(documents_since(project, *evaluated, commit));
  for (const dataset::SplitMember& member : members.members) {
    if (added.contains(member.id) || placements.contains(member.id)) continue;
    placements.insert({member.id, {dataset::hashed_part(split, member), false}});
  }
  return placements;
}

void note_parts(const dataset::SplitResult& result, std::vector<dataset::LeakageMember>& members) {
  for (dataset::LeakageMember& member : members) {
    member.part = result.placements.at(member.id).part;
  }
}

// One file for each shard that has placements; shards that have none go.
Result<std::vector<vcs::Edit>> placement_edits(const vcs::Snapshot& tip, const std::string& name,
                                               const std::vector<corpus::Placement>& all) {
  std::vector<vcs::Edit> edits;
  std::map<std::string, std::vector<corpus::Placement>> shards;
  for (const corpus::Placement& placement : all) {
    shards[corpus::split_members_path(name, placement.document)].push_back(placement);
  }
  if (TRY(tip.entry("splits/" + name))) {
    for (const vcs::TreeEntry& entry : TRY(tip.list("splits/" + name))) {
      const std::string path = "splits/" + name + "/" + entry.name;
      if (!shards.contains(path)) edits.push_back({path, std::nullopt});
    }
  }
  for (auto& [path, placements] : shards) {
    edits.push_back({path, corpus::print_placements(std::move(placements))});
  }
  return edits;
}

// The rule's file and the placements.
Result<std::vector<vcs::Edit>> edits_for(const vcs::Snapshot& tip, const std::string& name,
                                         corpus::Split split, const dataset::SplitResult& result) {
  set_evaluated_documents(split, static_cast<int64_t>(result.placements.size()));
  auto edits = TRY(placement_edits(tip, name, result.exceptions));
  edits.push_back({corpus::split_path(name), corpus::print_split(split)});
  return edits;
}

base::Error locked_elsewhere(const corpus::Placement& placement) {
  return {base::Code::conflict, "document " + placement.document.hex + " is locked in " +
                                    placement.part +
                                    ": a release has shown it there; unlock it first"};
}

Result<std::vector<corpus::Placement>> with_placement(std::vector<corpus::Placement> all,
                                                      const corpus::DocumentId& id,
                                                      const std::string& part) {
  for (corpus::Placement& placement : all) {
    if (placement.document != id) continue;
    const bool locked = placement.kind == corpus::PlacementKind::locked;
    if (locked && placement.part != part) return locked_elsewhere(placement);
    placement.part = part;
    return all;
  }
  all.push_back({id, part, corpus::PlacementKind::placed});
  return all;
}

// How many were locked.
size_t unlock(const std::set<corpus::DocumentId>& documents, std::vector<corpus::Placement>& all) {
  size_t count = 0;
  for (corpus::Placement& placement : all) {
    const bool locked = placement.kind == corpus::PlacementKind::locked;
    if (!locked || !documents.contains(placement.document)) continue;
    placement.kind = corpus::PlacementKind::placed;
    ++count;
  }
  return count;
}

bool same_rule(corpus::Split a, corpus::Split b) {
  a.extra.clear();
  b.extra.clear();
  return a == b;
}

Result<corpus::Split> rule_to_use(const vcs::Snapshot& tip, const std::string& name,
                                  const std::optional<corpus::Split>& wanted) {
  const auto text = tip.read(corpus::split_path(name));
  if (!text.ok()) {
    if (wanted) return *wanted;
    return base::Error{base::Code::not_found, "there is no split called " + name};
  }
  const corpus::Split known = TRY(corpus::parse_split(*text));
  if (wanted && !same_rule(*wanted, known)) {
    return base::Error{base::Code::conflict,
                       "the split " + name + " has another rule; give the new rule a new name"};
  }
  return known;
}

}  // namespace

bool groups_near_duplicates(const corpus::SplitRule& rule) {
  return std::find(rule.group_by.begin(), rule.group_by.end(), kNearDuplicateKey) !=
         rule.group_by.end();
}

dataset::SplitMember split_member_of(const corpus::Document& document,
                                     const corpus::SplitRule& rule) {
  dataset::SplitMember member{document.id, dataset::group_values_of(document, rule.group_by), {}};
  member.anchor = dataset::anchor_of(document, rule.group_by);
  return member;
}

Result<corpus::Split> split_in(const vcs::Snapshot& tip, const std::string& name) {
  if (!TRY(tip.entry(corpus::split_path(name)))) {
    return base::Error{base::Code::not_found, "there is no split called " + name};
  }
  return as_stored(corpus::parse_split(TRY(tip.read(corpus::split_path(name)))));
}

int64_t evaluated_documents(const corpus::Split& split) {
  const auto found = split.extra.find(kEvaluatedKey);
  const int64_t* documents = found == split.extra.end() ? nullptr : found->second.as_integer();
  return documents != nullptr ? *documents : 0;
}

void set_evaluated_documents(corpus::Split& split, int64_t documents) {
  split.extra[kEvaluatedKey] = base::Json(documents);
}

Result<vcs::CommitResult> commit_split(
    OpenProject& project, const vcs::Signature& author, const std::string& name,
    const std::string& message,
    const std::function<Result<std::vector<vcs::Edit>>(const vcs::Snapshot& tip)>& make) {
  vcs::CommitRequest request;
  request.author = author;
  request.committer = author;
  request.message = message + " " + name + "\n";
  request.make = make;
  return project.commits->commit(std::move(request));
}

dataset::LeakageMember leakage_member_of(const corpus::Document& document,
                                         const corpus::SplitRule& rule) {
  dataset::LeakageMember member{document.id,
                                "",
                                dataset::group_values_of(document, rule.group_by),
                                document.source.sha256,
                                {}};
  for (const corpus::Page& page : document.pages) {
    member.images.push_back(page.image.size > 0 ? page.image.sha256 : base::Sha256());
  }
  return member;
}

Result<SplitReading> read_split(Services& services, const OpenProject& project,
                                const vcs::ObjectId& commit, const std::string& name) {
  const vcs::Snapshot snapshot = TRY(vcs::Snapshot::at_commit(*project.repository, commit));
  const auto entry = TRY(snapshot.entry(corpus::split_path(name)));
  if (!entry) return base::Error{base::Code::not_found, "there is no split called " + name};
  SplitReading reading;
  reading.rule = entry->id;
  reading.split = TRY(corpus::parse_split(TRY(snapshot.read(corpus::split_path(name)))));
  Members members = TRY(members_of(services, project, snapshot, reading.split.rule));
  const auto placed = TRY(placements_at(project, commit, name, reading.split, members));
  reading.result = TRY(dataset::assign_split(reading.split, members.members, placed));
  note_parts(reading.result, members.leakage);
  reading.members = std::move(members.leakage);
  return reading;
}

namespace {

struct Evaluation {
  SplitOutcome outcome;
  dataset::SplitResult result;
};

// The split over main as it is; under the project's release_mutex, if it is to be written.
Result<Evaluation> evaluate(Services& services, const OpenProject& project, const std::string& name,
                            const std::optional<corpus::Split>& rule) {
  if (corpus::classify(corpus::split_path(name)).kind != corpus::PathKind::split) {
    return base::Error{base::Code::invalid, "a split's name has letters, digits, '-' and '_'"};
  }
  const vcs::ObjectId tip_id = TRY(project.tip_id());
  const vcs::Snapshot tip = TRY(vcs::Snapshot::at_commit(*project.repository, tip_id));
  Evaluation evaluation;
  SplitOutcome& outcome = evaluation.outcome;
  outcome.split = TRY(rule_to_use(tip, name, rule));
  Members members = TRY(members_of(services, project, tip, outcome.split.rule));
  const auto placed = TRY(placements_at(project, tip_id, name, outcome.split, members));
  evaluation.result = TRY(dataset::assign_split(outcome.split, members.members, placed));
  outcome.counts = evaluation.result.counts;
  outcome.labels = TRY(labels_by_part(services, project, evaluation.result));
  outcome.torn = evaluation.result.torn;
  note_parts(evaluation.result, members.leakage);
  outcome.leakage = dataset::measure_leakage(members.leakage);
  return evaluation;
}

}  // namespace

Result<SplitOutcome> make_split(Services& services, const Actor& actor, const std::string& name,
                                const std::optional<corpus::Split>& rule) {
  const auto project = TRY(services.catalog->open(actor.project()));
  const std::lock_guard lock(project->release_mutex);
  Evaluation evaluation = TRY(evaluate(services, *project, name, rule));
  const auto committed = TRY(commit_split(
      *project, signature_of(actor), name, "Evaluate the split", [&](const vcs::Snapshot& now) {
        return edits_for(now, name, evaluation.outcome.split, evaluation.result);
      }));
  evaluation.outcome.commit = committed.commit.hex();
  TRY(catch_up(services, *project));
  return std::move(evaluation.outcome);
}

Result<SplitOutcome> preview_split(Services& services, const Actor& actor, const std::string& name,
                                   const std::optional<corpus::Split>& rule) {
  const auto project = TRY(services.catalog->open(actor.project()));
  return TRY(evaluate(services, *project, name, rule)).outcome;
}

Result<std::map<std::string, corpus::Split>> splits_of(const OpenProject& project) {
  std::map<std::string, corpus::Split> splits;
  const vcs::Snapshot tip = TRY(project.tip());
  if (!TRY(tip.entry("splits"))) return splits;
  for (const vcs::TreeEntry& entry : TRY(tip.list("splits"))) {
    const corpus::PathInfo info = corpus::classify("splits/" + entry.name);
    if (info.kind == corpus::PathKind::split) splits[info.split] = TRY(split_in(tip, info.split));
  }
  return splits;
}

Result<LabelsByPart> labels_by_part(Services& services, const OpenProject& project,
                                    const dataset::SplitResult& result) {
  const auto counts = TRY(services.database->read([&](storage::Transaction& tx) {
    return storage::LabelTable(tx).by_document(project.project.id);
  }));
  LabelsByPart labels;
  for (const auto& [document, label, annotations] : counts) {
    const auto placed = result.placements.find(document);
    if (placed == result.placements.end()) continue;
    labels[label][placed->second.part] += static_cast<uint64_t>(annotations);
  }
  return labels;
}

Result<LockedSplit> lock_split(Services& services, OpenProject& project, const std::string& name) {
  const vcs::ObjectId tip_id = TRY(project.tip_id());
  SplitReading reading = TRY(read_split(services, project, tip_id, name));
  vcs::ObjectId base;  // main as it was when the commit was made
  dataset::lock_parts(reading.split, reading.result);
  const auto committed = TRY(
      commit_split(project, server_signature(), name, kLockMessage, [&](const vcs::Snapshot& now) {
        base = now.tree();
        return edits_for(now, name, reading.split, reading.result);
      }));
  TRY(catch_up(services, project));
  // Reading every document again costs as much as the first time: only if others were faster.
  if (base != TRY(vcs::Snapshot::at_commit(*project.repository, tip_id)).tree()) {
    return LockedSplit{committed.commit,
                       TRY(read_split(services, project, committed.commit, name))};
  }
  const vcs::Snapshot locked = TRY(vcs::Snapshot::at_commit(*project.repository, committed.commit));
  reading.rule = TRY(locked.entry(corpus::split_path(name)))->id;
  return LockedSplit{committed.commit, std::move(reading)};
}

Result<void> place_document(Services& services, const Actor& actor, const std::string& name,
                            const corpus::DocumentId& id, const std::string& part) {
  const auto project = TRY(services.catalog->open(actor.project()));
  const auto make = [&](const vcs::Snapshot& tip) -> Result<std::vector<vcs::Edit>> {
    const corpus::Split split = TRY(split_in(tip, name));
    const bool known = std::any_of(split.parts.begin(), split.parts.end(),
                                   [&](const corpus::SplitPart& p) { return p.name == part; });
    if (!known) return base::Error{base::Code::invalid, "the split has no part \"" + part + "\""};
    if (!TRY(tip.entry(corpus::document_dir(project->fan_out, id)))) {
      return base::Error{base::Code::not_found, "no such document"};
    }
    const auto all = TRY(with_placement(TRY(recorded_placements(tip, name)), id, part));
    return placement_edits(tip, name, all);
  };
  const std::lock_guard lock(project->release_mutex);
  TRY(commit_split(*project, signature_of(actor), name, "Place a document in the split", make));
  return catch_up(services, *project, [&](storage::Transaction& tx) {
    return audit(tx, actor, "split.place", actor.project().path() + "/splits/" + name,
                 base::Json::object({{"document", id.hex}, {"part", part}}));
  });
}

Result<size_t> unlock_documents(Services& services, const Actor& actor,
                                const Unlocking& unlocking) {
  if (unlocking.reason.empty()) {
    return base::Error{base::Code::invalid, "say why the documents are unlocked"};
  }
  const auto project = TRY(services.catalog->open(actor.project()));
  const std::set<corpus::DocumentId> documents(unlocking.documents.begin(),
                                               unlocking.documents.end());
  size_t count = 0;
  const auto make = [&](const vcs::Snapshot& tip) -> Result<std::vector<vcs::Edit>> {
    TRY(split_in(tip, unlocking.split));
    auto all = TRY(recorded_placements(tip, unlocking.split));
    count = unlock(documents, all);
    return placement_edits(tip, unlocking.split, all);
  };
  const std::lock_guard lock(project->release_mutex);
  TRY(commit_split(*project, signature_of(actor), unlocking.split, "Unlock documents of the split",
                   make));
  base::Json ids = base::Json::array();
  for (const corpus::DocumentId& id : documents) ids.push(id.hex);
  TRY(catch_up(services, *project, [&](storage::Transaction& tx) {
    return audit(tx, actor, "split.unlock", actor.project().path() + "/splits/" + unlocking.split,
                 base::Json::object({{"documents", ids}, {"reason", unlocking.reason}}));
  }));
  return count;
}

Result<std::vector<std::string>> refuse_broken_locks(const vcs::Snapshot& before,
                                                     const vcs::Snapshot& after,
                                                     const std::string& name) {
  std::map<corpus::DocumentId, corpus::Placement> now;
  for (auto& placement : TRY(recorded_placements(after, name))) now[placement.document] = placement;
  std::vector<std::string> lines;
  for (const corpus::Placement& placement : TRY(recorded_placements(before, name))) {
    if (placement.kind != corpus::PlacementKind::locked) continue;
    const auto found = now.find(placement.document);
    if (found != now.end() && found->second == placement) continue;
    lines.push_back(corpus::split_members_path(name, placement.document) + ": document " +
                    placement.document.hex + " is locked in " + placement.part +
                    ": a release has shown it there; who manages the project may unlock it");
  }
  return lines;
}

}  // namespace server
