#include "dataset/verify.h"

#include <unordered_map>
#include <utility>

#include "corpus/annotation.h"
#include "corpus/words.h"
#include "dataset/export_source.h"
#include "dataset/snapshot.h"

namespace dataset {

using base::Code;
using base::Error;
using base::Result;

namespace {

constexpr size_t kMostTextBytes = 64u << 20;

class Verifier {
 public:
  Verifier(const VerifyReaders& readers, const VerifyExpectation& expectation)
      : readers_(readers), expectation_(expectation) {}

  Result<Verification> run() {
    auto reader = ManifestReader::open(TRY(readers_.open_manifest()));
    if (!reader.ok()) {
      TRY(note_manifest_error(reader.error()));
      return std::move(result_);
    }
    result_.header = reader->header();
    TRY(check_header(reader->header()));
    if (TRY(check_records(*reader)) && readers_.snapshot_file) TRY(check_snapshot());
    return std::move(result_);
  }

 private:
  bool full() const { return result_.findings.size() >= expectation_.most_findings; }

  void find(std::string name, std::string place, std::string what) {
    result_.findings.push_back({std::move(name), std::move(place), std::move(what)});
  }

  // What is wrong in the manifest is a finding; that it could not be read is an error.
  Result<void> note_manifest_error(const Error& error) {
    if (error.code != Code::invalid && error.code != Code::limit) return error;
    find("manifest.invalid", "manifest.jsonl", base::to_string(error));
    return {};
  }

  Result<void> check_header(const ManifestHeader& header) {
    TRY(check_text("schema.json", header.schema));
    for (const ManifestGuideline& guideline : header.guidelines) {
      TRY(check_text(guideline.path, guideline.file));
    }
    return {};
  }

  // Whether the manifest could be read to its end.
  Result<bool> check_records(ManifestReader& reader) {
    ManifestTotals totals;
    while (!full()) {
      const auto record = reader.next();
      if (!record.ok()) {
        TRY(note_manifest_error(record.error()));
        return false;
      }
      if (!*record) break;
      totals.add(**record);
      TRY(check_record(**record));
    }
    if (full()) {
      find("verify.stopped", "manifest.jsonl", "there are more findings than are listed");
      return false;
    }
    result_.documents = totals.documents;
    manifest_ = TRY(reader.finish());
    result_.digest = manifest_.sha256;
    if (expectation_.digest && *expectation_.digest != result_.digest) {
      find("manifest.digest", "manifest.jsonl",
           "its SHA-256 is " + result_.digest.hex() + ", not " + expectation_.digest->hex());
    }
    if (totals != reader.header().totals) {
      find("manifest.totals", "manifest.jsonl", "the header's totals are not those of the records");
    }
    return true;
  }

  Result<void> check_record(const ManifestRecord& record) {
    const std::string& id = record.id.hex;
    TRY(check_stored(id + "/source", record.source));
    std::map<std::string, uint64_t> labels;
    lacks_annotations_ = false;
    if (record.annotations) TRY(check_annotations(id, *record.annotations, labels));
    for (size_t i = 0; i < record.pages.size(); ++i) {
      const ManifestPage& page = record.pages[i];
      const std::string place = id + "/page " + std::to_string(i + 1);
      if (page.image) TRY(check_stored(place + " image", *page.image));
      if (page.words) TRY(check_words(place, *page.words));
      if (page.annotations) TRY(check_annotations(place, *page.annotations, labels));
    }
    if (labels != record.labels && !lacks_annotations_) {
      find("labels.count", id, "the label counts are not those of the annotations");
    }
    check_groups(record);
    return {};
  }

  void check_groups(const ManifestRecord& record) {
    for (const std::string& group : record.groups) {
      const auto [found, added] = split_of_group_.try_emplace(group, record.split);
      if (added || found->second == record.split) continue;
      find("split.straddles", record.id.hex,
           "group " + group + " lies in \"" + found->second + "\" and in \"" + record.split + "\"");
    }
  }

  bool is_left_out(const base::Md5& md5) const {
    return expectation_.is_left_out && expectation_.is_left_out(md5);
  }

  // Reads an object to its end; nothing if it is left out, or not there, which is a finding.
  Result<std::optional<base::ContentHashes>> hash_object(const std::string& place,
                                                         const base::Md5& md5,
                                                         std::string* content) {
    if (is_left_out(md5)) return std::optional<base::ContentHashes>{};
    base::ContentHasher hasher;
    const auto read = readers_.object(md5, DvcObjectKind::file, [&](std::string_view chunk) {
      hasher.update(chunk);
      if (content != nullptr && content->size() <= kMostTextBytes) *content += chunk;
    });
    if (!read.ok()) {
      if (read.error().code != Code::not_found) return read.error().within(place);
      find("object.missing", place, "no object " + md5.hex() + " is stored");
      return std::optional<base::ContentHashes>{};
    }
    const base::ContentHashes hashes = hasher.finish();
    ++result_.objects;
    result_.bytes += hashes.size;
    return std::optional(hashes);
  }

