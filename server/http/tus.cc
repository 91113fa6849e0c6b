#include "server/http/tus.h"

#include <algorithm>
#include <array>
#include <set>

#include "base/text.h"

namespace server::http {
namespace {

using base::Code;
using base::Error;
using base::Result;

constexpr std::array<std::string_view, 4> kIdleKeys = {"filetype", "name", "type", "relativePath"};

Error malformed(std::string_view what) {
  return Error{Code::invalid, "Upload-Metadata: " + std::string(what)};
}

Result<std::string> decode_text(std::string_view key, std::string_view encoded) {
  const auto bytes = base::from_base64(encoded);
  if (!bytes.ok()) return malformed("the value of \"" + std::string(key) + "\" is not Base64");
  std::string text(base::as_text(*bytes));
  if (!base::is_utf8(text)) {
    return malformed("the value of \"" + std::string(key) + "\" is not UTF-8");
  }
  return text;
}

Result<void> apply(UploadMetadata& out, std::string_view key, std::string_view value) {
  if (std::find(kIdleKeys.begin(), kIdleKeys.end(), key) != kIdleKeys.end()) return {};
  if (key == "filename") {
    const std::string name = TRY(decode_text(key, value));
    out.file_name = name.substr(name.find_last_of("/\\") + 1);
    return {};
  }
  if (key != "metadata") {
    return malformed("unknown key \"" + std::string(key) +
                     "\"; known are filename and metadata (JSON)");
  }
  auto details = base::parse_json(TRY(decode_text(key, value)));
  if (!details.ok()) return details.error().within("metadata in Upload-Metadata");
  out.details = std::move(*details);
  return {};
}

template <typename Hash>
bool has_digest(base::Hasher<Hash>& hasher, const base::Bytes& expected) {
  const Hash digest = hasher.finish();
  return std::equal(digest.bytes.begin(), digest.bytes.end(), expected.begin(), expected.end());
}

}  // namespace

Result<UploadMetadata> parse_upload_metadata(std::string_view header) {
  UploadMetadata out;
  if (base::trim(header).empty()) return out;
  std::set<std::string_view> seen;
  for (const std::string_view pair : base::split(header, ',')) {
    const std::string_view entry = base::trim(pair);
    const size_t blank = std::min(entry.find(' '), entry.size());
    const std::string_view key = entry.substr(0, blank);
    if (key.empty()) return malformed("a key is empty");
    if (!seen.insert(key).second) return malformed("a key comes twice");
    TRY(apply(out, key, base::trim(entry.substr(blank))));
  }
  return out;
}

Result<uint64_t> parse_upload_count(std::string_view name, const std::string* header) {
  const auto count = header ? base::parse_integer(*header) : std::nullopt;
  if (!count || *count < 0) {
    return Error{Code::invalid, std::string(name) + " must be a count of bytes"};
  }
  return static_cast<uint64_t>(*count);
}

Result<UploadChecksum> UploadChecksum::parse(std::string_view header) {
  const size_t blank = std::min(header.find(' '), header.size());
  const std::string_view algorithm = header.substr(0, blank);
  auto expected = base::from_base64(base::trim(header.substr(blank)));
  if (!expected.ok()) return Error{Code::invalid, "Upload-Checksum: the digest is not Base64"};
  if (algorithm == "sha1") return UploadChecksum(base::Hasher<base::Sha1>(), std::move(*expected));
  if (algorithm == "sha256") {
    return UploadChecksum(base::Hasher<base::Sha256>(), std::move(*expected));
  }
  if (algorithm == "md5") return UploadChecksum(base::Hasher<base::Md5>(), std::move(*expected));
  return Error{Code::invalid,
               std::string("Upload-Checksum: unknown algorithm; known are ") + kTusChecksums};
}

void UploadChecksum::update(std::string_view chunk) {
  std::visit([&](auto& hasher) { hasher.update(chunk); }, hasher_);
}

bool UploadChecksum::matches() {
  return std::visit([&](auto& hasher) { return has_digest(hasher, expected_); }, hasher_);
}

}  // namespace server::http
