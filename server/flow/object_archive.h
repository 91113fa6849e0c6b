// Many stored objects of a project in one stream, for clients who know what they want: a training
// job that pulls a release. The form of the stream: dataset/object_archive.h.
//
//   const auto archive = TRY(ObjectArchive::open(services, project, sight, names));
//   TRY(archive.write(sink));                 // archive.size() bytes
//
// Safe from any thread.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "dataset/object_archive.h"
#include "server/flow/dvc_remote.h"
#include "server/flow/services.h"

namespace server {

class ObjectArchive {
 public:
  // not_found, naming some, unless all are in sight; limit for one that no archive can hold.
  static Result<ObjectArchive> open(Services& services, const storage::Project& project,
                                    Sight sight, std::span<const storage::BlobName> names);

  uint64_t size() const { return size_; }
  Result<void> write(const dataset::ArchiveSink& sink) const;

 private:
  ObjectArchive(Services& services, std::string organisation,
                std::vector<dataset::ArchivedObject> objects, uint64_t size)
      : services_(&services),
        organisation_(std::move(organisation)),
        objects_(std::move(objects)),
        size_(size) {}

  Services* services_;
  std::string organisation_;
  std::vector<dataset::ArchivedObject> objects_;
  uint64_t size_;
};

}  // namespace server
