// One content on its way into the directory store.
#pragma once

#include <optional>
#include <string>

#include "storage/detail/blob_layout.h"
#include "storage/detail/name_locks.h"
#include "storage/detail/parallel_hasher.h"

namespace storage {

class LocalBlobWriter final : public BlobWriter {
 public:
  // A new temporary file, removed unless it is published.
  static Result<std::unique_ptr<LocalBlobWriter>> create(const BlobLayout& layout,
                                                         std::shared_ptr<NameLocks> names,
                                                         std::string_view organisation,
                                                         const ExpectedContent& expected,
                                                         const base::Path& temporary);
  // A finished file, left alone unless it is published; already sealed.
  static Result<std::unique_ptr<LocalBlobWriter>> adopt(const BlobLayout& layout,
                                                        std::shared_ptr<NameLocks> names,
                                                        std::string_view organisation,
                                                        const ExpectedContent& expected,
                                                        const base::Path& file);
  ~LocalBlobWriter() override;

  Result<void> write(std::string_view chunk) override;
  Result<base::ContentHashes> seal() override;
  Result<BlobName> publish(const std::optional<base::Sha256>& recorded) override;

  // The steps of publish(), for many writers with few waits for the disk.
  void start_flush();        // lets the disk begin; returns at once
  Result<void> flush();      // the content is on disk
  Result<void> flush_new();  // unless it is already, or needs not, since it is in the store
  // The same in two steps, between which the caller syncs the whole file system.
  Result<void> make_final();
  Result<void> note_flushed();
  // Gives the content its name, or keeps what is there. The directory is still to be synced.
  Result<void> place(const std::optional<base::Sha256>& recorded = {});
  base::Path directory() const { return target().parent_path(); }
  // At the end, when the name is durable: an adopted file that was not needed goes.
  Result<void> drop_copy();

 private:
  LocalBlobWriter(BlobLayout layout, std::shared_ptr<NameLocks> names,
                  std::string_view organisation, ExpectedContent expected, base::Path temporary,
                  base::UniqueFd fd)
      : layout_(std::move(layout)),
        names_(std::move(names)),
        organisation_(organisation),
        expected_(std::move(expected)),
        temporary_(std::move(temporary)),
        fd_(std::move(fd)) {}

  BlobName name() const { return {hashes_->md5, expected_.directory}; }
  base::Path target() const { return layout_.path(organisation_, name()); }
  bool needs_no_flush() const;
  Result<void> write_out(std::string_view bytes);
  Result<void> check_length(uint64_t size) const;
  Result<void> check_content() const;
  Result<void> hash_file();
  Result<void> take_name();
  Result<bool> take_or_renew_name();
  Result<void> settle_with_present(const std::optional<base::Sha256>& recorded);
  Result<void> replace_damaged();

  const BlobLayout layout_;
  const std::shared_ptr<NameLocks> names_;
  const std::string organisation_;
  const ExpectedContent expected_;
  const base::Path temporary_;
  base::UniqueFd fd_;
  bool adopted_ = false;
  bool placed_ = false;
  bool flushed_ = false;
  std::string pending_;   // small chunks, until there are enough of them
  uint64_t written_ = 0;  // what is pending included
  uint64_t flush_started_ = 0;
  ParallelHasher hasher_;
  std::optional<base::ContentHashes> hashes_;  // once sealed
};

// From now on the file is as if it had just been stored.
Result<void> renew_file(const base::Path& file);

// Both hashes of an open file, from its beginning.
Result<base::ContentHashes> hash_descriptor(int fd);

}  // namespace storage
