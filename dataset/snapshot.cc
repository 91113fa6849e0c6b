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

class SnapshotMaker {
 public:
  SnapshotMaker(const SnapshotStore& store, const NextRecord& records)
      : store_(store), records_(records) {}

  Result<Snapshot> make(const SnapshotSettings& settings, const ManifestHeader& header,
                        const base::ContentHashes& manifest) {
    next_ = TRY(records_());
    for (const char bucket : kBuckets) TRY(make_bucket(bucket));
    if (next_) return Error{Code::invalid, "the records are not in ascending order"};
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

  Result<void> make_bucket(char bucket) {
    OpenTree documents = TRY(OpenTree::open(store_));
    OpenTree labels = TRY(OpenTree::open(store_));
    while (next_ && next_->id.hex.starts_with(bucket)) {
      TRY(add_document(*next_, documents, labels));
      next_ = TRY(records_());
    }
    const std::string name(1, bucket);
    const DvcOut out = TRY(note(documents, name));
    put("documents/" + name + ".dvc", print_dvc_pointer({.outs = {out}}));
    labels_.outs.push_back(TRY(note(labels, "labels/" + name)));
    return {};
  }

  Result<DvcOut> note(OpenTree& tree, std::string path) {
    DvcOut out = TRY(tree.finish(std::move(path)));
    snapshot_.directories.push_back(out.md5);
    snapshot_.nfiles += *out.nfiles;
    snapshot_.bytes += out.size;
    return out;
  }

  Result<void> add_document(const ManifestRecord& record, OpenTree& documents, OpenTree& labels) {
    for (const SnapshotEntry& entry : entries_of(record)) {
      const std::string path = record.id.hex + "/" + entry.path;
      TRY(documents.add(entry.md5, path, entry.size));
      if (entry.is_text) TRY(labels.add(entry.md5, path, entry.size));
    }
    for (const ManifestPage& page : record.pages) {
      TRY(need(page.words));
      TRY(need(page.annotations));
    }
    return need(record.annotations);
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
    labels_.outs.push_back(TRY(note(tree, "labels/guidelines")));
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
  const NextRecord& records_;
  std::optional<ManifestRecord> next_;
  DvcPointer labels_;
  Snapshot snapshot_;
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

}  // namespace dataset