  Result<void> check_stored(const std::string& place, const corpus::StoredFile& file) {
    const auto hashes = TRY(hash_object(place, file.md5, nullptr));
    if (hashes && *hashes != base::ContentHashes{file.md5, file.sha256, file.size}) {
      find("object.hash", place, "the stored bytes have other hashes than the manifest says");
    }
    return {};
  }

  // The text, if all of its names are right.
  Result<std::optional<std::string>> check_text(const std::string& place, const TextRef& text) {
    std::string content;
    const auto hashes = TRY(hash_object(place, text.md5, &content));
    TRY(check_blob(place, text));
    if (!hashes) return std::optional<std::string>{};
    if (*hashes != base::ContentHashes{text.md5, text.sha256, text.size} ||
        git_blob_id(content) != text.blob) {
      find("object.hash", place, "the stored bytes have other hashes than the manifest says");
      return std::optional<std::string>{};
    }
    return std::optional(std::move(content));
  }

  Result<void> check_blob(const std::string& place, const TextRef& text) {
    if (!readers_.blob) return {};
    const auto content = readers_.blob(text.blob);
    if (!content.ok()) {
      if (content.error().code != Code::not_found) return content.error().within(place);
      find("blob.missing", place, "the repository has no blob " + text.blob.hex());
    } else if (text_ref_of(*content) != text) {
      find("blob.hash", place, "the repository's blob has other hashes than the manifest says");
    }
    return {};
  }

  Result<void> check_words(const std::string& place, const TextRef& text) {
    const auto content = TRY(check_text(place + " words", text));
    if (!content) return {};
    const auto words = corpus::parse_words(*content);
    if (!words.ok()) find("words.invalid", place, base::to_string(words.error()));
    return {};
  }

  Result<void> check_annotations(const std::string& place, const TextRef& text,
                                 std::map<std::string, uint64_t>& labels) {
    lacks_annotations_ |= is_left_out(text.md5);
    const auto content = TRY(check_text(place + " annotations", text));
    if (!content) return {};
    const auto annotations = corpus::read_annotations(*content);
    if (annotations.ok()) {
      count_labels(*annotations, labels);
    } else {
      find("annotations.invalid", place, base::to_string(annotations.error()));
    }
    return {};
  }

  // Makes the snapshot again from the manifest and compares its pointers and trees.
  Result<void> check_snapshot() {
    ManifestReader reader = TRY(ManifestReader::open(TRY(readers_.open_manifest())));
    const SnapshotStore discard{
        .open_tree = []() -> Result<TreeWriter> {
          return TreeWriter{
              [](std::string_view) { return Result<void>{}; },
              [](const base::Md5&, const std::vector<base::Md5>&) { return Result<void>{}; }};
        },
        .need_text = [](const TextRef&) { return Result<void>{}; }};
    const Snapshot snapshot = TRY(make_snapshot(
        {}, reader.header(), manifest_, [&] { return reader.next(); }, discard));
    for (const RepositoryFile& file : snapshot.files) {
      if (file.path.ends_with(".dvc")) TRY(check_pointer(file));
    }
    for (const base::Md5& directory : snapshot.directories) TRY(check_tree(directory));
    return check_manifest_object();
  }

  Result<void> check_pointer(const RepositoryFile& wanted) {
    const auto content = readers_.snapshot_file(wanted.path);
    if (!content.ok()) {
      if (content.error().code != Code::not_found) return content.error().within(wanted.path);
      find("pointer.missing", wanted.path, "the snapshot has no such file");
    } else if (*content != wanted.content) {
      find("pointer.mismatch", wanted.path, "it does not point to what the manifest lists");
    }
    return {};
  }

  Result<void> check_tree(const base::Md5& md5) {
    const std::string place = md5.hex() + ".dir";
    base::Hasher<base::Md5> hasher;
    const auto read = readers_.object(md5, DvcObjectKind::directory,
                                      [&](std::string_view chunk) { hasher.update(chunk); });
    if (!read.ok()) {
      if (read.error().code != Code::not_found) return read.error().within(place);
      find("tree.missing", place, "the directory object is not stored");
    } else if (hasher.finish() != md5) {
      find("tree.hash", place, "the stored bytes have another hash than their name says");
    }
    return {};
  }

  Result<void> check_manifest_object() {
    const auto hashes = TRY(hash_object("manifest.jsonl", manifest_.md5, nullptr));
    if (hashes && *hashes != manifest_) {
      find("object.hash", "manifest.jsonl", "the stored manifest is not the one that was read");
    }
    return {};
  }

  const VerifyReaders& readers_;
  const VerifyExpectation& expectation_;
  base::ContentHashes manifest_;
  std::unordered_map<std::string, std::string> split_of_group_;
  bool lacks_annotations_ = false;  // of the record that is looked at
  Verification result_;
};

}  // namespace

Result<Verification> verify_release(const VerifyReaders& readers,
                                    const VerifyExpectation& expectation) {
  return Verifier(readers, expectation).run();
}

}  // namespace dataset
