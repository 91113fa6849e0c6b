#include "server/flow/index.h"

#include <algorithm>
#include <cstdlib>
#include <map>
#include <set>

#include "base/clock.h"
#include "base/log.h"
#include "corpus/event.h"
#include "corpus/label_use.h"
#include "server/flow/actor.h"
#include "server/flow/document_files.h"
#include "server/flow/near_pages.h"
#include "server/flow/released.h"
#include "server/flow/withdraw.h"
#include "storage/document_table.h"
#include "storage/label_table.h"
#include "storage/overview_table.h"
#include "storage/release_table.h"
#include "storage/settings_table.h"
#include "storage/user_store.h"
#include "vcs/diff.h"

namespace server {
namespace {

std::string seen_key(const OpenProject& project) {
  return "indexed-commit:" + project.project.ulid;
}

// What the difference between two commits says of one document.
struct DocumentChanges {
  bool is_new = false;
  bool record = false;
  bool review = false;
  bool labels = false;
  bool comments = false;
  std::set<corpus::PageNumber> words;
  std::set<corpus::PageNumber> annotations;  // 0: of the document as a whole
};

struct Changes {
  std::map<corpus::DocumentId, DocumentChanges> documents;
  bool schema = false;
  std::set<std::string> splits;
};

void note(const corpus::PathInfo& path, bool added, Changes& changes) {
  using corpus::PathKind;
  if (path.kind == PathKind::schema) changes.schema = true;
  if (path.kind == PathKind::split || path.kind == PathKind::split_members) {
    changes.splits.insert(path.split);
  }
  if (!path.document) return;
  DocumentChanges& document = changes.documents[*path.document];
  switch (path.kind) {
    case PathKind::document:
      document.record = true;
      document.is_new = added;
      break;
    case PathKind::review:
      document.review = true;
      break;
    case PathKind::comments:
      document.comments = true;
      break;
    case PathKind::words:
      document.words.insert(path.page);
      break;
    case PathKind::page_annotations:
    case PathKind::document_annotations:
      document.annotations.insert(path.page);
      break;
    default:
      break;
  }
}

Result<Changes> changes_between(const OpenProject& project, const vcs::ObjectId& before,
                                const vcs::ObjectId& after) {
  Changes changes;
  TRY(vcs::diff_commits(
      *project.repository, before, after, [&](const vcs::Change& change) -> Result<bool> {
        note(corpus::classify(change.path, project.fan_out), !change.before, changes);
        return true;
      }));
  return changes;
}

storage::DocumentState state_of(const corpus::Document& document) {
  const bool some_failed = std::any_of(document.pages.begin(), document.pages.end(),
                                       [](const corpus::Page& page) { return page.failed(); });
  return some_failed ? storage::DocumentState::partly_ready : storage::DocumentState::ready;
}

// A file that says nothing sensible has no annotations; one that cannot be read is an error.
Result<std::shared_ptr<const std::vector<corpus::Annotation>>> annotations_in(
    const DocumentFiles& files, const std::string& path) {
  const auto version = files.annotations(path);
  if (version.ok()) return version->annotations;
  TRY(files.version(path));
  return std::make_shared<const std::vector<corpus::Annotation>>();
}

std::vector<std::string> labels_of(const std::vector<corpus::Annotation>& annotations) {
  std::set<std::string> labels;
  for (const corpus::Annotation& annotation : annotations) {
    if (!annotation.label.empty()) labels.insert(annotation.label);
  }
  return {labels.begin(), labels.end()};
}

// How sure the model was of what it was least sure of.
int32_t least_confidence(const std::vector<corpus::Annotation>& annotations) {
  int32_t least = storage::kNoConfidence;
  for (const corpus::Annotation& annotation : annotations) {
    if (annotation.confidence) least = std::min(least, *annotation.confidence);
  }
  return least;
}

// What another reading of the page has left for people to look at.
std::map<corpus::AnchorStatus, int64_t> questions_in(
    const std::vector<corpus::Annotation>& annotations) {
  std::map<corpus::AnchorStatus, int64_t> counts;
  for (const corpus::Annotation& annotation : annotations) {
    if (!annotation.anchor || annotation.anchor->status == corpus::AnchorStatus::exact) continue;
    ++counts[annotation.anchor->status];
  }
  return counts;
}

storage::PageReading reading_of(const std::vector<corpus::Word>& words) {
  int64_t sum = 0;
  for (const corpus::Word& word : words) sum += word.confidence;
  const auto count = static_cast<int64_t>(words.size());
  return {static_cast<int32_t>(count), static_cast<int32_t>(count == 0 ? 0 : sum / count)};
}

// One word for what is most wrong with a scan (docs/formats/document.md has the measures).
std::string_view verdict_of(const corpus::PageQuality& quality) {
  constexpr int32_t kBlurred = 300;
  constexpr int32_t kFaint = 300;
  constexpr int32_t kSmall = 12;    // pixels
  constexpr int32_t kSkewed = 200;  // hundredths of a degree
  if (quality.blank) return "blank";
  if (quality.sharpness < kBlurred) return "blurred";
  if (quality.contrast < kFaint) return "faint";
  if (quality.x_height > 0 && quality.x_height < kSmall) return "small";
  return std::abs(quality.skew) > kSkewed ? "skewed" : "good";
}

std::optional<corpus::PageLook> look_of(const corpus::Document& document, corpus::PageNumber page) {
  if (page < 1 || page > document.pages.size()) return std::nullopt;
  const auto& quality = document.pages[page - 1].quality;
  return quality ? quality->look : std::nullopt;
}

// Writes what one commit range changed; lives for one transaction.
class Indexer {
 public:
  // `is_news`: it happens now; else git is read again from its beginning.
  Indexer(Services& services, OpenProject& project, const vcs::Snapshot& snapshot,
          std::string commit, bool is_news, storage::Transaction& tx)
      : services_(services),
        project_(project),
        snapshot_(snapshot),
        commit_(std::move(commit)),
        is_news_(is_news),
        tx_(tx),
        table_(tx) {}

