#include "server/flow/earlier_words.h"

#include <algorithm>

#include "vcs/history.h"

namespace server {

corpus::WordId EarlierWords::newest_gone(const corpus::Annotation& annotation) const {
  const bool is_orphan =
      annotation.anchor && annotation.anchor->status == corpus::AnchorStatus::orphaned;
  corpus::WordId newest = 0;
  if (is_orphan) return newest;
  const auto look_at = [&](const std::vector<corpus::WordId>& words) {
    for (const corpus::WordId id : words) {
      if (id > newest && is_gone_(id)) newest = id;
    }
  };
  look_at(annotation.words);
  for (const auto* lines : {&annotation.rows, &annotation.columns}) {
    for (const corpus::TableLine& line : *lines) look_at(line.words);
  }
  return newest;
}

// Before each change of the record the document stood as it had been read until then.
Result<void> EarlierWords::find_readings() {
  looked_ = true;
  const std::string record = corpus::document_path(today_.directory());
  const vcs::HistoryPage page = TRY(
      vcs::history_of(*project_.repository,
                      {.start = TRY(project_.tip_id()), .path = record, .limit = kMostChanges}));
  const corpus::DocumentId id = TRY(today_.shared_document())->id;
  for (const vcs::HistoryEntry& entry : page.entries) {
    if (entry.commit.parents.empty()) continue;
    const vcs::ObjectId& commit = entry.commit.parents.front();
    const auto state = TRY(vcs::Snapshot::at_commit(*project_.repository, commit));
    const DocumentFiles files(state, project_.fan_out, id, project_.parsed.get());
    const auto document = files.shared_document();
    if (document.ok()) commits_.insert({(*document)->next_word, commit});
  }
  return {};
}

Result<const corpus::Rereading*> EarlierWords::reading_with(corpus::WordId id) {
  if (!looked_) TRY(find_readings());
  const auto found = commits_.upper_bound(id);
  if (found == commits_.end()) return nullptr;
  auto known = rereadings_.find(found->first);
  if (known == rereadings_.end()) {
    const auto state = TRY(vcs::Snapshot::at_commit(*project_.repository, found->second));
    const DocumentFiles then(state, project_.fan_out, TRY(today_.shared_document())->id,
                             project_.parsed.get());
    corpus::Rereading rereading(TRY(then.pages_as_read()), TRY(today_.pages_as_read()));
    known = rereadings_.emplace(found->first, std::move(rereading)).first;
  }
  return &known->second;
}

Result<void> EarlierWords::carry_over(corpus::PageNumber page,
                                      std::vector<corpus::Annotation>& annotations) {
  const std::vector<corpus::Annotation> sent = annotations;
  for (size_t i = 0; i < sent.size(); ++i) {
    const corpus::WordId gone = newest_gone(sent[i]);
    if (gone == 0) continue;
    const corpus::Rereading* reading = TRY(reading_with(gone));
    // All of them go along: corrections tell what words were meant to say.
    if (reading != nullptr) annotations[i] = reading->carried(page, sent)[i];
  }
  return {};
}

}  // namespace server
