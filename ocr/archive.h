// Takes a zip, tar or tar.gz apart, in the sandbox: for bulk uploads.
//
//   ArchiveEvents events;
//   events.begin = [&](const ArchiveEntry& entry) { return start(entry.name); };
//   events.bytes = [&](std::string_view chunk) { return append(chunk); };
//   events.end   = [&] { return finish(); };
//   const ArchiveReading reading = TRY(read_archive(pool, fd, {}, events));
//
// Only regular files are delivered; folders, links and devices are skipped and counted. Names are
// for people: valid UTF-8, no control characters, but otherwise as the archive says; never a path.
// An error that a callback returns stops the reading and comes back. Blocking; thread-safe.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "ocr/failure.h"
#include "ocr/worker_pool.h"

namespace ocr {

struct ArchiveLimits {
  uint32_t entries = 10'000;
  uint64_t entry_bytes = uint64_t{2} << 30;
  uint64_t total_bytes = uint64_t{20} << 30;
  uint32_t ratio = 200;  // inflated to packed bytes, once past 64 MiB
};

struct ArchiveEntry {
  uint32_t number = 0;  // counted from 1 over the regular files
  std::string name;
};

struct ArchiveEvents {
  std::function<base::Result<void>(const ArchiveEntry&)> begin;
  std::function<base::Result<void>(std::string_view chunk)> bytes;
  std::function<base::Result<void>()> end;
};

struct ArchiveReading {
  std::optional<Failure> failure;  // entries delivered before it stay valid
  uint32_t entries = 0;
  uint32_t skipped = 0;  // folders, links, devices
};

base::Result<ArchiveReading> read_archive(WorkerPool& pool, int input, const ArchiveLimits& limits,
                                          const ArchiveEvents& events);

}  // namespace ocr
