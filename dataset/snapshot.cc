#include "dataset/snapshot.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "corpus/document.h"
#include "corpus/layout.h"
#include "corpus/project_files.h"
#include "dataset/dvc_pointer.h"

namespace dataset {

using base::Code;
using base::Error;
using base::Result;

namespace {

constexpr std::string_view kBuckets = "0123456789abcdef";
constexpr std::string_view kIgnoreNothing =
    "# Patterns of files that dvc shall not see, one a line: "
    "https://dvc.org/doc/user-guide/dvcignore\n";

// One directory out on its way: its `.dir` object goes to the store while entries come.
class OpenTree {
 public:
  static Result<OpenTree> open(const SnapshotStore& store) {
    return OpenTree(TRY(store.open_tree()));
  }

  Result<void> add(const base::Md5& md5, const std::string& path, uint64_t size) {
    files_.push_back(md5);
    return writer_.add(md5, path, size);
  }

  Result<DvcOut> finish(std::string path) {
    const auto written = TRY(writer_.finish());
    TRY(commit_(written.md5, std::move(files_)));
    return DvcOut{.md5 = written.md5,
                  .size = written.size,
                  .nfiles = written.nfiles,
                  .path = std::move(path)};
  }

 private:
  explicit OpenTree(TreeWriter tree)
      : commit_(std::move(tree.commit)), writer_(std::move(tree.append)) {}

  std::function<Result<void>(const base::Md5&, std::vector<base::Md5>)> commit_;
  DvcTreeWriter writer_;
  std::vector<base::Md5> files_;
};

// Gathers a snapshot: what every one has beside the directories of documents.
class SnapshotFiles {
 public:
  explicit SnapshotFiles(const SnapshotStore& store) : store_(store) {}

  void add_documents(char bucket, const DvcOut& out) {
    put("documents/" + std::string(1, bucket) + ".dvc", print_dvc_pointer({.outs = {out}}));
    note(out);
  }
  void add_labels(const DvcOut& out) {
    labels_.outs.push_back(out);
    note(out);
  }

  Result<void> need_texts(const ManifestRecord& record) {
    for (const ManifestPage& page : record.pages) {
      TRY(need(page.words));
      TRY(need(page.annotations));
    }
    return need(record.annotations);
  }

  Result<Snapshot> finish(const SnapshotSettings& settings, const ManifestHeader& header,
                          const base::ContentHashes& manifest) {
    TRY(make_labels(header));
    make_manifest(header, manifest);
    make_texts(settings, header, manifest);
    std::sort(snapshot_.files.begin(), snapshot_.files.end(),
              [](const auto& a, const auto& b) { return a.path < b.path; });
    return std::move(snapshot_);
  }

 private:
  void put(std::string path, std::string content) {
    snapshot_.files.push_back({std::move(path), std::move(content)});
  }

  void note(const DvcOut& out) {
    snapshot_.directories.push_back(out.md5);
    snapshot_.nfiles += *out.nfiles;
    snapshot_.bytes += out.size;
  }

  Result<void> need(const std::optional<TextRef>& text) {
    return text ? store_.need_text(*text) : Result<void>{};
  }

  Result<void> make_labels(const ManifestHeader& header) {
    if (!header.guidelines.empty()) TRY(make_guidelines(header));
    TRY(store_.need_text(header.schema));
    labels_.outs.push_back(
        {.md5 = header.schema.md5, .size = header.schema.size, .path = "labels/schema.json"});
    put("labels.dvc", print_dvc_pointer(labels_));
    return {};
  }

  Result<void> make_guidelines(const ManifestHeader& header) {
    constexpr std::string_view kPrefix = "guidelines/";
    OpenTree tree = TRY(OpenTree::open(store_));
    for (const ManifestGuideline& guideline : header.guidelines) {
      if (!guideline.path.starts_with(kPrefix)) {
        return Error{Code::invalid, "a guideline lies outside of guidelines/"};
      }
      TRY(tree.add(guideline.file.md5, guideline.path.substr(kPrefix.size()), guideline.file.size));
      TRY(store_.need_text(guideline.file));
    }
    add_labels(TRY(tree.finish("labels/guidelines")));
    return {};
  }

