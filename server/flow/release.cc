#include "server/flow/release.h"

#include <algorithm>
#include <deque>
#include <span>

#include "base/clock.h"
#include "base/json.h"
#include "base/log.h"
#include "base/parallel.h"
#include "corpus/event.h"
#include "corpus/schema.h"
#include "corpus/splits.h"
#include "dataset/export_source.h"
#include "dataset/release_edit.h"
#include "dataset/snapshot.h"
#include "dataset/split.h"
#include "server/flow/contributions.h"
#include "server/flow/document_files.h"
#include "server/flow/index.h"
#include "server/flow/known_records.h"
#include "server/flow/release_records.h"
#include "server/flow/released.h"
#include "server/flow/settled_split.h"
#include "server/flow/snapshot_objects.h"
#include "server/flow/split.h"
#include "server/flow/spool.h"
#include "server/flow/withdraw.h"
#include "vcs/ancestry.h"
#include "vcs/tag_writer.h"

namespace server {
namespace {

dataset::NextRecord records_of(std::shared_ptr<dataset::ManifestReader> reader) {
  return [reader] { return reader->next(); };
}

base::Json names_json(const std::set<std::string>& names) {
  base::Json json = base::Json::array();
  for (const std::string& name : names) json.push(name);
  return json;
}

// Which documents are asked for, in one spelling: with the same choice, a document whose files have
// not changed is in the next release if it was in this one.
std::string choice_of(const ReleaseRequest& request) {
  base::Json states = base::Json::array(), keys = base::Json::object();
  for (const corpus::ReviewState state : request.states) states.push(corpus::name_of(state));
  for (const auto& [key, value] : request.keys) keys.set(key, value);
  base::Json json = base::Json::object({{"split", request.split},
                                        {"states", states},
                                        {"labels", names_json(request.labels)},
                                        {"keys", keys}});
  if (request.received_from) json.set("received_from", *request.received_from);
  if (request.received_before) json.set("received_before", *request.received_before);
  if (request.min_agreement) json.set("min_agreement", *request.min_agreement);
  return json.print();
}

// Whether what the release before left is not as it should be; then all is read anew.
bool is_damage(const base::Error& error) {
  return error.code == base::Code::invalid || error.code == base::Code::not_found ||
         error.code == base::Code::internal;
}

// One release on its way: by what has changed since the one before, if that is all that can make a
// difference, else by a look at every document.
class Releasing {
  using Hashes = dataset::ManifestReader::Hashes;

 public:
  Releasing(Services& services, const Actor& actor, OpenProject& project,
            const ReleaseRequest& request)
      : services_(services), actor_(actor), project_(project), request_(request) {}

  Result<MadeRelease> run() {
    const auto next = TRY(build_next());
    return publish(next ? *next : TRY(build_whole()));
  }

  Result<ReleasePreview> preview() {
    const auto next = gather_next(Make::preview);
    if (!next.ok() || !*next) {
      TRY(forget(next.ok() ? nullptr : &next.error()));
      commit_ = TRY(project_.tip_id());
      TRY(gather());
    }
    return ReleasePreview{header_.version, before_version_, header_.totals,
                          change_,         changes_,        unreadable_};
  }

 private:
  // What is in the byte store, and what will be the commit that points there.
  struct Built {
    base::ContentHashes manifest;
    dataset::Snapshot snapshot;
  };

  Result<MadeRelease> publish(const Built& built) {
    const vcs::ObjectId data_commit = TRY(commit_snapshot(built.snapshot));
    const storage::ReleaseRow row = TRY(tag(built.manifest, data_commit));
    TRY(record(row));
    return MadeRelease{row, change_, unreadable_};
  }

