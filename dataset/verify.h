// Recomputes a release from its bytes: nothing that a manifest or a pointer says is believed.
// Works offline, from whatever the readers read: a server's stores, a clone with its DVC cache, a
// directory.
//
//   const Verification result = TRY(verify_release(readers, {.digest = from_the_tag}));
//   for (const Finding& finding : result.findings) ...   // none: the release is whole
//
// Errors are returned only where looking itself failed; what is wrong with the release is a
// finding. Readers are called from the calling thread. Memory grows by the release's group
// pseudonyms only.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/digest.h"
#include "base/result.h"
#include "dataset/dvc_tree.h"
#include "dataset/manifest.h"

namespace dataset {

struct Finding {
  // Stable:
  //   manifest.invalid   it cannot be read on from here; what comes behind was not looked at
  //   manifest.digest    its SHA-256 is not the one that the tag names
  //   manifest.totals    the header's counts are not those of the records
  //   object.missing, object.hash          stored bytes: source, image, text
  //   blob.missing, blob.hash              a text in the project's repository
  //   words.invalid, annotations.invalid   a text is not in its format
  //   labels.count       a record's label counts are not those of its annotations
  //   split.straddles    documents of one group lie in different parts
  //   pointer.missing, pointer.mismatch    a .dvc file of the snapshot
  //   tree.missing, tree.hash              a .dir object of the snapshot
  //   file.unknown       a file that the release does not have lies among its documents
  //   verify.stopped     there were too many findings
  std::string name;
  std::string place;  // the document, file or object
  std::string what;   // a sentence
  bool operator==(const Finding&) const = default;
};

struct VerifyReaders {
  // Begins reading the manifest's bytes from the first; called twice.
  std::function<base::Result<ManifestReader::Chunks>()> open_manifest;
  // Streams a stored object; Code::not_found if it is not there.
  std::function<base::Result<void>(const base::Md5&, DvcObjectKind,
                                   const std::function<void(std::string_view chunk)>&)>
      object;
  // A blob of the project's repository; leave empty to take texts from the objects alone.
  std::function<base::Result<std::string>(const base::Sha1&)> blob;
  // A file of the snapshot's commit in data.git; leave empty to skip the snapshot.
  std::function<base::Result<std::string>(std::string_view path)> snapshot_file;
};

struct VerifyExpectation {
  std::optional<base::Sha256> digest = {};  // as the tag names it
  size_t most_findings = 1000;              // then it stops, and says so
  // Objects that are left out on purpose, of a release of which a part was fetched; empty: none.
  std::function<bool(const base::Md5&)> is_left_out = {};
};

struct Verification {
  std::optional<ManifestHeader> header;
  base::Sha256 digest;
  uint64_t documents = 0;
  uint64_t objects = 0;  // read and hashed
  uint64_t bytes = 0;
  std::vector<Finding> findings;
  bool clean() const { return findings.empty(); }
};

base::Result<Verification> verify_release(const VerifyReaders& readers,
                                          const VerifyExpectation& expectation = {});

}  // namespace dataset