  Result<void> index(const corpus::DocumentId& id, const DocumentChanges& changes) {
    const DocumentFiles files(snapshot_, project_.fan_out, id, project_.parsed.get());
    if (!TRY(files.is_there())) return table_.remove(project_.project.id, id);
    const auto indexed = index_files(id, files, changes);
    if (indexed.ok() || !is_unreadable(indexed.error())) return indexed;
    log_unreadable(project_.project.path(), id, indexed.error());
    TRY(table_.put_unreadable(project_.project.id, id, commit_,
                              {kUnreadable, "its record in git cannot be read"},
                              base::now_milliseconds()));
    return tell(corpus::event_type::kDocumentFailed, id,
                base::Json::object({{"code", kUnreadable}}));
  }

  Result<void> tell(std::string_view type, const std::string& subject, base::Json data) {
    data.set("commit", commit_);
    TRY(services_.events->append(tx_, {.type = std::string(type),
                                       .project = project_.project.id,
                                       .subject = subject,
                                       .data = std::move(data)}));
    return {};
  }

 private:
  Result<void> index_files(const corpus::DocumentId& id, const DocumentFiles& files,
                           const DocumentChanges& changes) {
    if (changes.record) TRY(index_record(id, files, changes.is_new));
    for (const auto page : changes.words) TRY(index_words(id, files, page));
    for (const auto page : changes.annotations) TRY(index_labels(id, files, page));
    if (changes.record || !changes.words.empty() || !changes.annotations.empty()) {
      TRY(table_.sum_up_confidence(project_.project.id, id));
    }
    if (!changes.annotations.empty()) TRY(tell(corpus::event_type::kAnnotationsSaved, id));
    const bool was_reread = changes.record && !changes.is_new && !changes.words.empty();
    if (was_reread) TRY(tell_of_rereading(id, changes.words.size()));
    if (changes.review) TRY(index_review(id, files));
    if (changes.comments) TRY(tell(corpus::event_type::kCommentsChanged, id));
    return {};
  }

  Result<void> tell(std::string_view type, const corpus::DocumentId& id,
                    base::Json data = base::Json::object()) {
    return tell(type, document_subject(project_.project, id.hex), std::move(data));
  }

