// POSIX tar (ustar, IEEE Std 1003.1), as a stream: plain files only, with no time, owner or order
// of its own, so that equal content gives equal bytes. Private to dataset/.
//
//   TarWriter tar(out);
//   TRY(tar.add("labels/0f3a-0001.txt", text));
//   TRY(tar.add("images/0f3a-0001.png", page.image));
//   TRY(tar.finish());
#pragma once

#include <cstdint>
#include <functional>
#include <string_view>

#include "base/result.h"
#include "dataset/export_output.h"

namespace dataset::detail {

class TarWriter {
 public:
  explicit TarWriter(ExportOutput& out) : out_(out) {}

  // Code::invalid for a path that ustar cannot hold (100 bytes, or 255 with a '/' at the right
  // place), Code::limit for 8 GiB or more.
  base::Result<void> add(std::string_view path, std::string_view content);
  base::Result<void> add(std::string_view path, const corpus::StoredFile& file);
  // A file of a known size whose content `write` hands to the output, piece by piece.
  base::Result<void> add(std::string_view path, uint64_t size,
                         const std::function<base::Result<void>()>& write);
  base::Result<void> finish();

 private:
  base::Result<void> header(std::string_view path, uint64_t size);
  base::Result<void> pad(uint64_t size);

  ExportOutput& out_;
};

}  // namespace dataset::detail
