// One pack file on its way to disk: entries go to a temporary file, `finish` makes pack and index
// durable under their final names. A crash leaves either both or only tmp_* files, which
// start-up removes. The pack is named by its trailer, as git does.
//
//   PackSink sink = TRY(PackSink::create(directory, 2));
//   TRY(sink.add(id, entry_bytes)); ...
//   const base::Sha1 name = TRY(sink.finish());        // <directory>/pack-<name>.{pack,idx}
//
// Order: pack synced, index synced, pack renamed, index renamed, directory synced. A reader looks
// for .idx files, so it never meets an index without its pack. Belongs to one thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/digest.h"
#include "base/file.h"
#include "base/result.h"
#include "vcs/detail/pack_index.h"
#include "vcs/durable_step.h"
#include "vcs/object_id.h"

namespace vcs {

class PackSink {
 public:
  // `count` entries will follow: the number comes first in the file.
  static base::Result<PackSink> create(const base::Path& directory, uint32_t count,
                                       StepObserver observer = {});
  PackSink(PackSink&&) = default;
  PackSink& operator=(PackSink&&) = delete;
  ~PackSink();  // removes what was not finished

  // Appends one whole entry: header, base reference if any, compressed bytes.
  base::Result<void> add(const ObjectId& id, std::string_view entry);
  uint64_t offset() const { return offset_ + buffer_.size(); }

  base::Result<base::Sha1> finish();

 private:
  PackSink(base::Path directory, base::Path temporary, base::UniqueFd file, StepObserver observer);
  base::Result<void> append(std::string_view bytes);
  base::Result<void> flush();
  base::Result<base::Sha1> close_pack();
  base::Result<void> publish(const base::Sha1& name);

  base::Path directory_;
  base::Path temporary_;  // without suffix; empty once published or moved from
  base::UniqueFd file_;
  StepObserver observer_;
  base::Hasher<base::Sha1> hasher_;
  std::string buffer_;
  uint64_t offset_ = 0;
  std::vector<IndexedEntry> entries_;
};

// The names that packs have while they are written; start-up removes what bears one.
inline constexpr std::string_view kTemporaryPackPrefix = "tmp_pack_";

}  // namespace vcs
