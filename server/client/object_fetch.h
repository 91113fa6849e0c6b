// Brings the files of one batch into a directory: those that are there and right stay, the others
// come in one stream; a large one comes alone, from where an earlier attempt stopped. Every byte is
// hashed as it arrives, with MD5 and SHA-256, and a file has its name only once it is whole and
// right, so a kill at any moment leaves nothing that looks finished and is not.
//
//   ObjectFetch fetch(remote, "acme/claims", {.target = out, .work = out / ".glossator"}, 0,
//   counts); TRY(fetch.bring(batch.files));
//
// An object belongs to one thread, with a connection of its own; several may share the directory.
#pragma once

#include <atomic>
#include <cstdint>
#include <span>
#include <string>

#include "base/file.h"
#include "base/http_client.h"
#include "server/client/pull_plan.h"
#include "server/client/remote.h"

namespace server::client {

// What all threads of a pull have done so far.
struct PullCounts {
  std::atomic<uint64_t> documents = 0;
  std::atomic<uint64_t> kept_files = 0;  // were there, and are what the manifest says
  std::atomic<uint64_t> fetched_files = 0;
  std::atomic<uint64_t> fetched_bytes = 0;  // of their contents
};

struct PullPlace {
  base::Path target;  // documents/ and labels/ come below it
  base::Path work;    // of the pull alone, on the same file system
};

class ObjectFetch {
 public:
  // `number` tells the threads of a pull apart.
  ObjectFetch(const Remote& remote, std::string project, PullPlace place, int number,
              PullCounts& counts);

  // Code::internal if the server sends other bytes than the manifest names.
  Result<void> bring(std::span<const WantedFile> files);

 private:
  Result<bool> is_there(const WantedFile& file);
  Result<void> bring_many(std::span<const WantedFile> files);
  Result<void> bring_large(const WantedFile& file);
  Result<void> fetch_rest(const WantedFile& file, const base::Path& part);
  Result<void> place(const WantedFile& file, std::string_view content);
  Result<void> move_into_place(const base::Path& from, const WantedFile& file);

  const Remote& remote_;
  const std::string project_;
  const PullPlace place_;
  const base::Path incoming_;  // one file at a time
  base::HttpClient client_;
  PullCounts& counts_;
  std::string parent_;  // the directory of the last file that came
  std::string buffer_;
};

}  // namespace server::client