  Result<Built> build_whole() {
    // The split's locked parts are recorded before anybody sees them.
    if (request_.split.empty()) {
      commit_ = TRY(project_.tip_id());
    } else {
      LockedSplit locked = TRY(lock_split(services_, project_, request_.split));
      commit_ = locked.commit;
      split_ = std::move(locked.reading);
    }
    const Spool records = TRY(gather());
    return build([&](const dataset::TextSink& sink) { return copy(manifest_of(records), sink); },
                 [&](const base::ContentHashes& manifest,
                     const dataset::SnapshotStore& store) -> Result<dataset::Snapshot> {
                   auto reader = std::make_shared<dataset::ManifestReader>(
                       TRY(dataset::ManifestReader::open(manifest_of(records), Hashes::none)));
                   return dataset::make_snapshot(snapshot_settings(), header_, manifest,
                                                 records_of(reader), store);
                 });
  }

  // Nothing if every document must be looked at, or if the release before is damaged: then it is
  // as if nothing had been tried.
  Result<std::optional<Built>> build_next() {
    auto built = try_next();
    if (built.ok() && *built) return built;
    TRY(forget(built.ok() ? nullptr : &built.error()));
    return std::optional<Built>();
  }

  Result<std::optional<Built>> try_next() {
    if (!TRY(gather_next(Make::release))) return std::optional<Built>();
    const auto write = [&](const dataset::TextSink& sink) -> Result<void> {
      auto older = TRY(dataset::ManifestReader::open(
          TRY(open_manifest(services_, project(), *before_)), Hashes::none));
      return dataset::splice_manifest(older, header_, edits_, sink);
    };
    const auto snapshot = [&](const base::ContentHashes& manifest,
                              const dataset::SnapshotStore& store) -> Result<dataset::Snapshot> {
      return dataset::make_next_snapshot(snapshot_settings(), header_, manifest, edits_,
                                         TRY(earlier_snapshot()), store);
    };
    return std::optional(TRY(build(write, snapshot)));
  }

  using WriteManifest = std::function<Result<void>(const dataset::TextSink&)>;
  using MakeSnapshot = std::function<Result<dataset::Snapshot>(const base::ContentHashes& manifest,
                                                               const dataset::SnapshotStore&)>;
  Result<Built> build(const WriteManifest& write, const MakeSnapshot& make) {
    SnapshotObjects objects(services_, project_);
    Built built;
    built.manifest = TRY(objects.add_manifest(write));
    dataset::SnapshotStore store;
    store.open_tree = [&] { return objects.open_tree(); };
    store.need_text = [&](const dataset::TextRef& text) { return objects.add_text(text); };
    built.snapshot = TRY(make(built.manifest, store));
    TRY(objects.finish(built.snapshot));
    return built;
  }

  Result<dataset::EarlierSnapshot> earlier_snapshot() const {
    const vcs::Snapshot data = TRY(vcs::Snapshot::at_commit(
        *project_.data, TRY(vcs::ObjectId::from_hex(before_->data_commit))));
    dataset::EarlierSnapshot earlier;
    earlier.file = [data](std::string_view path) { return data.read(path); };
    earlier.directory = [this](const base::Md5& md5) -> Result<std::string> {
      const auto reader = TRY(services_.blobs->open(project().organisation_slug, {md5, true}));
      std::string text = TRY(reader->read_whole());
      if (base::md5_of(text) == md5) return text;
      return base::Error{base::Code::internal, "the directory object " + md5.hex() + " is damaged"};
    };
    return earlier;
  }

  // Only if the release before and what has changed in git since decide everything.
  enum class Make { preview, release };
  Result<bool> gather_next(Make make) {
    TRY(find_release_before());
    commit_ = TRY(project_.tip_id());
    const bool may = memory_ && memory_->is_settled && memory_->unreadable == 0 &&
                     memory_->choice == choice_of(request_) && request_.commit.empty();
    if (!may) return false;
    const auto delta = TRY(request_.split.empty() ? delta_since_before(nullptr) : settle(make));
    if (!delta) return false;
    TRY(read_project_files());
    if (settled_) header_.split = manifest_split(TRY(rule_id()), settled_->split());
    records_.emplace(project_, *snapshot_, request_, settled_ ? &settled_->split() : nullptr);
    for (const corpus::DocumentId& id : delta->documents) {
      if (!TRY(add_edit(id))) return false;
    }
    TRY(compare_edits());
    return true;
  }

