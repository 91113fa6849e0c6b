// A release as WebDataset shards: tar files of a size that downloads and shuffles well. The plan
// follows from the manifest alone, so each shard has a lasting name, and its bytes can be made by
// themselves.
//
//   const std::vector<Shard> shards = TRY(plan_shards(records));
//   shards[0].name()      // "train-000000.tar"
//
// A document never straddles two shards; the shards of a part hold its documents in order.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "corpus/ids.h"
#include "dataset/manifest.h"

namespace dataset {

struct Shard {
  std::string part;          // of the split; empty without one
  uint32_t number = 0;       // from 0 in each part
  corpus::DocumentId first;  // its documents are those of the part from here ...
  corpus::DocumentId last;   // ... to here, both within
  uint64_t documents = 0;
  uint64_t pages = 0;
  uint64_t bytes = 0;  // of its page images; the tar is a little larger

  // Without a split the part is called train, as trainers expect.
  std::string name() const;
  bool operator==(const Shard&) const = default;
};

struct ShardSize {
  uint64_t bytes = uint64_t{512} << 20;  // a shard ends with the document that reaches this
  uint64_t pages = 10'000;
};

// In order of part and number. Memory grows with the number of shards.
base::Result<std::vector<Shard>> plan_shards(const NextRecord& records, const ShardSize& size = {});

}  // namespace dataset
