// By what pages are known again that are nearly the same, and which are. What a sketch is and when
// two are alike is dataset's; here they are kept and found by their keys, at a cost that does not
// depend on how many there are. Derived from git, like the text of pages.
//
//   PageSketchTable sketches(tx);
//   for (const auto& candidate : TRY(sketches.candidates(project, probes))) ...   // compare
//   const int64_t number = TRY(sketches.put(project, id, page, {bytes, keys}));
//   TRY(sketches.add_near({number, candidate.number, likeness, by_look}));
//
// A view of one transaction, as all tables.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "corpus/document.h"
#include "storage/database.h"

namespace storage {

struct PageSketch {
  std::string bytes;
  std::vector<uint64_t> keys;
};

struct SketchCandidate {
  int64_t number = 0;
  std::string bytes;
};

struct NearSketches {
  int64_t a = 0;
  int64_t b = 0;
  int32_t likeness = 0;  // thousandths
  bool by_look = false;
};

// Two pages that are nearly the same, of two documents.
struct NearPagesRow {
  corpus::DocumentId a;
  corpus::PageNumber page_a = 0;
  corpus::DocumentId b;
  corpus::PageNumber page_b = 0;
  int32_t likeness = 0;
  bool by_look = false;
};

class PageSketchTable {
 public:
  // Of more sketches under one key only the last ones are looked at: it is a printed form.
  static constexpr int64_t kMostOfAKey = 64;
  // Of all of them those that share the most keys.
  static constexpr size_t kMostCandidates = 200;

  explicit PageSketchTable(Transaction& tx) : tx_(tx) {}

  // In place of what the page had; its pairs are forgotten. Code::not_found: no such document.
  Result<int64_t> put(ProjectId project, const corpus::DocumentId& id, corpus::PageNumber page,
                      const PageSketch& sketch);
  // Those with any of the keys, but for the document's own.
  Result<std::vector<SketchCandidate>> candidates(ProjectId project, const corpus::DocumentId& id,
                                                  std::span<const uint64_t> keys);
  Result<void> add_near(const NearSketches& near);

  Result<std::vector<NearPagesRow>> near(ProjectId project);
  // With the document as `a`.
  Result<std::vector<NearPagesRow>> near_of(ProjectId project, const corpus::DocumentId& id);

  // All that is known of one row of `documents`: before the row goes.
  Result<void> remove(int64_t document);

 private:
  Result<void> remove_sketch(const Row& row);

  Transaction& tx_;
};

}  // namespace storage
