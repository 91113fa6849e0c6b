#include "server/http/body_digest.h"

#include <algorithm>

#include "server/http/multipart.h"

namespace server::http {
namespace {

constexpr size_t kBlock = size_t{64} << 10;

std::string delimiter_of(const Request& request) {
  if (request.media_type() != "multipart/form-data") return {};
  const auto boundary = boundary_of(request.headers.value_or("content-type", ""));
  return boundary.ok() ? "--" + *boundary : std::string();
}

}  // namespace

BodyDigest::BodyDigest(Request& request)
    : request_(request), body_(std::move(request.body)), delimiter_(delimiter_of(request)) {
  if (!body_) return;
  request.body = [this](char* buffer, size_t size) -> base::Result<size_t> {
    const size_t count = TRY(body_(buffer, size));
    update({buffer, count});
    return count;
  };
}

BodyDigest::~BodyDigest() {
  request_.body = std::move(body_);
}

void BodyDigest::update(std::string_view bytes) {
  if (delimiter_.empty()) return section_.update(bytes);
  tail_ += bytes;
  size_t begin = 0;
  for (size_t found; (found = tail_.find(delimiter_, begin)) != std::string::npos;) {
    section_.update(std::string_view(tail_).substr(begin, found - begin));
    end_section();
    begin = found + delimiter_.size();
  }
  // All but what may be the beginning of a delimiter.
  const size_t sure = std::max(begin, tail_.size() - std::min(tail_.size(), delimiter_.size() - 1));
  section_.update(std::string_view(tail_).substr(begin, sure - begin));
  tail_.erase(0, sure);
}

// The digests are of one length, so that no content can be taken for a border between two.
void BodyDigest::end_section() {
  sections_.update(section_.finish().bytes);
  section_ = base::Hasher<base::Sha256>();
}

base::Result<base::Sha256> BodyDigest::finish() {
  std::string block(kBlock, '\0');
  while (TRY(request_.read(block.data(), block.size())) > 0) {
  }
  section_.update(tail_);
  tail_.clear();
  end_section();
  return sections_.finish();
}

}  // namespace server::http