  void make_manifest(const ManifestHeader& header, const base::ContentHashes& manifest) {
    put("manifest.jsonl.dvc",
        print_dvc_pointer(
            {.outs = {{.md5 = manifest.md5, .size = manifest.size, .path = "manifest.jsonl"}},
             .meta = {{"release", header.name + "/v" + print_version(header.version)},
                      {"sha256", manifest.sha256.hex()}}}));
  }

  void make_texts(const SnapshotSettings& settings, const ManifestHeader& header,
                  const base::ContentHashes& manifest) {
    std::string buckets;
    for (const char bucket : kBuckets) buckets += std::string("/") + bucket + "\n";
    put(".dvc/config", corpus::dvc_config(settings.remote_url));
    put(".dvc/.gitignore", "/config.local\n/tmp\n/cache\n");
    put(".dvcignore", std::string(kIgnoreNothing));
    put(".gitignore", "/labels\n/manifest.jsonl\n");
    put("documents/.gitignore", buckets);
    for (Figure& figure : print_figures(settings.figures)) {
      put(std::move(figure.path), std::move(figure.svg));
    }
    put("README.md", print_snapshot_readme(settings, header, manifest));
    put("croissant.json", print_croissant(settings, header, manifest));
  }

  const SnapshotStore& store_;
  DvcPointer labels_;
  Snapshot snapshot_;
};

std::string labels_path(char bucket) {
  return std::string("labels/") + bucket;
}

// The directories of documents, from all records.
class SnapshotMaker {
 public:
  SnapshotMaker(const SnapshotStore& store, const NextRecord& records)
      : store_(store), records_(records), files_(store) {}

  Result<Snapshot> make(const SnapshotSettings& settings, const ManifestHeader& header,
                        const base::ContentHashes& manifest) {
    next_ = TRY(records_());
    for (const char bucket : kBuckets) TRY(make_bucket(bucket));
    if (next_) return Error{Code::invalid, "the records are not in ascending order"};
    return files_.finish(settings, header, manifest);
  }

 private:
  Result<void> make_bucket(char bucket) {
    OpenTree documents = TRY(OpenTree::open(store_));
    OpenTree labels = TRY(OpenTree::open(store_));
    while (next_ && next_->id.hex.starts_with(bucket)) {
      TRY(add_document(*next_, documents, labels));
      next_ = TRY(records_());
    }
    files_.add_documents(bucket, TRY(documents.finish(std::string(1, bucket))));
    files_.add_labels(TRY(labels.finish(labels_path(bucket))));
    return {};
  }

  Result<void> add_document(const ManifestRecord& record, OpenTree& documents, OpenTree& labels) {
    for (const SnapshotEntry& entry : entries_of(record)) {
      const std::string path = record.id.hex + "/" + entry.path;
      TRY(documents.add(entry.md5, path, entry.size));
      if (entry.is_text) TRY(labels.add(entry.md5, path, entry.size));
    }
    return files_.need_texts(record);
  }

  const SnapshotStore& store_;
  const NextRecord& records_;
  SnapshotFiles files_;
  std::optional<ManifestRecord> next_;
};

// The same from the snapshot before and what changed since.
class NextSnapshotMaker {
 public:
  NextSnapshotMaker(const SnapshotStore& store, const EarlierSnapshot& earlier,
                    std::span<const RecordEdit> edits)
      : store_(store), earlier_(earlier), edits_(edits), files_(store) {}

  Result<Snapshot> make(const SnapshotSettings& settings, const ManifestHeader& header,
                        const base::ContentHashes& manifest) {
    labels_ = TRY(pointer("labels.dvc"));
    for (const char bucket : kBuckets) TRY(make_bucket(bucket));
    return files_.finish(settings, header, manifest);
  }

 private:
  enum class Files { all, texts };

  Result<DvcPointer> pointer(const std::string& path) const {
    return parse_dvc_pointer(TRY(earlier_.file(path)));
  }

  // The directory of that path as the snapshot before has it.
  static Result<DvcOut> out_in(const DvcPointer& pointer, const std::string& path) {
    for (const DvcOut& out : pointer.outs) {
      if (out.path == path && out.is_directory()) return out;
    }
    return Error{Code::invalid, "the release before has no " + path};
  }

