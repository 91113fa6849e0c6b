// Labels over words that are gone. Somebody has a page before them, it is read again, and then they
// save what they did: it names words of an earlier reading. Instead of being refused it is carried
// over to the words of today, as labels that were saved in time were (corpus/reanchor.h).
//
//   EarlierWords earlier(project, files_of_today, [&](corpus::WordId id) { return !has(id); });
//   TRY(earlier.carry_over(page, annotations));
//
// What these words were is found in main's history, so nothing needs to be kept for it. Costs
// nothing where no word is missing. For one request, on one thread; what it is made from must
// outlive it.
#pragma once

#include <functional>
#include <map>
#include <vector>

#include "corpus/reanchor.h"
#include "server/flow/document_files.h"
#include "server/flow/services.h"

namespace server {

class EarlierWords {
 public:
  EarlierWords(const OpenProject& project, const DocumentFiles& today,
               std::function<bool(corpus::WordId)> is_gone)
      : project_(project), today_(today), is_gone_(std::move(is_gone)) {}

  // And is no orphan, which may.
  bool names_gone_words(const corpus::Annotation& annotation) const {
    return newest_gone(annotation) != 0;
  }

  // Those of a page's file (0: of the document) that name gone words. What no
  // reading in the last kMostChanges of the document's record knows stays as it is.
  static constexpr size_t kMostChanges = 100;
  Result<void> carry_over(corpus::PageNumber page, std::vector<corpus::Annotation>& annotations);

 private:
  // The newest of the words that it names and that are gone; 0: none.
  corpus::WordId newest_gone(const corpus::Annotation& annotation) const;
  Result<void> find_readings();
  Result<const corpus::Rereading*> reading_with(corpus::WordId id);

  const OpenProject& project_;
  const DocumentFiles& today_;
  std::function<bool(corpus::WordId)> is_gone_;
  bool looked_ = false;
  std::map<corpus::WordId, vcs::ObjectId> commits_;  // by the next_word of the reading in them
  std::map<corpus::WordId, corpus::Rereading> rereadings_;
};

}  // namespace server
