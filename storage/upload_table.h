// Resumable uploads (tus 1.0). The bytes are in a part file of UploadFiles; the row says whose it
// is, how far it is, and, once whole, what it became. The offset that counts is the row's: it moves
// after a sync, so that what it promises survives a power cut. Bytes of the part file beyond it
// were on their way when something broke, perhaps with a checksum still to come: they are cut off.
//
//   TRY(UploadTable(tx).create({.id = new_ulid(), .owner = user, .project = p, .length = 9}));
//   PartFile part = TRY(files.open_part(id));             // the lock; now read the row
//   TRY(part.cut(row.offset));
//   TRY(part.append(chunk)); ... TRY(part.sync());
//   TRY(UploadTable(tx).set_offset(id, part.offset(), expires_at));    // then acknowledge
//   ...                                                   // whole:
//   BlobStore::adopt(files.lend(id))
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
  uint64_t offset = 0;                  // bytes that are durable
  base::Json metadata = base::Json::object();
  base::Json outcome = {};  // what became of it; null until it is whole and has been taken in
  base::Milliseconds created_at = 0;
  base::Milliseconds expires_at = 0;
  bool operator==(const Upload&) const = default;
};

class UploadTable {
 public:
  explicit UploadTable(Transaction& tx) : tx_(tx) {}

  Result<void> create(const Upload& upload);
  // not_found also if it belongs to another owner or another project.
  Result<Upload> find(std::string_view id, UserId owner, ProjectId project);
  Result<void> set_offset(std::string_view id, uint64_t offset, base::Milliseconds expires_at);
  // Once; another length later is conflict.
  Result<void> set_length(std::string_view id, uint64_t length);
  Result<void> set_outcome(std::string_view id, const base::Json& outcome);
  Result<void> remove(std::string_view id);
  Result<std::vector<Upload>> expired(base::Milliseconds now, size_t limit = 1000);
  // How many of the owner's have no outcome yet.
  Result<int64_t> count_open(UserId owner);
  // Their lengths together; one without a length counts as `unknown`.
  Result<uint64_t> promised_bytes(UserId owner, uint64_t unknown);

 private:
  Transaction& tx_;
};

// A part file, open for appending; one at a time per upload (busy otherwise).
class PartFile {
 public:
  uint64_t offset() const { return offset_; }
  // A full disk is Code::no_space; part of the chunk may have been written then: cut() or open
  // anew.
  Result<void> append(std::string_view chunk);
  Result<void> sync();  // everything appended is on disk
  // Takes back what lies beyond. not_found if the file is shorter: its bytes are lost.
  Result<void> cut(uint64_t offset);

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
  // A second name for a whole part file, for BlobStore::adopt to move away: the part file itself
  // stays until it is removed, so that a crash in between loses nothing. Goes with remove().
  Result<base::Path> lend(std::string_view id) const;
  Result<void> remove(std::string_view id) const;

 private:
  explicit UploadFiles(base::Path directory) : directory_(std::move(directory)) {}
  base::Path directory_;
};

}  // namespace storage
