#include "dataset/export_output.h"

#include <algorithm>

namespace dataset {

using base::Code;
using base::Error;
using base::Result;

namespace {

constexpr size_t kGathered = size_t{256} << 10;

}  // namespace

ExportOutput::ExportOutput(ExportSink sink, ReadStored read, ExportWindow window)
    : sink_(std::move(sink)),
      read_(std::move(read)),
      first_(window.first),
      end_(window.first + std::min(window.length, UINT64_MAX - window.first)) {}

ExportOutput::Piece ExportOutput::advance(uint64_t size) {
  const uint64_t start = std::clamp(first_, position_, position_ + size);
  const uint64_t end = std::clamp(end_, start, position_ + size);
  const Piece piece{start - position_, end - start};
  position_ += size;
  full_ = position_ >= end_;
  return piece;
}

Result<void> ExportOutput::stop_if_full() {
  if (!full_) return {};
  TRY(flush());
  return Error{Code::limit, "all that was asked for has been written"};
}

Result<void> ExportOutput::write(std::string_view text) {
  const Piece piece = advance(text.size());
  pending_ += text.substr(piece.offset, piece.length);
  if (pending_.size() >= kGathered) TRY(flush());
  return stop_if_full();
}

Result<void> ExportOutput::copy(const corpus::StoredFile& file) {
  const Piece piece = advance(file.size);
  if (piece.length > 0) {
    if (!read_) return Error{Code::internal, "this export has no access to stored files"};
    TRY(flush());
    TRY(read_(file, piece.offset, piece.length, sink_));
  }
  return stop_if_full();
}

Result<void> ExportOutput::flush() {
  if (pending_.empty()) return {};
  const auto written = sink_(pending_);
  pending_.clear();
  return written;
}

}  // namespace dataset