  Result<void> make_bucket(char bucket) {
    const auto is_of_bucket = [&](const RecordEdit& edit) {
      return edit.id.hex.starts_with(bucket);
    };
    const auto begin = std::find_if(edits_.begin(), edits_.end(), is_of_bucket);
    const auto end = std::find_if_not(begin, edits_.end(), is_of_bucket);
    const std::span<const RecordEdit> edits(begin, end);
    for (const RecordEdit& edit : edits) {
      if (edit.after) TRY(files_.need_texts(*edit.after));
    }
    const std::string name(1, bucket);
    const DvcOut documents = TRY(out_in(TRY(pointer("documents/" + name + ".dvc")), name));
    const DvcOut labels = TRY(out_in(labels_, labels_path(bucket)));
    files_.add_documents(bucket, TRY(changed(documents, edits, Files::all)));
    files_.add_labels(TRY(changed(labels, edits, Files::texts)));
    return {};
  }

  Result<DvcOut> changed(DvcOut out, std::span<const RecordEdit> edits, Files files) {
    std::vector<DvcTreeChange> changes;
    for (const RecordEdit& edit : edits) {
      const auto before = tree_files(edit.before, files), after = tree_files(edit.after, files);
      if (before == after) continue;
      changes.push_back({edit.id.hex, {}});
      for (const SnapshotEntry& entry : after) {
        changes.back().files.push_back({entry.md5, edit.id.hex + "/" + entry.path});
      }
      out.size += sum_of(after) - sum_of(before);
      *out.nfiles += after.size() - before.size();
    }
    if (changes.empty()) return out;
    const std::string earlier = TRY(earlier_.directory(out.md5));
    const TreeWriter writer = TRY(store_.open_tree());
    SplicedTree tree = TRY(splice_dvc_tree(earlier, changes, writer.append));
    TRY(writer.commit(tree.md5, std::move(tree.files)));
    out.md5 = tree.md5;
    return out;
  }

  static std::vector<SnapshotEntry> tree_files(const std::optional<ManifestRecord>& record,
                                               Files files) {
    if (!record) return {};
    auto entries = entries_of(*record);
    if (files == Files::texts) std::erase_if(entries, [](const auto& e) { return !e.is_text; });
    return entries;
  }

  static uint64_t sum_of(const std::vector<SnapshotEntry>& entries) {
    uint64_t sum = 0;
    for (const SnapshotEntry& entry : entries) sum += entry.size;
    return sum;
  }

  const SnapshotStore& store_;
  const EarlierSnapshot& earlier_;
  const std::span<const RecordEdit> edits_;
  SnapshotFiles files_;
  DvcPointer labels_;  // of the snapshot before
};

}  // namespace

std::vector<SnapshotEntry> entries_of(const ManifestRecord& record) {
  std::vector<SnapshotEntry> entries;
  const auto add_file = [&](std::string path, const corpus::StoredFile& file) {
    entries.push_back({std::move(path), file.md5, file.sha256, file.size, false});
  };
  const auto add_text = [&](std::string path, const std::optional<TextRef>& text) {
    if (!text) return;
    entries.push_back({std::move(path), text->md5, text->sha256, text->size, true});
  };
  add_text("annotations.jsonl", record.annotations);
  for (corpus::PageNumber page = 1; page <= record.pages.size(); ++page) {
    const auto& image = record.pages[page - 1].image;
    if (!image) continue;
    add_file("images/" + corpus::page_image_name(page, corpus::extension_of(image->media_type)),
             *image);
  }
  for (corpus::PageNumber page = 1; page <= record.pages.size(); ++page) {
    const std::string stem = "pages/" + corpus::page_digits(page);
    add_text(stem + ".annotations.jsonl", record.pages[page - 1].annotations);
    add_text(stem + ".words.tsv", record.pages[page - 1].words);
  }
  add_file("source." + corpus::extension_of(record.source.media_type), record.source);
  return entries;
}

Result<Snapshot> make_snapshot(const SnapshotSettings& settings, const ManifestHeader& header,
                               const base::ContentHashes& manifest, const NextRecord& records,
                               const SnapshotStore& store) {
  return SnapshotMaker(store, records).make(settings, header, manifest);
}

Result<Snapshot> make_next_snapshot(const SnapshotSettings& settings, const ManifestHeader& header,
                                    const base::ContentHashes& manifest,
                                    std::span<const RecordEdit> edits,
                                    const EarlierSnapshot& earlier, const SnapshotStore& store) {
  return NextSnapshotMaker(store, earlier, edits).make(settings, header, manifest);
}

}  // namespace dataset
