#include "server/flow/snapshot_objects.h"

#include <map>

#include "base/parallel.h"
#include "dataset/dvc_pointer.h"
#include "server/flow/catalog.h"
#include "vcs/object_reader.h"

namespace server {
namespace {

constexpr size_t kTextsPerFlush = 1024;
// Rows lie in the order of hashes, so that each of a few goes to a page of its own, which is
// written anew each time; many at once share pages. Still, others wait to write meanwhile.
constexpr size_t kTextsPerWrite = 8 * kTextsPerFlush;

}  // namespace

Result<std::vector<storage::BlobName>> pointed_to(std::string_view path, std::string_view content) {
  std::vector<storage::BlobName> names;
  if (!path.ends_with(".dvc")) return names;
  for (const dataset::DvcOut& out : TRY(dataset::parse_dvc_pointer(content)).outs) {
    names.push_back({out.md5, out.is_directory()});
  }
  return names;
}

Result<void> SnapshotObjects::add_text(const dataset::TextRef& text) {
  texts_.push_back(text);
  return texts_.size() >= kTextsPerFlush ? flush_texts() : Result<void>();
}

Result<void> SnapshotObjects::flush_texts() {
  std::map<storage::BlobName, dataset::TextRef> asked;
  std::vector<storage::BlobName> names;
  for (const dataset::TextRef& text : std::exchange(texts_, {})) {
    const storage::BlobName name{text.md5, false};
    if (asked.emplace(name, text).second) names.push_back(name);
  }
  std::vector<dataset::TextRef> missing;
  for (const auto& name : TRY(services_.database->read([&](storage::Transaction& tx) {
         return storage::BlobTable(tx).missing(project().id, names);
       }))) {
    missing.push_back(asked.at(name));
  }
  return missing.empty() ? Result<void>() : store_texts(missing);
}

Result<void> SnapshotObjects::store_texts(const std::vector<dataset::TextRef>& texts) {
  std::vector<std::unique_ptr<storage::BlobWriter>> writers(texts.size());
  TRY(base::in_parallel(base::processors(), texts.size(), [&](size_t i) -> Result<void> {
    writers[i] = TRY(services_.blobs->begin(project().organisation_slug));
    TRY(writers[i]->write(
        TRY(vcs::read_object_of(*project_.repository, vcs::ObjectKind::blob, texts[i].blob))));
    TRY(writers[i]->seal());
    return {};
  }));
  TRY(services_.blobs->publish_all(writers));
  for (const dataset::TextRef& text : texts) {
    stored_.push_back({{text.md5, false}, text.sha256, text.size, "text/plain"});
  }
  return stored_.size() >= kTextsPerWrite ? show_texts() : Result<void>();
}

Result<void> SnapshotObjects::show_texts() {
  const auto records = std::exchange(stored_, {});
  return services_.database->write([&](storage::Transaction& tx) {
    return storage::BlobTable(tx).record_many(project(), records);
  });
}

Result<storage::BlobWriter*> SnapshotObjects::begin(const storage::ExpectedContent& expected) {
  writers_.push_back(TRY(services_.blobs->begin(project().organisation_slug, expected)));
  return writers_.back().get();
}

Result<dataset::TreeWriter> SnapshotObjects::open_tree() {
  storage::BlobWriter* const writer = TRY(begin({.directory = true}));
  dataset::TreeWriter out;
  out.append = [writer](std::string_view chunk) { return writer->write(chunk); };
  out.commit = [this, writer](const base::Md5& md5, std::vector<base::Md5> files) -> Result<void> {
    const base::ContentHashes hashes = TRY(writer->seal());
    directories_.push_back(
        {{{md5, true}, hashes.sha256, hashes.size, "application/json"}, std::move(files)});
    return {};
  };
  return out;
}

Result<base::ContentHashes> SnapshotObjects::add_manifest(
    const std::function<Result<void>(const dataset::TextSink& sink)>& write) {
  storage::BlobWriter* const writer = TRY(begin({}));
  TRY(write([&](std::string_view chunk) { return writer->write(chunk); }));
  const base::ContentHashes hashes = TRY(writer->seal());
  manifest_ =
      storage::BlobRecord{{hashes.md5, false}, hashes.sha256, hashes.size, "application/jsonl"};
  return hashes;
}

Result<void> SnapshotObjects::publish() {
  return services_.blobs->publish_all(std::exchange(writers_, {}));
}

Result<void> SnapshotObjects::show_manifest() {
  if (!manifest_) return {};
  return services_.database->write([&](storage::Transaction& tx) {
    return storage::BlobTable(tx).record(project(), *manifest_);
  });
}

Result<void> SnapshotObjects::show_directories() {
  for (const auto& directory : directories_) {
    std::vector<storage::BlobName> children;
    for (const base::Md5& file : directory.second) children.push_back({file, false});
    TRY(services_.database->write([&](storage::Transaction& tx) {
      return storage::BlobTable(tx).record_directory(project(), directory.first, children);
    }));
  }
  return {};
}

Result<void> SnapshotObjects::show_to_trainers(const dataset::Snapshot& snapshot) {
  std::vector<storage::BlobName> names;
  for (const dataset::RepositoryFile& file : snapshot.files) {
    for (const auto& name : TRY(pointed_to(file.path, file.content))) names.push_back(name);
  }
  return services_.database->write([&](storage::Transaction& tx) {
    return storage::BlobTable(tx).release(project().id, names);
  });
}

Result<void> SnapshotObjects::finish(const dataset::Snapshot& snapshot) {
  TRY(flush_texts());
  TRY(show_texts());
  TRY(publish());
  TRY(show_manifest());
  TRY(show_directories());
  return show_to_trainers(snapshot);
}

}  // namespace server