  Result<std::optional<ReleaseDelta>> delta_since_before(const NamedSplit* split) const {
    const vcs::ObjectId commit_before = TRY(vcs::ObjectId::from_hex(before_->commit));
    return std::optional(TRY(delta_between(project_, commit_before, commit_, split)));
  }

  // What has changed, once each document has its part, by the rule of the split alone: nothing if
  // the split must be evaluated. A release that is made locks, and is of the commit that says so.
  Result<std::optional<ReleaseDelta>> settle(Make make) {
    SettledSplit settled = TRY(SettledSplit::open(project_, commit_, request_.split));
    const NamedSplit named{request_.split, settled.split().rule};
    auto delta = TRY(delta_since_before(&named));
    if (delta->regroups || !TRY(settled.place(services_, delta->added))) {
      return std::optional<ReleaseDelta>();
    }
    const bool is_grown = !delta->added.empty() || !delta->removed.empty();
    if (is_grown && make == Make::release) {
      const auto locked = TRY(settled.record(delta->removed));
      if (!locked) return std::optional<ReleaseDelta>();
      commit_ = *locked;
      TRY(catch_up(services_, project_));
    }
    settled_ = std::move(settled);
    return delta;
  }

  // Git's name of the rule.
  Result<base::Sha1> rule_id() const {
    const auto entry = TRY(snapshot_->entry(corpus::split_path(request_.split)));
    if (entry) return entry->id;
    return base::Error{base::Code::not_found, "there is no split called " + request_.split};
  }

  dataset::ManifestSplit manifest_split(const base::Sha1& rule, const corpus::Split& split) const {
    return {request_.split, rule, split.parts, split.rule.group_by, split.rule.stratify_by};
  }

  // False if it cannot be read.
  Result<bool> add_edit(const corpus::DocumentId& id) {
    edits_.push_back({.id = id});
    if (!TRY(DocumentFiles(*snapshot_, project_.fan_out, id).is_there())) return true;
    auto record = records_->read(id);
    if (!record.ok() && is_unreadable(record.error())) return false;
    edits_.back().after = TRY(take(TRY(std::move(record))));
    return true;
  }

  Result<void> compare_edits() {
    auto older = TRY(dataset::ManifestReader::open(
        TRY(open_checked_manifest(services_, project(), *before_)), Hashes::none));
    TRY(dataset::find_before(older, edits_));
    header_.totals = older.header().totals;
    figures_ = memory_->figures;
    const auto count_words = [this](dataset::RecordChange, const dataset::ManifestRecord* a,
                                    const dataset::ManifestRecord* b) {
      return count_words_between(a, b);
    };
    change_ = TRY(dataset::compare_edits(edits_, header_.totals.documents, count_words));
    TRY(describe_change(*before_, older.header().schema));
    dataset::apply_edits(edits_, header_.totals);
    dataset::apply_edits(edits_, figures_);
    return decide_version();
  }

  // Before every document is looked at: as if nothing had been tried. An error is one still, unless
  // it says that the release before is damaged.
  Result<void> forget(const base::Error* error) {
    if (error != nullptr && !is_damage(*error)) return *error;
    if (error != nullptr) {
      base::log_warning("a release looks at every document: the one before it is not whole",
                        {{"project", project().path()},
                         {"release", request_.name},
                         {"error.code", base::name_of(error->code)}});
    }
    edits_.clear();
    records_.reset();
    settled_.reset();
    snapshot_.reset();
    header_ = {};
    change_ = {};
    figures_ = {};
    changes_.clear();
    return {};
  }

  // The records, and the version that follows from them.
  Result<Spool> gather() {
    TRY(choose_commit());
    TRY(find_release_before());
    Spool records = TRY(Spool::create(services_.config.data / "tmp"));
    TRY(collect(records));
    TRY(records.flush());
    TRY(decide_version());
    return records;
  }

  Result<void> decide_version() {
    if (header_.totals.documents == 0) {
      return base::Error{base::Code::conflict, "no document matches: the release would be empty"};
    }
    header_.version = dataset::next_version(before_version_, change_);
    return {};
  }

