// A pack as it arrives: entry after entry is inflated within bounds while its bytes go to a file.
//
//   PackStream stream(source, file, limits.max_pack_bytes);
//   for (uint32_t left = TRY(stream.read_header()); left > 0; --left) {
//     const StreamedEntry entry = TRY(stream.next(admit));
//   }
//   const base::Sha1 name = TRY(stream.finish());
//
// Takes no byte on trust: sizes are refused before memory is spent on them. Belongs to one thread.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "base/digest.h"
#include "base/result.h"
#include "vcs/detail/pack_entry.h"
#include "vcs/pkt_line.h"

namespace vcs {

struct StreamedEntry {
  uint64_t offset = 0;
  EntryHeader header;
  uint32_t crc32 = 0;
  std::string content;  // inflated: of a delta, the delta itself
};

class PackStream {
 public:
  // Says no to an entry by its header, before its content is inflated.
  using Admit = std::function<base::Result<void>(const EntryHeader&)>;

  PackStream(const Source& source, int file, uint64_t max_bytes)
      : source_(source), file_(file), max_bytes_(max_bytes) {}

  // The number of entries that follow.
  base::Result<uint32_t> read_header();
  base::Result<StreamedEntry> next(const Admit& admit);
  // Compares the trailer and sees that nothing follows it.
  base::Result<base::Sha1> finish();

 private:
  std::string_view unread() const { return std::string_view(buffer_).substr(at_); }
  uint64_t offset() const { return written_ + (at_ - kept_); }
  base::Result<bool> fill();
  base::Result<void> need(size_t count);
  base::Result<void> keep();
  void consume(size_t count);
  base::Result<EntryHeader> read_entry_header();
  base::Result<std::string> inflate(uint64_t size);

  const Source& source_;
  const int file_;
  const uint64_t max_bytes_;
  base::Hasher<base::Sha1> hasher_;
  std::string buffer_;
  size_t kept_ = 0;       // bytes of the buffer that are hashed and in the file
  size_t at_ = 0;         // bytes of the buffer that were consumed
  uint64_t written_ = 0;  // bytes in the file
  uint64_t received_ = 0;
  uint32_t crc_ = 0;
};

}  // namespace vcs