  Result<void> tell_of_rereading(const corpus::DocumentId& id, size_t pages) {
    auto anchors = TRY(table_.anchors(project_.project.id, id));
    return tell(corpus::event_type::kDocumentReread, id,
                base::Json::object({{"pages", static_cast<int64_t>(pages)},
                                    {"moved", anchors[corpus::AnchorStatus::moved]},
                                    {"orphaned", anchors[corpus::AnchorStatus::orphaned]}}));
  }

  Result<void> index_record(const corpus::DocumentId& id, const DocumentFiles& files, bool is_new) {
    const corpus::Document document = TRY(files.document());
    const auto state = state_of(document);
    TRY(table_.put_from_git(project_.project.id, document, commit_, state,
                            base::now_milliseconds()));
    for (corpus::PageNumber page = 1; page <= document.pages.size(); ++page) {
      const auto& quality = document.pages[page - 1].quality;
      if (!quality) continue;
      TRY(table_.set_page_quality(project_.project.id, id, page, verdict_of(*quality)));
    }
    if (!is_new) return {};
    return tell(corpus::event_type::kDocumentReady, id,
                base::Json::object({{"state", storage::name_of(state)},
                                    {"pages", static_cast<int64_t>(document.pages.size())}}));
  }

  Result<void> index_words(const corpus::DocumentId& id, const DocumentFiles& files,
                           corpus::PageNumber page) {
    const auto read = files.words(page);
    const std::vector<corpus::Word> words = read.ok() ? *read : std::vector<corpus::Word>();
    if (read.ok()) {
      TRY(table_.set_page_reading(project_.project.id, id, page, reading_of(words)));
    }
    TRY(table_.set_page_text(project_.project.id, id, page, corpus::text_of(words)));
    const auto document = TRY(files.shared_document());
    return find_near_pages(tx_, project_.project.id, id, page,
                           dataset::sketch_of(words, look_of(*document, page)));
  }

  Result<void> index_labels(const corpus::DocumentId& id, const DocumentFiles& files,
                            corpus::PageNumber page) {
    const auto annotations = TRY(annotations_in(files, annotations_path(files.directory(), page)));
    TRY(table_.set_labels(project_.project.id, id, page, labels_of(*annotations)));
    TRY(table_.set_label_confidence(project_.project.id, id, page, least_confidence(*annotations)));
    TRY(table_.set_anchors(project_.project.id, id, page, questions_in(*annotations)));
    return storage::LabelTable(tx_).set_uses(project_.project.id, id, page,
                                             corpus::label_uses(*annotations));
  }

  Result<void> index_review(const corpus::DocumentId& id, const DocumentFiles& files) {
    const corpus::Review review = TRY(files.review());
    TRY(note_review(id, review));
    TRY(table_.set_review_state(project_.project.id, id, corpus::name_of(review.state),
                                base::now_milliseconds()));
    return tell(corpus::event_type::kReviewMoved, id,
                base::Json::object({{"state", corpus::name_of(review.state)}}));
  }

  // Who has moved the review, for the project's page.
  Result<void> note_review(const corpus::DocumentId& id, const corpus::Review& review) {
    const storage::ProjectId project = project_.project.id;
    const auto before = table_.find(project, id);
    const bool moved = !before.ok() || before->review_state != corpus::name_of(review.state);
    if (!is_news_ || !moved) return {};
    storage::OverviewTable overview(tx_);
    const base::Milliseconds now = base::now_milliseconds();
    switch (review.state) {
      case corpus::ReviewState::submitted: {
        const storage::UserId user = user_of(review.submitted_by);
        TRY(overview.note(project, user, storage::Deed::submitted, now));
        return overview.draw_sample(project, id, user);
      }
      case corpus::ReviewState::accepted:
        return overview.note(project, user_of(review.reviewer), storage::Deed::accepted, now);
      case corpus::ReviewState::rejected:
        return overview.note(project, user_of(review.reviewer), storage::Deed::rejected, now);
      default:
        return {};
    }
  }

  storage::UserId user_of(const std::string& address) {
    const auto user = storage::UserStore(tx_).find_user_by_address(address);
    return user.ok() ? user->id : storage::UserId{};
  }

