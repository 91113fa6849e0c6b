#include "dataset/detail/tar_writer.h"

#include <algorithm>
#include <cstdio>
#include <string>

namespace dataset::detail {

using base::Code;
using base::Error;
using base::Result;

namespace {

constexpr size_t kBlock = 512;
constexpr size_t kNameBytes = 100;
constexpr size_t kPrefixBytes = 155;
constexpr uint64_t kMostBytes = uint64_t{8} << 30;  // eleven octal digits

struct Name {
  std::string_view prefix;
  std::string_view name;
};

// A long path is divided at a '/'.
Result<Name> divide(std::string_view path) {
  if (path.size() <= kNameBytes) return Name{{}, path};
  const size_t slash = path.find('/', path.size() - kNameBytes - 1);
  if (slash == path.npos || slash > kPrefixBytes) {
    return Error{Code::invalid, "a path in this export is too long for a tar archive"};
  }
  return Name{path.substr(0, slash), path.substr(slash + 1)};
}

// Fields are written from left to right, at fixed places.
class Header {
 public:
  void text(size_t offset, std::string_view value) {
    std::copy(value.begin(), value.end(), block_.begin() + static_cast<ptrdiff_t>(offset));
  }
  void octal(size_t offset, int digits, uint64_t value) {
    char buffer[24];
    const int size = std::snprintf(buffer, sizeof(buffer), "%0*llo", digits,
                                   static_cast<unsigned long long>(value));
    text(offset, {buffer, static_cast<size_t>(size)});
  }
  const std::string& finish() {
    text(148, "        ");  // the checksum counts itself as blanks
    unsigned sum = 0;
    for (const char c : block_) sum += static_cast<unsigned char>(c);
    octal(148, 6, sum);
    block_[154] = '\0';
    return block_;
  }

 private:
  std::string block_ = std::string(kBlock, '\0');
};

}  // namespace

Result<void> TarWriter::header(std::string_view path, uint64_t size) {
  if (size >= kMostBytes) {
    return Error{Code::limit, "a file in this export is too large for a tar archive"};
  }
  const Name name = TRY(divide(path));
  Header header;
  header.text(0, name.name);
  header.octal(100, 7, 0644);
  header.octal(108, 7, 0);  // user
  header.octal(116, 7, 0);  // group
  header.octal(124, 11, size);
  header.octal(136, 11, 0);  // time
  header.text(156, "0");     // a plain file
  header.text(257, std::string_view("ustar\00000", 8));
  header.octal(329, 7, 0);  // device
  header.octal(337, 7, 0);
  header.text(345, name.prefix);
  return out_.write(header.finish());
}

Result<void> TarWriter::pad(uint64_t size) {
  const size_t rest = size % kBlock;
  return rest == 0 ? Result<void>() : out_.write(std::string(kBlock - rest, '\0'));
}

Result<void> TarWriter::add(std::string_view path, std::string_view content) {
  TRY(header(path, content.size()));
  TRY(out_.write(content));
  return pad(content.size());
}

Result<void> TarWriter::add(std::string_view path, const corpus::StoredFile& file) {
  TRY(header(path, file.size));
  TRY(out_.copy(file));
  return pad(file.size);
}

Result<void> TarWriter::add(std::string_view path, uint64_t size,
                            const std::function<Result<void>()>& write) {
  TRY(header(path, size));
  const uint64_t begin = out_.position();
  TRY(write());
  if (out_.position() - begin != size) {
    return Error{Code::internal, "a file of this export came with another size than announced"};
  }
  return pad(size);
}

Result<void> TarWriter::finish() {
  return out_.write(std::string(2 * kBlock, '\0'));
}

}  // namespace dataset::detail
