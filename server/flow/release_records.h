// What a release says of each document of a revision: its files in git as a record of the manifest,
// if the document is asked for.
//
//   const ReleaseRecords records(project, snapshot, request, split);
//   const ReleaseRecord read = TRY(records.read(id));
//   if (read.record) ...          // without its part of the split: that is for who has placed it
//
// Reads each file once. Safe from many threads; project, snapshot, request and split must outlive
// it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "corpus/document.h"
#include "corpus/splits.h"
#include "dataset/manifest.h"
#include "server/flow/catalog.h"
#include "server/flow/release.h"
#include "vcs/snapshot.h"

namespace server {

struct ReleaseRecord {
  std::optional<dataset::ManifestRecord> record = {};  // none: it is not asked for
  corpus::Document document = {};                      // if there is a record
  std::vector<std::string> words = {};                 // the words files of its pages
};

class ReleaseRecords {
 public:
  // `split` is null without one.
  ReleaseRecords(const OpenProject& project, const vcs::Snapshot& snapshot,
                 const ReleaseRequest& request, const corpus::Split* split)
      : project_(project), snapshot_(snapshot), request_(request), split_(split) {}

  // The errors of a document whose files are not what they should be: is_unreadable().
  Result<ReleaseRecord> read(const corpus::DocumentId& id) const;

  // Whether a record is asked for, as far as records tell.
  bool chooses(const dataset::ManifestRecord& record) const;
  // Whether it depends on what records do not hold: where a document came from, and when.
  bool asks_for_sources() const;

 private:
  bool wants(std::string_view state) const;
  bool agrees(const std::optional<int64_t>& agreement) const;
  bool has_wanted_label(const std::map<std::string, uint64_t>& labels) const;
  bool matches(const corpus::Document& document) const;
  std::vector<std::string> groups_of(const corpus::Document& document) const;

  const OpenProject& project_;
  const vcs::Snapshot& snapshot_;
  const ReleaseRequest& request_;
  const corpus::Split* split_;
};

}  // namespace server
