// Where a push waits to be judged: a directory of its own inside the repository, outside the object
// store, so that nothing in it is ever served. It goes with the object.
#pragma once

#include <memory>
#include <set>
#include <vector>

#include "base/file.h"
#include "base/result.h"
#include "vcs/detail/pack_intake.h"
#include "vcs/detail/pack_reader.h"
#include "vcs/durable_step.h"
#include "vcs/object_reader.h"
#include "vcs/pkt_line.h"
#include "vcs/receive_pack.h"
#include "vcs/repository.h"

namespace vcs {

// The directory of all quarantines of a repository; start-up empties it.
base::Path quarantine_directory(const base::Path& repository);

class Quarantine : public ObjectReader {
 public:
  static base::Result<std::unique_ptr<Quarantine>> create(const Repository& repository);
  ~Quarantine() override;

  // Takes the pack in and makes its objects readable here.
  base::Result<void> take(const Source& source, const ReceiveLimits& limits,
                          const WhenReceived& received);

  base::Result<Object> read(const ObjectId& id, uint64_t limit = kObjectLimit) const override;
  base::Result<ObjectHeader> header(const ObjectId& id) const override;
  bool contains(const ObjectId& id) const override;
  size_t object_count() const { return pack_ ? pack_->lookup().count() : 0; }

  // Moves these objects, all held here, into the repository; durable and visible there when it
  // returns. If they are all that is here, the pack moves as it is; else they are copied.
  base::Result<void> move_in(const std::set<ObjectId>& accepted, Repository& repository,
                             const StepObserver& observer);

 private:
  explicit Quarantine(base::Path directory) : directory_(std::move(directory)) {}
  base::Result<std::string> move_pack(const base::Path& target);
  base::Result<std::string> copy_objects(const std::set<ObjectId>& accepted,
                                         const base::Path& target) const;
  base::Result<uint64_t> offset_of(const ObjectId& id) const;

  base::Path directory_;
  std::shared_ptr<const PackReader> pack_;  // null while there are no objects
};

}  // namespace vcs
