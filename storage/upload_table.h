// Resumable uploads in progress (tus 1.0). The bytes are in a part file of UploadFiles; the row
// says whose it is and what it will become. The offset that counts is the length of the part file:
// what arrived before a break is kept.
//
//   TRY(UploadTable(tx).create({.id = new_ulid(), .owner = user, .project = p, .length = 9}));
//   auto part = TRY(files.open(id));                     // at the offset where it stopped
//   TRY(part.append(chunk)); ... TRY(part.sync());       // then answer Upload-Offset
//   ...                                                  // whole: BlobStore::adopt(files.path(id))
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/file.h"
#include "base/json.h"
#include "storage/database.h"

namespace storage {

struct Upload {
  std::string id = {};  // a ULID
  UserId owner = {};
  ProjectId project = {};
  std::optional<uint64_t> length = {};  // none: told later
  uint64_t offset = 0;                  // as last recorded
  base::Json metadata = base::Json::object();
  base::Milliseconds created_at = 0;
  base::Milliseconds expires_at = 0;
  bool operator==(const Upload&) const = default;
};

class UploadTable {
 public:
  explicit UploadTable(Transaction& tx) : tx_(tx) {}

  Result<void> create(const Upload& upload);
  // not_found also if it belongs to another owner.
  Result<Upload> find(std::string_view id, UserId owner);
  Result<void> set_offset(std::string_view id, uint64_t offset, base::Milliseconds expires_at);
  // Once; another length later is conflict.
  Result<void> set_length(std::string_view id, uint64_t length);
  Result<void> remove(std::string_view id);
  Result<std::vector<Upload>> expired(base::Milliseconds now, size_t limit = 1000);
  // How many the owner has open.
  Result<int64_t> count(UserId owner);

 private:
  Transaction& tx_;
};

// A part file, open for appending; one at a time per upload (busy otherwise).
class PartFile {
 public:
  uint64_t offset() const { return offset_; }
  Result<void> append(std::string_view chunk);
  Result<void> sync();  // everything appended is on disk

 private:
  friend class UploadFiles;
  PartFile(base::UniqueFd fd, uint64_t offset) : fd_(std::move(fd)), offset_(offset) {}
  base::UniqueFd fd_;
  uint64_t offset_ = 0;
};

// The directory of part files (DATA/tmp/uploads).
class UploadFiles {
 public:
  static Result<UploadFiles> open(const base::Path& directory);
  base::Path path(std::string_view id) const;
  Result<PartFile> open_part(std::string_view id) const;  // makes it if needed
  Result<void> remove(std::string_view id) const;

 private:
  explicit UploadFiles(base::Path directory) : directory_(std::move(directory)) {}
  base::Path directory_;
};

}  // namespace storage