  Services& services_;
  OpenProject& project_;
  const vcs::Snapshot& snapshot_;
  std::string commit_;
  bool is_news_;
  storage::Transaction& tx_;
  storage::DocumentTable table_;
};

Result<void> write_changes(Services& services, OpenProject& project, const Changes& changes,
                           const vcs::ObjectId& tip, bool is_news, storage::Transaction& tx) {
  const vcs::Snapshot snapshot = TRY(vcs::Snapshot::at_commit(*project.repository, tip));
  Indexer indexer(services, project, snapshot, tip.hex(), is_news, tx);
  for (const auto& [id, change] : changes.documents) TRY(indexer.index(id, change));
  if (changes.schema) {
    TRY(indexer.tell(corpus::event_type::kSchemaChanged, project.project.path(),
                     base::Json::object()));
  }
  for (const std::string& split : changes.splits) {
    TRY(indexer.tell(corpus::event_type::kSplitChanged, project.project.path(),
                     base::Json::object({{"split", split}})));
  }
  return storage::SettingsTable(tx).set(seen_key(project), tip.hex());
}

// One write at a time, so of those that wait together the first does it for all.
Result<void> write_what_is_new(Services& services, OpenProject& project, storage::Transaction& tx) {
  const vcs::ObjectId tip = TRY(project.tip_id());
  const vcs::ObjectId seen = TRY(indexed_commit(tx, project));
  if (tip == seen) return {};
  const bool is_news = seen != vcs::kNoObject;
  return write_changes(services, project, TRY(changes_between(project, seen, tip)), tip, is_news,
                       tx);
}

Result<bool> is_in_step(Services& services, const OpenProject& project) {
  const vcs::ObjectId tip = TRY(project.tip_id());
  const vcs::ObjectId seen = TRY(services.database->read(
      [&](storage::Transaction& tx) { return indexed_commit(tx, project); }));
  return tip == seen;
}

}  // namespace

Result<vcs::ObjectId> indexed_commit(storage::Transaction& tx, const OpenProject& project) {
  const auto text = TRY(storage::SettingsTable(tx).find(seen_key(project)));
  if (!text || text->empty()) return vcs::kNoObject;
  return vcs::ObjectId::from_hex(*text);
}

Result<void> catch_up(Services& services, OpenProject& project) {
  const auto in_step = is_in_step(services, project);
  if (in_step.ok() && *in_step) return {};
  return catch_up(services, project, [](storage::Transaction&) { return Result<void>(); });
}

Result<void> catch_up(Services& services, OpenProject& project, const AlsoWrite& also) {
  const auto done = services.database->write([&](storage::Transaction& tx) -> Result<void> {
    TRY(write_what_is_new(services, project, tx));
    return also(tx);
  });
  services.index_lag.note(project.project.id, !done.ok());
  return done;
}

Result<void> index_document(Services& services, OpenProject& project,
                            const corpus::DocumentId& id) {
  DocumentChanges changes;
  changes.record = true;
  return services.database->write([&](storage::Transaction& tx) -> Result<void> {
    const vcs::ObjectId tip = TRY(project.tip_id());
    const vcs::Snapshot snapshot = TRY(vcs::Snapshot::at_commit(*project.repository, tip));
    return Indexer(services, project, snapshot, tip.hex(), false, tx).index(id, changes);
  });
}

Result<void> rebuild_index(Services& services, OpenProject& project) {
  TRY(services.database->write([&](storage::Transaction& tx) -> Result<void> {
    TRY(storage::DocumentTable(tx).clear_derived(project.project.id));
    return storage::SettingsTable(tx).set(seen_key(project), "");
  }));
  return catch_up(services, project);
}

namespace {

Result<void> catch_up_one(Services& services, OpenProject& project) {
  TRY(catch_up(services, project));
  TRY(settle_releases(services, project));
  return expire_releases(services, project);
}

}  // namespace

Result<void> catch_up_all(Services& services) {
  const auto projects = TRY(services.database->read(
      [](storage::Transaction& tx) { return storage::UserStore(tx).projects(); }));
  for (const storage::Project& project : projects) {
    const auto open = services.catalog->open(project);
    if (!open.ok()) services.index_lag.note(project.id, true);
    const auto done = open.ok() ? catch_up_one(services, **open) : Result<void>(open.error());
    if (done.ok()) continue;
    base::log_error("an index is behind",
                    {{"project", project.path()}, {"error.message", done.error().what}});
  }
  return {};
}

}  // namespace server
