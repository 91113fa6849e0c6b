// Reads everything that is stored again, and says what is no longer what it was: bit rot in a blob
// or a pack, a file that is gone. Damage is named with the documents and releases that it touches,
// and mended from a second copy where one is given.
//
//   const ScrubReport report = TRY(scrub({.data = data, .copy = "/backup/monday"}));
//   for (const ScrubFinding& finding : report.findings) ...        // none: all is whole
//
// A blob is checked against its name (MD5) and against the SHA-256 that the database has of it; a
// pack against its own checksums and its index. Works beside a running server, from a process of
// its own; what comes or goes meanwhile is no finding. Changes nothing but what it mends: whole
// files that appear under their names, so it may be killed at any moment. One thread.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "base/file.h"
#include "base/result.h"

namespace server {

struct ScrubOptions {
  base::Path data;
  base::Path copy = {};           // another data directory, such as a backup; empty: only look
  uint64_t bytes_per_second = 0;  // read at most; 0: as fast as it goes
  // Hears of what was read so far, now and then.
  std::function<void(uint64_t objects, uint64_t bytes)> progress = {};
};

struct ScrubFinding {
  // Stable: object.missing, object.damaged, pack.damaged, database.damaged
  std::string name;
  std::string place;  // the file, relative to the data directory
  std::string what;   // a sentence
  bool is_mended = false;
  // "acme/claims/documents/0f3a...", "acme/claims/releases/claims/1.3.0: documents/0/0f3a.../...";
  // at most 20. Empty: nothing in main or in a release names it.
  std::vector<std::string> touches = {};
  bool operator==(const ScrubFinding&) const = default;
};

struct ScrubReport {
  uint64_t objects = 0;
  uint64_t packs = 0;
  uint64_t bytes = 0;  // of objects
  std::vector<ScrubFinding> findings;
  // Whether all is whole now.
  bool is_whole() const;
};

// Errors are those of looking: no data directory, an unreadable database.
base::Result<ScrubReport> scrub(const ScrubOptions& options);

}  // namespace server
