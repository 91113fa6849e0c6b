// An invented release, whole: documents with words and labels of every kind, the stores that hold
// their bytes, the manifest and the snapshot. For the tests of exports, snapshots and verify.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "corpus/schema.h"
#include "dataset/export_source.h"
#include "dataset/snapshot.h"
#include "dataset/verify.h"

namespace test {

// Two documents in ascending order: an invoice of two pages (the second could not be decoded) and
// a letter of one page in another part of the split.
std::vector<dataset::ExportDocument> sample_documents();
corpus::Schema sample_schema();
// Gives the documents again and again.
dataset::OpenExport opener_of(const std::vector<dataset::ExportDocument>& documents);

struct SampleRelease {
  std::map<std::string, std::string> objects;  // "<md5>" or "<md5>.dir" -> bytes
  std::map<std::string, std::string> blobs;    // git blob id -> text
  std::vector<dataset::ManifestRecord> records;
  dataset::ManifestHeader header;
  std::string manifest;
  dataset::Snapshot snapshot;
  std::map<std::string, std::string> files;  // of the snapshot's commit

  // Makes the manifest and the snapshot from header and records, as a server would.
  void publish();
  dataset::VerifyReaders readers();
  base::Sha256 digest() const { return base::sha256_of(manifest); }
};
SampleRelease sample_release();

}  // namespace test
