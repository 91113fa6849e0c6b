// The difference of two releases as a page for people: the numbers, the labels, who worked on it,
// and the documents.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "dataset/release.h"

namespace dataset {

struct ReleaseDiff {
  static constexpr size_t kMostDocuments = 1'000;  // more than anybody reads

  struct Document {
    corpus::DocumentId id;
    RecordChange change = RecordChange::added;
    std::string from;  // parts
    std::string to;
    std::map<std::string, int64_t> labels;
  };

  std::string title;
  std::string address;  // of a document, but for its id
  ReleaseChange change;
  std::map<std::string, std::array<int64_t, 3>> annotators;  // added, changed, removed
  std::vector<Document> documents;                           // the first ones
};

std::string print_diff_page(const ReleaseDiff& diff);

}  // namespace dataset
