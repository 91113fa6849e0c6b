#include "server/flow/reread.h"

#include <algorithm>

#include "base/clock.h"
#include "corpus/review.h"
#include "server/flow/document_files.h"
#include "server/flow/index.h"
#include "server/flow/process.h"
#include "server/flow/reading.h"
#include "storage/read_page_table.h"
#include "storage/reading_table.h"

namespace server {
namespace {

constexpr size_t kDocumentsAtOnce = 500;  // of one transaction
constexpr size_t kShown = 20;             // of a plan
constexpr std::string_view kWhyReopened = "the document was read again, and labels were moved";

Result<corpus::Document> document_in_git(const OpenProject& project, const corpus::DocumentId& id) {
  const vcs::Snapshot tip = TRY(project.tip());
  return DocumentFiles(tip, project.fan_out, id, project.parsed.get()).document();
}

// Readings are branches of their own, which no commit to main reaches.
Result<bool> is_read_blind(storage::Transaction& tx, storage::ProjectId project,
                           const corpus::DocumentId& id) {
  const auto readings = TRY(storage::ReadingTable(tx).list({project, id}));
  return std::any_of(readings.begin(), readings.end(), [](const storage::Reading& reading) {
    return reading.state != storage::ReadingState::closed;
  });
}

Result<void> put_job(storage::Transaction& tx, Services& services, const Actor& actor,
                     const corpus::DocumentId& id, const RereadWish& wish, Haste haste) {
  base::Json about = base::Json::object({{"always", wish.always}, {"next_word", wish.next_word}});
  TRY(queue_document_again(tx, services, actor.project().id, id, std::move(about), haste));
  return audit(tx, actor, "document.reread", document_subject(actor.project(), id.hex));
}

// ---- the commit

// The new document over one state of the project: its files with everybody's labels.
class Renewal {
 public:
  // `document`: as it was read now; `files`: its words and pointers.
  Renewal(const OpenProject& project, const vcs::Snapshot& tip, corpus::Document document,
          const std::vector<vcs::Edit>& files)
      : files_(tip, project.fan_out, document.id, project.parsed.get()),
        document_(std::move(document)),
        edits_(files) {}

  Result<std::vector<vcs::Edit>> edits(corpus::WordId first_word) {
    const auto before = TRY(files_.shared_document());
    if (before->next_word != first_word) {
      return base::Error{base::Code::conflict, "the document was read again by somebody else"};
    }
    document_.sources = before->sources;
    const corpus::Rereading rereading = TRY(compare());
    TRY(carry_labels(rereading));
    TRY(renew_review());
    edits_.push_back(
        {corpus::document_path(files_.directory()), TRY(corpus::write_document(document_))});
    return std::move(edits_);
  }

 private:
  Result<corpus::Rereading> compare() {
    auto was = TRY(files_.pages_as_read());
    std::vector<corpus::PageOfReading> is;
    for (const corpus::Page& page : document_.pages) {
      is.push_back({page.width, page.height, page.rotation, {}});
      const auto number = static_cast<corpus::PageNumber>(is.size());
      const auto text = text_of_file(corpus::words_path(files_.directory(), number));
      if (text != nullptr) {
        is.back().words = TRY(corpus::parse_words(*text));
      } else if (number <= was.size()) {
        is.back() = was[number - 1];  // it could not be read this time
      }
    }
    return corpus::Rereading(std::move(was), std::move(is));
  }

  const std::string* text_of_file(const std::string& path) const {
    const auto found = std::find_if(edits_.begin(), edits_.end(),
                                    [&](const vcs::Edit& edit) { return edit.path == path; });
    return found == edits_.end() || !found->content ? nullptr : &*found->content;
  }

  Result<void> carry_labels(const corpus::Rereading& rereading) {
    for (const AnnotationFile& file : TRY(files_.annotation_files())) {
      const auto version = TRY(files_.annotations(file.path));
      auto now = rereading.carried(file.page, *version.annotations);
      if (now == *version.annotations) continue;
      for (const auto& each : corpus::anchored(file.page, now)) {
        asks_ |= each.status != corpus::AnchorStatus::exact;
      }
      std::string text = TRY(corpus::write_annotations(std::move(now)));
      changed_.push_back({file.path.substr(files_.directory().size() + 1),
                          vcs::object_id_of(vcs::ObjectKind::blob, text).hex()});
      edits_.push_back({file.path, std::move(text)});
    }
    return {};
  }

