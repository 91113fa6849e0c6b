#include "storage/detail/naming.h"

#include <map>
#include <vector>

#include "storage/detail/local_blob_writer.h"

namespace storage {
namespace {

constexpr size_t kMostTogether = 64;

}  // namespace

void name_together(std::span<NamingRequest* const> requests) {
  for (NamingRequest* request : requests) request->outcome = request->writer.flush_new();
  std::map<base::Path, std::vector<NamingRequest*>> directories;
  for (NamingRequest* request : requests) {
    if (!request->outcome.ok()) continue;
    request->outcome = request->writer.place(request->recorded);
    // Also where the content was there: whoever placed it may not have synced the name yet.
    if (request->outcome.ok()) directories[request->writer.directory()].push_back(request);
  }
  for (const auto& [directory, named] : directories) {
    const auto synced = base::sync_directory(directory);
    for (NamingRequest* request : named) {
      request->outcome = synced.ok() ? request->writer.drop_copy() : synced;
    }
  }
}

void Naming::pass(NamingRequest& request) {
  line_.pass(request, kMostTogether,
             [](std::span<NamingRequest* const> batch) { name_together(batch); });
}

}  // namespace storage
