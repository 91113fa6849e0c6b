// Bytes by their hash. A seam: a directory now, an S3 bucket by the same contract
// (tests/storage/blob_store_contract.h).
//
//   auto writer = TRY(store->begin("acme", {.size = content_length}));
//   while (...) TRY(writer->write(chunk));
//   const base::ContentHashes hashes = TRY(writer->seal());     // hashed and checked, not visible
//   TRY(writer->publish());                                     // durable under its name
//   ...                                                         // then BlobTable: who may see it
//
// Layout of the directory store, DVC's own, so that <root>/<organisation> is a valid DVC remote:
//   <root>/<organisation>/files/md5/<2 hex>/<30 hex>[.dir]      mode 0444, never changed in place
//   <root>/.incoming/<process>/...                              unfinished writes
//
// The store knows content, not rights: which project may see a blob is BlobTable's to say. One
// store per organisation; nothing is shared or compared across organisations.
// Stores may be used from any thread, a writer or reader from one thread at a time.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/digest.h"
#include "base/file.h"
#include "base/result.h"

namespace storage {

using base::Result;

// A blob's name within an organisation: 32 hex digits, with ".dir" for a DVC directory object.
struct BlobName {
  base::Md5 md5;
  bool directory = false;

  auto operator<=>(const BlobName&) const = default;
  std::string text() const { return md5.hex() + (directory ? ".dir" : ""); }
  static Result<BlobName> parse(std::string_view text);
  // From the two path segments of a DVC URL: "d7", "51713988987e9331980363e24189ce.dir".
  static Result<BlobName> parse_path(std::string_view fan, std::string_view rest);
};

// What the sender said of the content. What is said is checked; a difference is invalid and
// nothing is stored.
struct ExpectedContent {
  std::optional<base::Md5> md5 = {};
  std::optional<base::Sha256> sha256 = {};
  std::optional<uint64_t> size = {};  // exceeding it fails the write at once
  uint64_t limit = UINT64_MAX;        // more bytes than this is Code::limit
  bool directory = false;             // store under the ".dir" name
};

// One content on its way in. Destroyed unpublished, it leaves nothing.
class BlobWriter {
 public:
  virtual ~BlobWriter() = default;

  // Chunks of any size; large ones (64 KiB and up) are cheapest. A full disk is Code::no_space.
  virtual Result<void> write(std::string_view chunk) = 0;
  // Ends the content and checks it against what was expected. Nothing is visible yet.
  virtual Result<base::ContentHashes> seal() = 0;
  // After seal(): makes the bytes durable under their name. Content that is there already is kept:
  // `recorded` is the SHA-256 that BlobTable has for the name (then equality of that hash is
  // enough), without it the bytes are compared. Other content with the same MD5 is conflict, unless
  // the stored file no longer matches its own name: then it is replaced, which heals it.
  virtual Result<BlobName> publish(const std::optional<base::Sha256>& recorded = {}) = 0;
};

class BlobReader {
 public:
  virtual ~BlobReader() = default;
  virtual uint64_t size() const = 0;
  // Bytes from `offset`, as many as are there and fit.
  virtual Result<size_t> read_at(uint64_t offset, std::span<char> buffer) = 0;
  // The descriptor of a local file, for sendfile and for a sandboxed child; -1 if there is none.
  // Stays the reader's.
  virtual int descriptor() const = 0;

  // The whole content; more than `limit` bytes is Code::limit.
  Result<std::string> read_whole(size_t limit = size_t{256} << 20);
};

struct BlobEntry {
  BlobName name;
  uint64_t size = 0;
  base::Milliseconds modified_at = 0;
};

class BlobStore {
 public:
  virtual ~BlobStore() = default;

  virtual Result<std::unique_ptr<BlobWriter>> begin(std::string_view organisation,
                                                    const ExpectedContent& expected = {}) = 0;
  // Takes a finished local file (of a resumable upload) in as a sealed writer: hashes it, moves it.
  virtual Result<std::unique_ptr<BlobWriter>> adopt(std::string_view organisation,
                                                    const base::Path& file,
                                                    const ExpectedContent& expected = {}) = 0;
  // Publishes many sealed writers with few disk flushes; all are durable when it returns ok. On an
  // error some may be stored (harmless: nobody can see them before BlobTable says so).
  virtual Result<void> publish_all(std::span<const std::unique_ptr<BlobWriter>> writers) = 0;

  // not_found if it is not there.
  virtual Result<std::unique_ptr<BlobReader>> open(std::string_view organisation,
                                                   const BlobName& name) = 0;
  virtual Result<bool> exists(std::string_view organisation, const BlobName& name) = 0;
  virtual Result<uint64_t> size(std::string_view organisation, const BlobName& name) = 0;
  // Says that it is needed, from now on, as publishing it again does: BlobEntry::modified_at is
  // now. not_found if it is not there.
  virtual Result<void> renew(std::string_view organisation, const BlobName& name) = 0;
  // Since when nobody has published or renewed it. not_found if it is not there.
  virtual Result<base::Milliseconds> modified_at(std::string_view organisation,
                                                 const BlobName& name) = 0;
  // Removes it, durably, unless it was published or renewed after that time: false then. Fine if it
  // is not there. Whoever publishes or renews it at the same moment either keeps it or finds it
  // gone.
  virtual Result<bool> remove_older(std::string_view organisation, const BlobName& name,
                                    base::Milliseconds than) = 0;
  // Every blob, by name in ascending order; the visitor returns false to stop.
  virtual Result<void> for_each(std::string_view organisation,
                                const std::function<Result<bool>(const BlobEntry&)>& visit) = 0;
  // Reads the content again and compares: internal if it is not what its name says.
  virtual Result<base::ContentHashes> verify(std::string_view organisation,
                                             const BlobName& name) = 0;
};

// Stores small content that is at hand: begin, write, seal, publish.
Result<base::ContentHashes> put_blob(BlobStore& store, std::string_view organisation,
                                     std::string_view content,
                                     const ExpectedContent& expected = {});

// A store below `root` (DATA/orgs). Opening removes what processes that are gone left unfinished.
Result<std::unique_ptr<BlobStore>> open_local_blob_store(const base::Path& root);

}  // namespace storage
