// Copies files that are never changed once they have their name, such as packs and stored bytes,
// from one directory to another, below the same names.
//
//   FileCopier copier(data, target, {.earlier = last_weeks_copy});
//   const bool copied = TRY(copier.copy("repos/acme/claims.git/objects/pack/pack-01ab.pack"));
//   TRY(copier.sync());                                 // all of it is durable from here on
//
// A file that an earlier copy has, with the same size, becomes one more name of that one: it takes
// no room. Belongs to one thread.
#pragma once

#include <cstdint>

#include "base/file.h"
#include "base/result.h"

namespace base {

struct CopyOptions {
  Path earlier = {};         // an earlier copy on the target's file system; empty: there is none
  bool link_source = false;  // name the source's own files instead of copying them
};

struct CopyTotals {
  uint64_t files = 0;          // in the copy
  uint64_t bytes = 0;          // in all of them
  uint64_t bytes_written = 0;  // in those that are not shared with an earlier copy or the source
  bool operator==(const CopyTotals&) const = default;
};

class FileCopier {
 public:
  FileCopier(Path source, Path target, CopyOptions options = {});

  // Directories on the way are made. False if the source is gone; fine if the target is there.
  Result<bool> copy(const Path& relative);
  // For files that may still change: takes the bytes as they are now, shares nothing.
  Result<bool> copy_changing(const Path& relative);
  // Flushes the target's file system.
  Result<void> sync();

  const Path& source() const { return source_; }
  const Path& target() const { return target_; }
  const CopyTotals& totals() const { return totals_; }

 private:
  Result<bool> link_earlier(const Path& relative, uint64_t size);
  Result<bool> write(const Path& relative);
  void count(uint64_t size, uint64_t written);

  Path source_;
  Path target_;
  CopyOptions options_;
  CopyTotals totals_;
};

}  // namespace base
