// Text that is written once and read from the beginning as often as wanted, in a temporary file: a
// manifest of a million documents does not lie in memory.
//
//   Spool spool = TRY(Spool::create(services.config.data / "tmp"));
//   TRY(spool.append(line)); ...
//   TRY(spool.flush());
//   auto reader = TRY(dataset::ManifestReader::open(spool.chunks()));
//
// The file has no name and goes with the Spool. Belongs to one thread. A full disk is no_space.
#pragma once

#include <string>
#include <string_view>
#include <utility>

#include "base/file.h"
#include "base/result.h"
#include "dataset/manifest.h"

namespace server {

class Spool {
 public:
  static base::Result<Spool> create(const base::Path& directory);

  base::Result<void> append(std::string_view text);
  base::Result<void> flush();

  // From the beginning, again and again. Flush first; the spool must outlive the function.
  dataset::ManifestReader::Chunks chunks() const;

  // The file itself, with all that was written, and its size. The spool ends.
  base::Result<std::pair<base::UniqueFd, uint64_t>> take() &&;

 private:
  explicit Spool(base::UniqueFd fd) : fd_(std::move(fd)) {}

  base::UniqueFd fd_;
  std::string pending_;
  uint64_t flushed_ = 0;
};

}  // namespace server
