// The header fields of tus 1.0.0, the protocol of resumable uploads (https://tus.io/protocols):
// what a client says of the file and of a piece, and how this server names what it can.
//
//   const UploadMetadata said = TRY(parse_upload_metadata("filename aW52b2ljZS5wZGY="));
//   auto checksum = TRY(UploadChecksum::parse("sha1 Kq5sNclPz7QV2+lfQIuc6R7oRu0="));
//   checksum.update(piece); ...
//   if (!checksum.matches()) ...                           // 460
//
// Pure values; a checksum belongs to one thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "base/bytes.h"
#include "base/digest.h"
#include "base/json.h"
#include "base/result.h"

namespace server::http {

inline constexpr char kTusVersion[] = "1.0.0";
inline constexpr char kTusExtensions[] =
    "creation,creation-with-upload,creation-defer-length,expiration,checksum,termination";
inline constexpr char kTusChecksums[] = "sha1,sha256,md5";
inline constexpr char kTusPiece[] = "application/offset+octet-stream";  // media type of a piece

// Of Upload-Metadata: `filename`, and in `metadata` the same JSON object as a form's field of that
// name. What common clients add by themselves (filetype, name, type, relativePath) says nothing
// that counts here; any other key is Code::invalid, so that a misspelt one is not lost in silence.
struct UploadMetadata {
  std::string file_name = "document";  // without directories
  base::Json details = base::Json::object();
};
base::Result<UploadMetadata> parse_upload_metadata(std::string_view header);

// A count of bytes in Upload-Length or Upload-Offset: decimal digits, below 2^63.
base::Result<uint64_t> parse_upload_count(std::string_view name, const std::string* header);

class UploadChecksum {
 public:
  // "<algorithm> <Base64 of the digest>"; an unknown algorithm is Code::invalid.
  static base::Result<UploadChecksum> parse(std::string_view header);
  void update(std::string_view chunk);
  // Whether all that has come has the digest that was announced; the checksum is spent then.
  bool matches();

 private:
  using AnyHasher =
      std::variant<base::Hasher<base::Sha1>, base::Hasher<base::Sha256>, base::Hasher<base::Md5>>;
  UploadChecksum(AnyHasher hasher, base::Bytes expected)
      : hasher_(std::move(hasher)), expected_(std::move(expected)) {}
  AnyHasher hasher_;
  base::Bytes expected_;
};

}  // namespace server::http
