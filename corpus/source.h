// Where a document came from: what its uploader says of it. In document.json, and as the metadata
// of an upload (docs/formats/document.md).
//
//   const SourceDetails said = TRY(parse_source_details(metadata));
//   Source source = said.of(clean_file_name(name));
//
// What comes in by an upload is held against the limits of document.json at once: what is taken
// can be written and read back. Plain values, pure functions, safe from any thread.
#pragma once

#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/json.h"
#include "base/result.h"

namespace corpus {

// One upload of these bytes. The same file for two claims is one document with two sources.
struct Source {
  std::string external_id;  // the customer's own name for it; may be empty
  std::string file_name;    // as uploaded, made clean; for people only, never a path
  std::string customer;
  std::string claim;
  // Further keys by which documents belong together (a split never divides a group).
  std::map<std::string, std::vector<std::string>> group_keys;
  base::Milliseconds received_at = 0;

  bool operator==(const Source&) const = default;
};

inline constexpr size_t kMaxFileNameBytes = 255;
inline constexpr size_t kMaxSources = 100'000;                // of a document
inline constexpr size_t kMaxSourcesBytes = size_t{32} << 20;  // of all, as printed
inline constexpr size_t kMaxGroupKeys = 100;                  // of a source that comes in
inline constexpr size_t kMaxGroupValues = 1'000;              // of a key

// What the sender says of the files of one upload: of all, and of single ones.
struct SourceDetails {
  Source common;
  std::map<std::string, Source> by_file_name;  // names made clean

  const Source& of(const std::string& file_name) const;
};

// {"external_id","customer","claim","group_keys":{"k":"v" or ["v"]},"files":{"a.pdf":{...}}}.
// Code::invalid with the key's name and place for unknown keys, wrong types, and what is longer
// than document.json takes.
base::Result<SourceDetails> parse_source_details(const base::Json& json);

// A name that can be shown to anybody: NFC, no control characters and none that turn the direction
// of writing, at most kMaxFileNameBytes. What is cut is the middle, so that the ending stays.
std::string clean_file_name(std::string_view name);

// Code::limit if so many or such long sources have no room in document.json.
base::Result<void> check_room_for(std::span<const Source> sources);

}  // namespace corpus
