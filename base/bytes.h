// Bytes as text and back. Pure functions, safe from any thread.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace base {

using Bytes = std::vector<uint8_t>;
using ByteView = std::span<const uint8_t>;

inline ByteView as_bytes(std::string_view text) {
  return {reinterpret_cast<const uint8_t*>(text.data()), text.size()};
}
inline std::string_view as_text(ByteView bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

// Lower-case hexadecimal.
std::string to_hex(ByteView bytes);
// Takes lower-case digits only: hashes have one spelling here.
Result<Bytes> from_hex(std::string_view hex);
bool is_lower_hex(std::string_view text, size_t length);

// RFC 4648, with padding; decoding refuses anything else than the exact encoding.
std::string to_base64(ByteView bytes);
Result<Bytes> from_base64(std::string_view text);
// RFC 4648 section 5, without padding: for tokens and cursors in URLs.
std::string to_base64url(ByteView bytes);
Result<Bytes> from_base64url(std::string_view text);

// Big-endian, as git's pack and index files store integers.
inline uint32_t load_be32(const uint8_t* p) {
  return uint32_t{p[0]} << 24 | uint32_t{p[1]} << 16 | uint32_t{p[2]} << 8 | uint32_t{p[3]};
}
inline uint64_t load_be64(const uint8_t* p) {
  return uint64_t{load_be32(p)} << 32 | load_be32(p + 4);
}
void append_be32(std::string& out, uint32_t value);
void append_be64(std::string& out, uint64_t value);

// Compares in a time that depends on the lengths only: for tokens and signatures.
bool equal_in_constant_time(std::string_view a, std::string_view b);

}  // namespace base