  // What was reviewed is still what is there if every label was simply found again.
  Result<void> renew_review() {
    const corpus::Review before = TRY(files_.review());
    corpus::Review review = before;
    if (asks_) {
      review = corpus::after_edit(std::move(review), kWhyReopened);
    } else {
      for (const auto& [path, blob] : changed_) {
        review = corpus::after_verdicts(std::move(review), path, blob);
      }
    }
    if (review == before) return {};
    edits_.push_back({corpus::review_path(files_.directory()), TRY(corpus::write_review(review))});
    return {};
  }

  DocumentFiles files_;
  corpus::Document document_;
  std::vector<vcs::Edit> edits_;
  std::vector<std::pair<std::string, std::string>> changed_;  // annotation files and their blobs
  bool asks_ = false;                                         // a label was moved or orphaned
};

Result<void> commit_rereading(OpenProject& project, const corpus::Document& document,
                              const std::vector<vcs::Edit>& files, corpus::WordId first_word) {
  // Worked out before its turn comes: a long document would hold up everybody's saves.
  const std::string directory = corpus::document_dir(project.fan_out, document.id);
  const vcs::Snapshot before = TRY(project.tip());
  const auto entry_before = TRY(before.entry(directory));
  const auto prepared = Renewal(project, before, document, files).edits(first_word);
  vcs::CommitRequest request;
  request.author = request.committer = server_signature();
  request.message =
      "Read document " + document.id.hex + " again\n\nPipeline " + document.pipeline.version + "\n";
  request.make = [&](const vcs::Snapshot& tip) -> Result<std::vector<vcs::Edit>> {
    if (TRY(tip.entry(directory)) == entry_before) return prepared;
    return Renewal(project, tip, document, files).edits(first_word);
  };
  TRY(project.commits->commit(std::move(request)));
  return {};
}

// Pages of an attempt whose word ids are in git by now are of no use.
Result<void> drop_stale_pages(Services& services, const storage::Project& project,
                              const corpus::DocumentId& id, corpus::WordId next_word) {
  return services.database->write([&](storage::Transaction& tx) -> Result<void> {
    storage::ReadPageTable table(tx);
    for (const storage::ReadPage& page : TRY(table.list(project.id, id))) {
      const auto words =
          page.words.empty() ? std::vector<corpus::Word>() : TRY(corpus::parse_words(page.words));
      if (words.empty()) continue;
      if (words.front().id != next_word) TRY(table.remove(project.id, id));
      return {};
    }
    return {};
  });
}

Result<void> forget_pages(Services& services, const storage::Project& project,
                          const corpus::DocumentId& id) {
  return services.database->write(
      [&](storage::Transaction& tx) { return storage::ReadPageTable(tx).remove(project.id, id); });
}

}  // namespace

Result<void> queue_rereading(Services& services, const Actor& actor, const corpus::DocumentId& id,
                             const std::string& password) {
  const auto project = TRY(services.catalog->open(actor.project()));
  const auto document = document_in_git(*project, id);
  if (!document.ok() && document.error().code == base::Code::not_found) {
    return base::Error{base::Code::conflict, "the document has not been read yet"};
  }
  const corpus::WordId next_word = TRY(document).next_word;
  TRY(services.database->write([&](storage::Transaction& tx) -> Result<void> {
    if (TRY(is_read_blind(tx, actor.project().id, id))) {
      return base::Error{base::Code::conflict,
                         "people read it blind just now; it can be read again after adjudication"};
    }
    return put_job(tx, services, actor, id, {true, next_word}, Haste::single);
  }));
  if (!password.empty()) services.passwords.keep(actor.project().id, id, password);
  return {};
}

Result<RereadPlan> queue_rereadings(Services& services, const Actor& actor,
                                    storage::DocumentQuery query, Run run) {
  query.project = actor.project().id;
  query.other_pipeline = corpus::spelled(pipeline_of(read_settings(services, actor.project(), {})));
  query.limit = kDocumentsAtOnce;
  RereadPlan plan;
  const auto take = [&](storage::Transaction& tx) -> Result<void> {
    const auto page = TRY(storage::DocumentTable(tx).list(query));
    query.cursor = page.next_cursor;
    for (const storage::DocumentRow& row : page.rows) {
      ++plan.matching;
      if (plan.some.size() < kShown) plan.some.push_back(row.id);
      if (TRY(is_read_blind(tx, query.project, row.id))) {
        ++plan.blind;
      } else if (run == Run::real) {
        TRY(put_job(tx, services, actor, row.id, {}, Haste::bulk));
        ++plan.queued;
      }
    }
    return {};
  };
  do {
    const RereadPlan before = plan;
    const auto cursor = query.cursor;
    TRY(run == Run::dry ? services.database->read(take)
                        : services.database->write([&](storage::Transaction& tx) {
                            plan = before;  // a transaction may be tried again
                            query.cursor = cursor;
                            return take(tx);
                          }));
  } while (!query.cursor.empty());
  return plan;
}

namespace {

// Their branches have the words of today. Somebody may have begun since it was queued.
Result<void> check_nobody_reads_blind(Services& services, const storage::Project& project,
                                      const corpus::DocumentId& id) {
  const bool blind = TRY(services.database->read(
      [&](storage::Transaction& tx) { return is_read_blind(tx, project.id, id); }));
  if (!blind) return {};
  return base::Error{base::Code::invalid, "read_blind: people read it blind just now"};
}

}  // namespace

std::optional<RereadWish> rereading_in(const base::Json& job) {
  const base::Json* again = job.find("again");
  if (again == nullptr) return std::nullopt;
  const base::Json* always = again->find("always");
  const bool* is_always = always == nullptr ? nullptr : always->as_boolean();
  return RereadWish{is_always != nullptr && *is_always,
                    static_cast<corpus::WordId>(again->integer_or("next_word", 0))};
}

Result<void> reread_document(Services& services, const storage::Project& project,
                             const corpus::DocumentId& id, const RereadWish& wish,
                             const std::function<bool()>& cancelled,
                             const std::function<void()>& heartbeat) {
  const auto open = TRY(services.catalog->open(project));
  const corpus::Document before = TRY(document_in_git(*open, id));
  ocr::ReadSettings settings = read_settings(services, project, id);
  const bool differs = pipeline_of(settings) != before.pipeline;
  const bool is_wanted = wish.always ? wish.next_word == before.next_word : differs;
  if (!is_wanted) return catch_up(services, *open);
  TRY(check_nobody_reads_blind(services, project, id));
  const storage::DocumentRow row = TRY(services.database->read(
      [&](storage::Transaction& tx) { return storage::DocumentTable(tx).find(project.id, id); }));
  settings.first_word = before.next_word;
  TRY(drop_stale_pages(services, project, id, before.next_word));
  Reading reading(services, project, row, settings);
  const ocr::DocumentReading read = TRY(reading.read(cancelled, heartbeat));
  if (const auto failure = reading.total_failure(read)) {
    TRY(forget_pages(services, project, id));
    TRY(index_document(services, *open, id));  // progress was noted in its row
    return base::Error{base::Code::invalid, failure->code + ": " + failure->reason};
  }
  const auto files = TRY(reading.finish(read, open->fan_out, &before));
  TRY(check_nobody_reads_blind(services, project, id));
  TRY(commit_rereading(*open, reading.document(), files, before.next_word));
  TRY(catch_up(services, *open));
  return forget_pages(services, project, id);
}

Result<RereadReport> report_rereading(Services& services, const storage::Project& project,
                                      const corpus::DocumentId& id) {
  const auto open = TRY(services.catalog->open(project));
  const vcs::Snapshot tip = TRY(open->tip());
  const DocumentFiles files(tip, open->fan_out, id, open->parsed.get());
  RereadReport report;
  report.pipeline = TRY(files.shared_document())->pipeline;
  report.is_newest = report.pipeline == pipeline_of(read_settings(services, project, id));
  for (const AnnotationFile& file : TRY(files.annotation_files())) {
    const auto version = TRY(files.annotations(file.path));
    for (auto& each : corpus::anchored(file.page, *version.annotations)) {
      ++report.counts[each.status];
      if (each.status != corpus::AnchorStatus::exact) {
        report.annotations.push_back(std::move(each));
      }
    }
  }
  return report;
}

}  // namespace server
