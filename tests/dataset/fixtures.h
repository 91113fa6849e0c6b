// Invented releases for the tests of dataset/.
#pragma once

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "base/digest.h"
#include "dataset/manifest.h"

namespace test {

inline corpus::StoredFile stored(std::string_view content, std::string media_type) {
  const base::ContentHashes hashes = base::hashes_of(content);
  return {hashes.md5, hashes.sha256, hashes.size, std::move(media_type)};
}

// A document of one page whose every content follows from its name.
inline dataset::ManifestRecord record_of(const std::string& name, const std::string& split) {
  dataset::ManifestRecord record;
  record.source = stored("source of " + name, "application/pdf");
  record.id = corpus::DocumentId::of(record.source.sha256);
  record.split = split;
  record.state = "accepted";
  record.pipeline = "1";
  dataset::ManifestPage page;
  page.width = 100;
  page.height = 200;
  page.image = stored("image of " + name, "image/png");
  page.words = dataset::text_ref_of("words of " + name);
  page.annotations = dataset::text_ref_of("annotations of " + name);
  record.pages = {page};
  record.labels = {{"total", 2}};
  record.groups = {dataset::group_pseudonym("salt", "claim=" + name)};
  return record;
}

inline std::vector<dataset::ManifestRecord> sorted(std::vector<dataset::ManifestRecord> records) {
  std::sort(records.begin(), records.end(),
            [](const auto& a, const auto& b) { return a.id < b.id; });
  return records;
}

inline dataset::NextRecord reader_of(std::vector<dataset::ManifestRecord> records) {
  return [records = std::move(records),
          at = size_t{0}]() mutable -> base::Result<std::optional<dataset::ManifestRecord>> {
    if (at == records.size()) return std::optional<dataset::ManifestRecord>{};
    return std::optional(records[at++]);
  };
}

inline dataset::ManifestHeader header_of(const std::vector<dataset::ManifestRecord>& records) {
  dataset::ManifestHeader header;
  header.name = "claims";
  header.version = {1, 2, 3};
  header.licence = "CC-BY-4.0";
  header.description = "Invented claims.";
  header.schema = dataset::text_ref_of("{}\n");
  header.guidelines = {{"guidelines/README.md", dataset::text_ref_of("# How\n")}};
  dataset::ManifestSplit split;
  split.name = "main";
  split.rule = dataset::git_blob_id("rule");
  split.parts = {{"train", 80}, {"test", 20}};
  split.group_by = {"claim"};
  header.split = split;
  for (const auto& record : records) header.totals.add(record);
  return header;
}

inline std::string manifest_of(const std::vector<dataset::ManifestRecord>& records) {
  std::string text = dataset::print_header(header_of(records));
  for (const auto& record : records) text += dataset::print_record(record);
  return text;
}

}  // namespace test
