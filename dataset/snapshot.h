// A release as DVC sees it: the files of one commit in <project>.data.git and the `.dir` objects
// that they point to. `dvc pull`, `dvc get`, `dvc import` and `dvc.api.open` work on it, and never
// meet the annotation history or a million pointers (docs/formats/dvc.md has the layout).
//
//   documents/<0-f>.dvc  -> documents/<x>/<document id>/source.pdf, images/0001.png,
//                           pages/0001.words.tsv, pages/0001.annotations.jsonl, annotations.jsonl
//   labels.dvc           -> labels/<0-f>/<document id>/pages/... : the texts alone, without images;
//                           labels/schema.json, labels/guidelines/
//   manifest.jsonl.dvc   -> manifest.jsonl
//   README.md figures/*.svg croissant.json .dvc/config .dvc/.gitignore .dvcignore .gitignore ...
//
//   Snapshot snapshot = TRY(make_snapshot(settings, header, manifest_file, next_record, store));
//   // store the texts that store.need_text named and the manifest, then commit snapshot.files
//
// Records stream through; of a directory's files 16 bytes each are held. Pure but for the functions
// given; one thread.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/digest.h"
#include "base/result.h"
#include "dataset/dvc_tree.h"
#include "dataset/manifest.h"
#include "dataset/release_edit.h"
#include "dataset/release_figures.h"

namespace dataset {

// A new `.dir` object on its way into the byte store.
struct TreeWriter {
  std::function<base::Result<void>(std::string_view chunk)> append;
  // All bytes have come: keep them under this, their hash. They name these files, in this order.
  std::function<base::Result<void>(const base::Md5&, std::vector<base::Md5> files)> commit;
};

struct SnapshotStore {
  // Two may be open at once.
  std::function<base::Result<TreeWriter>()> open_tree;
  // Called once for every text of the release: its content (git's blob) must be in the byte store
  // under its md5 before the snapshot is published. May be called twice for equal content.
  std::function<base::Result<void>(const TextRef&)> need_text;
};

struct SnapshotSettings {
  std::string remote_url;      // "https://HOST/ORG/PROJECT.dvc"
  std::string repository_url;  // "https://HOST/ORG/PROJECT.data.git"
  std::string creator;         // the organisation, for Croissant
  base::Milliseconds published_at = 0;
  ReleaseFigures figures = {};  // drawn in the README
  std::string changes = {};     // what is new in this release, for people; lines
};

struct RepositoryFile {
  std::string path;
  std::string content;
  bool operator==(const RepositoryFile&) const = default;
};

struct Snapshot {
  std::vector<RepositoryFile> files;   // the whole tree of the commit, sorted by path
  std::vector<base::Md5> directories;  // the `.dir` objects that were written
  uint64_t nfiles = 0;
  uint64_t bytes = 0;
};

base::Result<Snapshot> make_snapshot(const SnapshotSettings& settings, const ManifestHeader& header,
                                     const base::ContentHashes& manifest, const NextRecord& records,
                                     const SnapshotStore& store);

// What the snapshot of the release before left.
struct EarlierSnapshot {
  std::function<base::Result<std::string>(std::string_view path)> file;  // of its commit
  // The bytes of a `.dir` object, checked against its name.
  std::function<base::Result<std::string>(const base::Md5&)> directory;
};

// The same snapshot as make_snapshot() makes of all records, from the one before: directories in
// which no document has changed keep their objects, and of the others only the entries of changed
// documents are new. One sixteenth of the release's directory objects lies in memory.
// store.need_text is called for the texts of changed documents, of the guidelines and the schema.
base::Result<Snapshot> make_next_snapshot(const SnapshotSettings& settings,
                                          const ManifestHeader& header,
                                          const base::ContentHashes& manifest,
                                          std::span<const RecordEdit> edits,
                                          const EarlierSnapshot& earlier,
                                          const SnapshotStore& store);

// The files of one document below its directory, in ascending order of path.
struct SnapshotEntry {
  std::string path;  // "images/0001.png"
  base::Md5 md5;
  base::Sha256 sha256;
  uint64_t size = 0;
  bool is_text = false;  // words or annotations: also below labels/
  bool operator==(const SnapshotEntry&) const = default;
};
std::vector<SnapshotEntry> entries_of(const ManifestRecord& record);

std::string print_snapshot_readme(const SnapshotSettings& settings, const ManifestHeader& header,
                                  const base::ContentHashes& manifest);
// Croissant 1.1 (JSON-LD), pretty printed.
std::string print_croissant(const SnapshotSettings& settings, const ManifestHeader& header,
                            const base::ContentHashes& manifest);

}  // namespace dataset
