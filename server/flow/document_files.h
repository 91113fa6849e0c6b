// A document as it lies in one revision: its record, its words, its annotation files. What the
// flows that read documents share. Values and views; the snapshot must outlive a DocumentFiles.
//
//   DocumentFiles files(snapshot, project->fan_out, id);
//   const corpus::Document document = TRY(files.document());
//   for (const AnnotationFile& file : TRY(files.annotation_files())) ...
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "corpus/annotation.h"
#include "corpus/document.h"
#include "corpus/layout.h"
#include "corpus/reanchor.h"
#include "corpus/review.h"
#include "corpus/words.h"
#include "server/flow/parsed_files.h"
#include "vcs/snapshot.h"

namespace server {

using base::Result;

// What was read from the project itself. A file that is not as it should be is our own trouble,
// never the client's wrong input: Code::internal instead of invalid and limit.
template <typename T>
Result<T> as_stored(Result<T> read) {
  if (read.ok()) return read;
  base::Error error = read.error();
  const bool is_fault = error.code == base::Code::invalid || error.code == base::Code::limit;
  if (is_fault) error.code = base::Code::internal;
  return error;
}

// Page 0: of the document as a whole. Below the document's directory.
std::string annotations_path(std::string_view directory, corpus::PageNumber page);

struct AnnotationFile {
  std::string path;
  corpus::PageNumber page = 0;  // 0: annotations.jsonl of the document as a whole
  vcs::ObjectId id;
};

// The text of a file and git's name of it; a missing file is the empty text under the empty blob's
// name, so that "nothing yet" is a version like any other.
struct FileVersion {
  std::string text;
  vcs::ObjectId id;
};

using WordIds = std::vector<corpus::WordId>;

// The annotations of one file, in their order, under git's name of it.
struct AnnotationsVersion {
  std::shared_ptr<const std::vector<corpus::Annotation>> annotations;
  vcs::ObjectId id;
};

// Belongs to one thread at a time: it remembers where it found the document's directory.
class DocumentFiles {
 public:
  // `parsed` may be null: then every call reads and parses anew.
  DocumentFiles(const vcs::Snapshot& snapshot, const corpus::FanOut& fan_out,
                const corpus::DocumentId& id, ParsedFiles* parsed = nullptr)
      : snapshot_(snapshot), directory_(corpus::document_dir(fan_out, id)), parsed_(parsed) {}

  const std::string& directory() const { return directory_; }

  Result<bool> is_there() const;              // whether the document is in this revision
  Result<corpus::Document> document() const;  // not_found: no such document in this revision
  Result<std::shared_ptr<const corpus::Document>> shared_document() const;
  // not_found also for a page that could not be read.
  Result<std::vector<corpus::Word>> words(corpus::PageNumber page) const;
  // All pages with their words, as corpus::Rereading compares them.
  Result<std::vector<corpus::PageOfReading>> pages_as_read() const;
  // Their ids alone, ascending.
  Result<std::shared_ptr<const WordIds>> word_ids(corpus::PageNumber page) const;
  Result<FileVersion> version(const std::string& path) const;
  Result<AnnotationsVersion> annotations(const std::string& path) const;
  Result<FileVersion> page_annotations(corpus::PageNumber page) const;
  // Those that are there, pages ascending after the document's own.
  Result<std::vector<AnnotationFile>> annotation_files() const;
  // Path below the document's directory -> git's name of the content: what a review looked at.
  Result<std::map<std::string, std::string>> annotation_versions() const;
  Result<corpus::Review> review() const;  // new if there is no file

 private:
  // Takes a path from the root, which must lie in the document's directory.
  Result<std::optional<vcs::TreeEntry>> entry(const std::string& path) const;
  // Parsed, from the cache if there is one. not_found if there is no such file.
  template <typename T, typename Parse>
  Result<std::shared_ptr<const T>> parsed(const std::string& path, const Parse& parse) const;

  const vcs::Snapshot& snapshot_;
  std::string directory_;
  ParsedFiles* parsed_;
  mutable std::optional<vcs::Snapshot> document_;  // the directory, once it was found
};

// Whether a document's own files are at fault (malformed, missing, damaged), not the disk or the
// database. Whoever goes through all documents passes over such a one: it must not hold up others.
bool is_unreadable(const base::Error& error);
// Says in the log that it is passed over; where, but nothing of what stands there.
void log_unreadable(const std::string& project, const corpus::DocumentId& id,
                    const base::Error& error);

// Calls `visit` for each document of the revision, by directory, without reading its files.
Result<void> for_each_document(const vcs::Snapshot& snapshot,
                               const std::function<Result<void>(const corpus::DocumentId&)>& visit);

}  // namespace server
