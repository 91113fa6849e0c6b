#include "server/flow/adjudicate.h"

#include <algorithm>
#include <set>

#include "base/clock.h"
#include "server/flow/document_files.h"
#include "server/flow/index.h"
#include "server/flow/readings.h"
#include "storage/user_store.h"

namespace server {
namespace {

using storage::ReadingState;

Result<ReadingView> view_of(const OpenProject& project, storage::Transaction& tx,
                            const corpus::DocumentId& id, const storage::Reading& reading) {
  const auto user = TRY(storage::UserStore(tx).find_user(reading.user));
  ReadingView view{{reading.slot, user.addresses.front(), ""}, user.name, reading.state};
  const auto tip = project.repository->refs().find(reading_branch(id, reading.slot));
  if (tip) view.reading.commit = tip->hex();
  return view;
}

Result<ReadingsView> readings_of(Services& services, const Actor& actor, const OpenProject& project,
                                 const corpus::DocumentId& id) {
  if (!actor.may(corpus::Permission::review_write)) {
    return base::Error{base::Code::denied, "only who may review sees the readings"};
  }
  TRY(DocumentFiles(TRY(project.tip()), project.fan_out, id).document());
  ReadingsView view;
  view.wanted = std::max<int64_t>(actor.project().policy.readings, 2);
  TRY(services.database->read([&](storage::Transaction& tx) -> Result<void> {
    for (const auto& reading : TRY(storage::ReadingTable(tx).list({actor.project().id, id}))) {
      view.readings.push_back(TRY(view_of(project, tx, id, reading)));
      view.is_closed = view.is_closed || reading.state == ReadingState::closed;
    }
    return {};
  }));
  return view;
}

// Those that are made one: submitted, with labels of their own or none.
std::vector<corpus::AdjudicatedReading> submitted(const ReadingsView& view) {
  std::vector<corpus::AdjudicatedReading> list;
  for (const ReadingView& one : view.readings) {
    const bool is_done = one.state == ReadingState::submitted && !one.reading.commit.empty();
    if (is_done) list.push_back(one.reading);
  }
  return list;
}

// The files of a document's labels in two readings, beside each other.
class Comparison {
 public:
  Comparison(const OpenProject& project, const corpus::DocumentId& id, const vcs::Snapshot& first,
             const vcs::Snapshot& second)
      : first_(first, project.fan_out, id, project.parsed.get()),
        second_(second, project.fan_out, id, project.parsed.get()) {}

  Result<void> run(ReadingsView& view) {
    std::vector<corpus::ReadingPair> all;
    const size_t pages = TRY(first_.shared_document())->pages.size();
    int64_t words = 0;
    for (size_t page = 0; page <= pages; ++page) {
      const auto number = static_cast<corpus::PageNumber>(page);
      for (corpus::ReadingPair& pair : TRY(pairs_of(number))) {
        view.pairs.push_back({number, pair});
        all.push_back(std::move(pair));
      }
      if (number == 0) continue;
      const auto ids = first_.word_ids(number);
      words += ids.ok() ? static_cast<int64_t>((*ids)->size()) : 0;
    }
    view.agreement = corpus::agreement_of(all, words);
    return {};
  }

 private:
  Result<std::vector<corpus::ReadingPair>> pairs_of(corpus::PageNumber page) const {
    const auto first = TRY(first_.annotations(annotations_path(first_.directory(), page)));
    const auto second = TRY(second_.annotations(annotations_path(second_.directory(), page)));
    return corpus::pair_readings(*first.annotations, *second.annotations);
  }

  DocumentFiles first_;
  DocumentFiles second_;
};

Result<void> compare(const OpenProject& project, const corpus::DocumentId& id, ReadingsView& view) {
  const auto done = submitted(view);
  if (static_cast<int64_t>(done.size()) < view.wanted) return {};
  const auto state = [&](const corpus::AdjudicatedReading& reading) -> Result<vcs::Snapshot> {
    return vcs::Snapshot::at_commit(*project.repository,
                                    TRY(vcs::ObjectId::from_hex(reading.commit)));
  };
  const vcs::Snapshot first = TRY(state(done[0]));
  const vcs::Snapshot second = TRY(state(done[1]));
  return Comparison(project, id, first, second).run(view);
}

corpus::Review accepted_by(const Actor& actor, corpus::Review review,
                           std::map<std::string, std::string> files) {
  review.state = corpus::ReviewState::accepted;
  review.reviewer = actor.mail();
  review.reviewed = std::move(files);
  review.reason.clear();
  return review;
}

}  // namespace

Result<ReadingsView> show_readings(Services& services, const Actor& actor,
                                   const corpus::DocumentId& id) {
  const auto project = TRY(services.catalog->open(actor.project()));
  ReadingsView view = TRY(readings_of(services, actor, *project, id));
  TRY(compare(*project, id, view));
  return view;
}

namespace {

base::Error already_closed() {
  return {base::Code::conflict, "the readings of this document are closed"};
}

}  // namespace

Result<corpus::Adjudication> adjudicate(Services& services, const Actor& actor,
                                        const corpus::DocumentId& id) {
  const auto project = TRY(services.catalog->open(actor.project()));
  ReadingsView view = TRY(readings_of(services, actor, *project, id));
  if (view.is_closed) return already_closed();
  TRY(compare(*project, id, view));
  if (!view.agreement) {
    return base::Error{base::Code::conflict, "not all of its readings are submitted"};
  }
  corpus::Adjudication result{
      actor.mail(), base::now_milliseconds() / 1000 * 1000, submitted(view), *view.agreement, {}};
  vcs::CommitRequest request;
  request.author = request.committer = signature_of(actor);
  request.message = "Make one of the readings of " + id.hex + "\n";
  bool is_first = true;
  request.make = [&](const vcs::Snapshot& tip) -> Result<std::vector<vcs::Edit>> {
    const DocumentFiles files(tip, project->fan_out, id);
    is_first = !TRY(tip.entry(corpus::adjudication_path(files.directory())));
    if (!is_first) return std::vector<vcs::Edit>();
    const corpus::Review review =
        accepted_by(actor, TRY(files.review()), TRY(files.annotation_versions()));
    return std::vector<vcs::Edit>{
        {corpus::adjudication_path(files.directory()), corpus::print_adjudication(result)},
        {corpus::review_path(files.directory()), TRY(corpus::write_review(review))}};
  };
  TRY(project->commits->commit(std::move(request)));
  TRY(catch_up(services, *project, [&](storage::Transaction& tx) -> Result<void> {
    // Also if somebody else was first: their server may have been killed before it came here.
    TRY(storage::ReadingTable(tx).close({actor.project().id, id}));
    if (!is_first) return {};
    return audit(tx, actor, "readings.adjudicate", document_subject(actor.project(), id.hex),
                 corpus::to_json(result.agreement));
  }));
  return is_first ? Result<corpus::Adjudication>(result) : already_closed();
}

}  // namespace server
