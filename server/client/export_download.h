// A release in a format to train with, into a file: goes on where an earlier attempt stopped, if
// the server still makes the same bytes.
//
//   const uint64_t bytes =
//       TRY(download_export(remote, {.project = "acme/claims", ...}, "claims.json"));
//
// While it comes it is called <file>.part, with the name of its bytes in <file>.part.etag. Errors
// as of pull().
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "base/file.h"
#include "server/client/remote.h"

namespace server::client {

struct ExportWish {
  std::string project = {};
  std::string release = {};  // "claims@1.3.0", or "claims" for the newest
  std::string format = {};   // "coco"
  std::vector<std::string> parts = {};
  std::string hold_out = {};  // a part that leaves for validation, the others for training
  std::string since = {};
  bool proposals = false;
  bool images = true;
};

// The bytes so far, now and then.
using ExportProgress = std::function<void(uint64_t)>;

// Gives the size of the file.
Result<uint64_t> download_export(const Remote& remote, const ExportWish& wish,
                                 const base::Path& file, const ExportProgress& progress = {});

// To the sink as it comes; a broken stream cannot go on.
Result<uint64_t> stream_export(const Remote& remote, const ExportWish& wish,
                               const base::HttpSink& sink);

// What the format cannot hold: reason -> count, and the counts of what it holds.
Result<base::Json> export_loss(const Remote& remote, const ExportWish& wish);

}  // namespace server::client
