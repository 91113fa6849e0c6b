// Hashes. Sha256 is the product's identity of content, Md5 is DVC's address of it, Sha1 is git's.
//
//   ContentHasher hasher;             // md5 and sha256 of a stream in one pass
//   while (...) hasher.update(chunk);
//   const ContentHashes hashes = hasher.finish();
//
// A hasher belongs to one thread. Hash values are plain values.
#pragma once

#include <algorithm>
#include <array>
#include <compare>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/result.h"

namespace base {

template <size_t Size, typename Tag>
struct HashValue {
  static constexpr size_t kSize = Size;
  std::array<uint8_t, Size> bytes = {};

  auto operator<=>(const HashValue&) const = default;
  std::string hex() const { return to_hex(bytes); }
  static Result<HashValue> from_hex(std::string_view text) {
    if (!is_lower_hex(text, Size * 2)) {
      return Error{Code::invalid,
                   "expected " + std::to_string(Size * 2) + " lower-case hexadecimal digits"};
    }
    HashValue value;
    const Bytes raw = MUST(base::from_hex(text));
    std::copy(raw.begin(), raw.end(), value.bytes.begin());
    return value;
  }
};
using Md5 = HashValue<16, struct Md5Tag>;
using Sha1 = HashValue<20, struct Sha1Tag>;
using Sha256 = HashValue<32, struct Sha256Tag>;

Md5 md5_of(std::string_view content);
Sha1 sha1_of(std::string_view content);
Sha256 sha256_of(std::string_view content);
// HMAC-SHA-256 (RFC 2104).
Sha256 hmac_sha256(std::string_view key, std::string_view message);

// Incremental hashing of one kind: Hasher<Sha1> etc.
template <typename Hash>
class Hasher {
 public:
  Hasher();
  ~Hasher();
  Hasher(Hasher&&) noexcept;
  Hasher& operator=(Hasher&&) noexcept;
  void update(std::string_view chunk);
  void update(ByteView chunk) { update(as_text(chunk)); }
  Hash finish();  // the hasher is spent afterwards

 private:
  struct State;
  std::unique_ptr<State> state_;
};
extern template class Hasher<Md5>;
extern template class Hasher<Sha1>;
extern template class Hasher<Sha256>;

// What the byte store knows of a content.
struct ContentHashes {
  Md5 md5;
  Sha256 sha256;
  uint64_t size = 0;
  bool operator==(const ContentHashes&) const = default;
};
ContentHashes hashes_of(std::string_view content);

class ContentHasher {
 public:
  void update(std::string_view chunk);
  ContentHashes finish();

 private:
  Hasher<Md5> md5_;
  Hasher<Sha256> sha256_;
  uint64_t size_ = 0;
};

}  // namespace base

template <size_t Size, typename Tag>
struct std::hash<base::HashValue<Size, Tag>> {
  size_t operator()(const base::HashValue<Size, Tag>& value) const {
    size_t out;
    static_assert(Size >= sizeof(out));
    __builtin_memcpy(&out, value.bytes.data(), sizeof(out));
    return out;
  }
};