  // The whole file: the header in front of the records.
  dataset::ManifestReader::Chunks manifest_of(const Spool& records) const {
    return [header = dataset::print_header(header_),
            chunks = records.chunks()]() mutable -> Result<std::string> {
      return header.empty() ? chunks() : std::exchange(header, {});
    };
  }

  const storage::Project& project() const { return actor_.project(); }

  // The revision that is released: the one that was asked for, else main. What is placed in a split
  // stays placed, so the places of main will do.
  Result<void> choose_commit() {
    if (!request_.commit.empty()) commit_ = TRY(asked_commit());
    const bool read_already = split_ && request_.commit.empty();
    if (!request_.split.empty() && !read_already) {
      split_ = TRY(read_split(services_, project_, commit_, request_.split));
    }
    TRY(read_project_files());
    if (split_) header_.split = manifest_split(split_->rule, split_->split);
    records_.emplace(project_, *snapshot_, request_, split_ ? &split_->split : nullptr);
    return {};
  }

  // What a release has of the revision beside documents.
  Result<void> read_project_files() {
    snapshot_ = TRY(vcs::Snapshot::at_commit(*project_.repository, commit_));
    header_.name = request_.name;
    header_.licence = request_.licence;
    header_.description = request_.description;
    header_.schema = TRY(text_ref(std::string(corpus::kSchemaPath)));
    return snapshot_->walk("guidelines",
                           [&](std::string_view path, const vcs::TreeEntry&) -> Result<bool> {
                             const std::string name(path);
                             const dataset::TextRef file = TRY(text_ref(name));
                             header_.guidelines.push_back({name, file});
                             return true;
                           });
  }

  Result<vcs::ObjectId> asked_commit() const {
    const auto commit = vcs::ObjectId::from_hex(request_.commit);
    if (!commit.ok() ||
        !TRY(vcs::is_ancestor(*project_.repository, *commit, TRY(project_.tip_id())))) {
      return base::Error{base::Code::invalid, "commit: there is no such commit in main"};
    }
    return *commit;
  }

  Result<dataset::TextRef> text_ref(const std::string& path) const {
    return dataset::text_ref_of(TRY(snapshot_->read(path)));
  }
  Result<std::optional<dataset::TextRef>> text_ref_if_there(const std::string& path) const {
    if (!TRY(snapshot_->entry(path))) return std::optional<dataset::TextRef>();
    return std::optional(TRY(text_ref(path)));
  }

  // The highest version of the dataset so far.
  Result<void> find_release_before() {
    if (before_) return {};
    for (const storage::ReleaseRow& row :
         TRY(services_.database->read([&](storage::Transaction& tx) {
           return storage::ReleaseTable(tx).list(project().id);
         }))) {
      if (row.name != request_.name) continue;
      const dataset::Version version = TRY(dataset::parse_version(row.version));
      if (before_version_ && version < *before_version_) continue;
      before_version_ = version;
      before_ = row;
    }
    if (before_) memory_ = TRY(memory_of(services_, *before_));
    return {};
  }

  Result<std::vector<corpus::DocumentId>> all_documents() const {
    std::vector<corpus::DocumentId> ids;
    TRY(for_each_document(*snapshot_, [&](const corpus::DocumentId& id) -> Result<void> {
      ids.push_back(id);
      return {};
    }));
    std::sort(ids.begin(), ids.end());
    return ids;
  }

  // The records, and what they change: compared with those of the release before as they are made,
  // so that neither manifest is read more than once.
  Result<void> collect(Spool& records) {
    const auto ids = TRY(all_documents());
    const auto known = TRY(KnownRecords::open(services_, project_, before_, commit_,
                                              split_ ? &split_->split : nullptr));
    auto now = [&, next = ids.begin()]() mutable {
      return next_record(ids, next, *known, records);
    };
    if (!before_) {
      while (TRY(now())) continue;
      return {};
    }
    if (memory_) figures_.confidence = memory_->figures.confidence;
    const auto count_words = [this](dataset::RecordChange, const dataset::ManifestRecord* a,
                                    const dataset::ManifestRecord* b) {
      return memory_ ? count_words_between(a, b) : Result<void>();
    };
    change_ = TRY(dataset::compare_releases([&] { return known->next(); }, now, count_words));
    return describe_change(*before_, known->header().schema);
  }

