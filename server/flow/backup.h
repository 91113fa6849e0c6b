// A consistent copy of a data directory, while a server goes on working in it: what backups are
// made of. The copy is a data directory itself; `glossator serve --data COPY` starts on it.
//
//   const BackupReport report = TRY(back_up({.data = data, .out = "/backup/monday"}));
//
// Everything acknowledged before the call is in the copy; what comes meanwhile may or may not be.
// The order makes it whole: the database first, then the repositories, then the stored bytes, since
// nothing names what is not there yet. Where git is ahead of the database the index catches up at
// the next start; the rights to bytes, which are the database's alone, are therefore read again
// after git. Takes no lock and changes nothing in the source.
#pragma once

#include <functional>
#include <string_view>

#include "base/file_copier.h"
#include "base/result.h"

namespace server {

struct BackupOptions {
  base::Path data;
  base::Path out;  // must not exist; appears when it is whole and durable
  base::CopyOptions copy = {};
  // Hears of each part as it begins, and of the totals so far.
  std::function<void(std::string_view part, const base::CopyTotals& so_far)> progress = {};
};

struct BackupReport {
  base::CopyTotals totals;
  size_t repositories = 0;
  bool operator==(const BackupReport&) const = default;
};

// Code::conflict if `out` exists, Code::not_found if there is no data directory, Code::busy if a
// repository never comes to rest, Code::no_space or io if it cannot be written; nothing is left
// then.
base::Result<BackupReport> back_up(const BackupOptions& options);

}  // namespace server
