// Where an export's bytes go, in order: texts as they are made, and stored files by name. Both may
// lie outside of the window that is asked for: they are counted, and files are not even read. So
// the length of an export can be measured, and a broken download goes on where it stopped.
//
//   ExportOutput out(sink, read_stored, {.first = 4096});
//   TRY(out.write(line));
//   TRY(out.copy(page.image));
//   TRY(out.flush());
//
// Small writes are gathered. Belongs to one thread.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "corpus/document.h"

namespace dataset {

// Takes the export's bytes in order.
using ExportSink = std::function<base::Result<void>(std::string_view chunk)>;

// Some bytes of an export. The length may reach beyond its end.
struct ExportWindow {
  uint64_t first = 0;
  uint64_t length = UINT64_MAX;
};

// Gives `length` bytes of a stored file from `offset` on to the sink.
using ReadStored = std::function<base::Result<void>(const corpus::StoredFile& file, uint64_t offset,
                                                    uint64_t length, const ExportSink& sink)>;

class ExportOutput {
 public:
  explicit ExportOutput(ExportSink sink, ReadStored read = {}, ExportWindow window = {});

  // Both fail with Code::limit once the window is full: there is nothing more to do then, and
  // full() tells it from other failures.
  base::Result<void> write(std::string_view text);
  base::Result<void> copy(const corpus::StoredFile& file);
  // Hands the gathered bytes to the sink. Call it at the end.
  base::Result<void> flush();

  // Bytes of the export so far, those outside of the window too: at the end, its length.
  uint64_t position() const { return position_; }
  bool full() const { return full_; }

 private:
  struct Piece {
    uint64_t offset = 0;
    uint64_t length = 0;
  };
  // What of the next `size` bytes lies in the window.
  Piece advance(uint64_t size);
  base::Result<void> stop_if_full();

  ExportSink sink_;
  ReadStored read_;
  uint64_t first_;
  uint64_t end_;
  uint64_t position_ = 0;
  bool full_ = false;
  std::string pending_;
};

}  // namespace dataset
