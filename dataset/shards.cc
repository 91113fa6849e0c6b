#include "dataset/shards.h"

#include <cstdio>
#include <map>

namespace dataset {

using base::Result;

namespace {

bool is_full(const Shard& shard, const ShardSize& size) {
  return shard.bytes >= size.bytes || shard.pages >= size.pages;
}

void add(Shard& shard, const ManifestRecord& record) {
  if (shard.documents == 0) shard.first = record.id;
  shard.last = record.id;
  ++shard.documents;
  for (const ManifestPage& page : record.pages) {
    if (!page.image) continue;
    ++shard.pages;
    shard.bytes += page.image->size;
  }
}

}  // namespace

std::string Shard::name() const {
  char digits[16];
  std::snprintf(digits, sizeof(digits), "-%06u.tar", number);
  return (part.empty() ? "train" : part) + digits;
}

Result<std::vector<Shard>> plan_shards(const NextRecord& records, const ShardSize& size) {
  std::map<std::string, std::vector<Shard>> parts;
  while (const auto record = TRY(records())) {
    std::vector<Shard>& shards = parts[record->split];
    if (shards.empty() || is_full(shards.back(), size)) {
      Shard next;
      next.part = record->split;
      next.number = static_cast<uint32_t>(shards.size());
      shards.push_back(next);
    }
    add(shards.back(), *record);
  }
  std::vector<Shard> all;
  for (auto& [part, shards] : parts) {
    for (Shard& shard : shards) all.push_back(std::move(shard));
  }
  return all;
}

}  // namespace dataset