  // Of the first document from `next` on that is asked for and can be read.
  Result<std::optional<dataset::ManifestRecord>> next_record(
      const std::vector<corpus::DocumentId>& ids,
      std::vector<corpus::DocumentId>::const_iterator& next, KnownRecords& known, Spool& records) {
    while (next != ids.end()) {
      const corpus::DocumentId& id = *next++;
      const dataset::ManifestRecord* same =
          records_->asks_for_sources() ? nullptr : TRY(known.find(id));
      // Where most documents are known, there is nothing to gain by reading ahead.
      auto record =
          same ? again(*same) : read_ahead({next - 1, known.is_usable() ? next : ids.end()});
      if (!record.ok()) {
        TRY(leave_out(id, record.error()));
        continue;
      }
      if (!*record) continue;
      header_.totals.add(**record);
      figures_.add(**record);
      TRY(records.append(dataset::print_record(**record)));
      return record;
    }
    return std::optional<dataset::ManifestRecord>();
  }

  Result<void> place(dataset::ManifestRecord& record) const {
    if (!split_) return {};
    const auto placed = split_->result.placements.find(record.id);
    if (placed == split_->result.placements.end()) {
      return base::Error{base::Code::invalid, "the split could not place the document"};
    }
    record.split = placed->second.part;
    return {};
  }

  // A record of the release before: only its part may be another now.
  Result<std::optional<dataset::ManifestRecord>> again(const dataset::ManifestRecord& known) {
    if (!records_->chooses(known)) return std::optional<dataset::ManifestRecord>();
    dataset::ManifestRecord record = known;
    for (const dataset::ManifestPage& page : record.pages) {
      if (page.words && !memory_) figures_.add_words(TRY(text_of(*page.words)));
    }
    TRY(place(record));
    return std::optional(std::move(record));
  }

  Result<void> leave_out(const corpus::DocumentId& id, const base::Error& error) {
    if (!is_unreadable(error)) return error;
    log_unreadable(project().path(), id, error);
    ++unreadable_;
    return {};
  }

  Result<std::string> text_of(const dataset::TextRef& text) const {
    return vcs::read_object_of(*project_.repository, vcs::ObjectKind::blob, text.blob);
  }

  // Of what the two records do not share.
  Result<void> count_words_between(const dataset::ManifestRecord* before,
                                   const dataset::ManifestRecord* after) {
    const size_t pages =
        std::max(before ? before->pages.size() : 0, after ? after->pages.size() : 0);
    const auto words_of = [](const dataset::ManifestRecord* record, size_t page) {
      return record && page < record->pages.size() ? record->pages[page].words : std::nullopt;
    };
    for (size_t page = 0; page < pages; ++page) {
      const auto old = words_of(before, page), now = words_of(after, page);
      if (old == now) continue;
      if (old) figures_.remove_words(TRY(text_of(*old)));
      if (now) figures_.add_words(TRY(text_of(*now)));
    }
    return {};
  }

  // Nothing if the document is not asked for. The words' confidences are counted unless the
  // difference will do.
  Result<std::optional<dataset::ManifestRecord>> take(ReleaseRecord read) {
    if (!read.record) return std::move(read.record);
    if (!memory_) {
      for (const std::string& words : read.words) figures_.add_words(words);
    }
    if (settled_) {
      read.record->split = TRY(settled_->part_of(read.document));
    } else {
      TRY(place(*read.record));
    }
    return std::move(read.record);
  }

  // Of the next document, whose files are read in several threads with those of some that follow.
  Result<std::optional<dataset::ManifestRecord>> read_ahead(
      std::span<const corpus::DocumentId> ids) {
    constexpr size_t kAhead = 256;
    if (ahead_.empty()) {
      std::vector<std::optional<Result<ReleaseRecord>>> read(std::min(kAhead, ids.size()));
      TRY(base::in_parallel(base::processors(), read.size(), [&](size_t i) -> Result<void> {
        read[i] = records_->read(ids[i]);
        return {};
      }));
      for (auto& record : read) ahead_.push_back(std::move(*record));
    }
    auto record = std::move(ahead_.front());
    ahead_.pop_front();
    return take(TRY(std::move(record)));
  }

  // Records and labels, what became of the schema, and how many people worked on it.
  Result<void> describe_change(const storage::ReleaseRow& last, const dataset::TextRef& schema) {
    changes_ = "since " + last.version + ", " + dataset::describe(change_);
    const auto before = TRY(schema_at(schema));
    const auto after = TRY(schema_at(header_.schema));
    if (before && after) changes_ += dataset::describe_schema_change(*before, *after);
    const auto people =
        contributions_between(project_, TRY(vcs::ObjectId::from_hex(last.commit)), commit_);
    if (!people.ok() && people.error().code == base::Code::limit) return {};
    if (!people.ok()) return people.error();
    Contribution sum;
    for (const auto& [mail, work] : *people) {
      sum.commits += work.commits;
      sum.added += work.added;
      sum.changed += work.changed;
      sum.removed += work.removed;
    }
    if (sum.total() == 0) return {};
    changes_ += "annotators: " + std::to_string(people->size()) + " in " +
                std::to_string(sum.commits) + " commits, annotations added " +
                std::to_string(sum.added) + ", changed " + std::to_string(sum.changed) +
                ", removed " + std::to_string(sum.removed) + "\n";
    return {};
  }

  // Nothing if it is of a form that is no longer read.
  Result<std::optional<corpus::Schema>> schema_at(const dataset::TextRef& ref) const {
    const auto schema = corpus::parse_schema(TRY(text_of(ref)));
    return schema.ok() ? std::optional(*schema) : std::nullopt;
  }

  static Result<void> copy(const dataset::ManifestReader::Chunks& chunks,
                           const dataset::TextSink& sink) {
    while (true) {
      const std::string chunk = TRY(chunks());
      if (chunk.empty()) return {};
      TRY(sink(chunk));
    }
  }

  dataset::SnapshotSettings snapshot_settings() const {
    const Catalog& catalog = *services_.catalog;
    return {catalog.dvc_url(project()),
            catalog.data_url(project()),
            project().organisation_slug,
            base::now_milliseconds(),
            figures_,
            changes_};
  }

  // The commit's tree is exactly the snapshot's files.
  Result<vcs::ObjectId> commit_snapshot(const dataset::Snapshot& snapshot) {
    vcs::CommitRequest request;
    request.author = request.committer = server_signature();
    request.message = kReleaseMessage + title() + "\n";
    request.make = [&](const vcs::Snapshot& tip) -> Result<std::vector<vcs::Edit>> {
      std::vector<vcs::Edit> edits;
      std::set<std::string> kept;
      for (const dataset::RepositoryFile& file : snapshot.files) {
        kept.insert(file.path);
        edits.push_back({file.path, file.content});
      }
      if (tip.tree() == vcs::kNoObject) return edits;
      TRY(tip.walk("", [&](std::string_view path, const vcs::TreeEntry&) -> Result<bool> {
        const bool stays = path == kWithdrawnNotes || kept.contains(std::string(path));
        if (!stays) edits.push_back({std::string(path), std::nullopt});
        return true;
      }));
      return edits;
    };
    return TRY(project_.data_commits->commit(std::move(request))).commit;
  }

  std::string title() const {
    return header_.name + " v" + dataset::print_version(header_.version);
  }

  Result<storage::ReleaseRow> tag(const base::ContentHashes& manifest,
                                  const vcs::ObjectId& data_commit) {
    const std::string name = dataset::release_tag(header_.name, header_.version);
    vcs::Signature tagger = signature_of(actor_);
    base::Json facts =
        base::Json::object({{"manifest_sha256", manifest.sha256.hex()},
                            {"manifest_md5", manifest.md5.hex()},
                            {"data_commit", data_commit.hex()},
                            {"documents", static_cast<int64_t>(header_.totals.documents)}});
    if (request_.expires_at) facts.set("expires_at", base::to_rfc3339(*request_.expires_at));
    const std::string message = title() + "\n\n" +
                                (changes_.empty() ? dataset::describe(change_) : changes_) + "\n" +
                                facts.print() + "\n";
    // The first tag makes the release; from there on settle_releases() would go on.
    const vcs::ObjectId id = TRY(vcs::create_tag(
        *project_.repository, {commit_, vcs::ObjectKind::commit, name, tagger, message}));
    TRY(vcs::create_tag(*project_.data,
                        {data_commit, vcs::ObjectKind::commit, name, tagger, message}));
    storage::ReleaseRow row;
    row.project = project().id;
    row.name = header_.name;
    row.version = dataset::print_version(header_.version);
    row.tag_oid = id.hex();
    row.commit = commit_.hex();
    row.data_commit = data_commit.hex();
    row.manifest_sha256 = manifest.sha256;
    row.manifest_md5 = manifest.md5;
    row.created_by = actor_.user();
    row.created_at = tagger.time * 1000;
    row.document_count = static_cast<int64_t>(header_.totals.documents);
    row.expires_at = request_.expires_at.value_or(0);
    return row;
  }

  Result<void> record(const storage::ReleaseRow& row) {
    return services_.database->write([&](storage::Transaction& tx) -> Result<void> {
      TRY(storage::ReleaseTable(tx).record(row));
      TRY(remember_for_the_next(
          tx, row, {choice_of(request_), request_.commit.empty(), unreadable_, figures_}));
      const std::string subject = project().path() + "/releases/" + row.name + "/" + row.version;
      TRY(audit(tx, actor_, "release.create", subject,
                base::Json::object({{"manifest_sha256", row.manifest_sha256.hex()}})));
      TRY(services_.events->append(tx, {.type = std::string(corpus::event_type::kReleaseCreated),
                                        .project = project().id,
                                        .subject = subject}));
      return {};
    });
  }

  Services& services_;
  const Actor& actor_;
  OpenProject& project_;
  const ReleaseRequest& request_;
  vcs::ObjectId commit_;
  std::optional<vcs::Snapshot> snapshot_;
  std::optional<SplitReading> split_;    // when every document is looked at
  std::optional<SettledSplit> settled_;  // when few are
  std::optional<storage::ReleaseRow> before_;
  std::optional<dataset::Version> before_version_;
  std::optional<ReleaseMemory> memory_;  // of the release before; none: all words must be read
  std::vector<dataset::RecordEdit> edits_;
  std::optional<ReleaseRecords> records_;
  std::deque<Result<ReleaseRecord>> ahead_;
  dataset::ManifestHeader header_;
  dataset::ReleaseChange change_;
  dataset::ReleaseFigures figures_;
  std::string changes_;  // for people
  size_t unreadable_ = 0;
};

// What can be said without a look at the project.
Result<void> check(const ReleaseRequest& request) {
  const auto name = corpus::parse_slug(request.name);
  if (!name.ok()) return name.error().within("name");
  if (request.expires_at && *request.expires_at <= base::now_milliseconds()) {
    return base::Error{base::Code::invalid, "expires_at: a release cannot expire in the past"};
  }
  return {};
}

}  // namespace

Result<MadeRelease> make_release(Services& services, const Actor& actor,
                                 const ReleaseRequest& request) {
  TRY(check(request));
  const auto project = TRY(services.catalog->open(actor.project()));
  const std::lock_guard lock(project->release_mutex);
  TRY(settle_releases(services, *project));
  return Releasing(services, actor, *project, request).run();
}

Result<ReleasePreview> preview_release(Services& services, const Actor& actor,
                                       const ReleaseRequest& request) {
  TRY(check(request));
  const auto project = TRY(services.catalog->open(actor.project()));
  const std::lock_guard lock(project->release_mutex);
  TRY(settle_releases(services, *project));
  return Releasing(services, actor, *project, request).preview();
}

}  // namespace server
