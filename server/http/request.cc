#include "server/http/request.h"

#include <algorithm>
#include <array>

#include "base/random.h"
#include "server/http/auth.h"

namespace server::http {
namespace {

constexpr size_t kBlock = 64 << 10;
constexpr std::array<std::string_view, 7> kMethods = {"GET",   "HEAD",   "POST",   "PUT",
                                                      "PATCH", "DELETE", "OPTIONS"};

bool is_request_id(std::string_view text) {
  return !text.empty() && text.size() <= 64 && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
           c == '_' || c == '-';
  });
}

}  // namespace

std::string_view name_of(Method method) {
  return kMethods[static_cast<size_t>(method)];
}

std::optional<Method> parse_method(std::string_view name) {
  for (size_t i = 0; i < kMethods.size(); ++i) {
    if (kMethods[i] == name) return static_cast<Method>(i);
  }
  return {};
}

bool is_safe(Method method) {
  return method == Method::get || method == Method::head || method == Method::options;
}

base::Error body_too_large(uint64_t limit) {
  return {base::Code::limit, "the body is larger than " + std::to_string(limit) + " bytes", {}};
}

base::Result<size_t> Request::read(char* buffer, size_t size) {
  if (!has_body() || !body || size == 0) return size_t{0};
  if (content_length.value_or(0) > body_limit) {
    body_state = BodyState::too_large;
    return body_too_large(body_limit);
  }
  const size_t count = TRY(body(buffer, size));
  body_read_ += count;
  if (body_read_ > body_limit) {
    body_state = BodyState::too_large;
    return body_too_large(body_limit);
  }
  return count;
}

base::Result<std::string> Request::read_body(size_t limit) {
  if (content_length.value_or(0) > limit) return body_too_large(limit);
  std::string out;
  // One byte more than is announced, so that a short body ends within its first block.
  const uint64_t announced = content_length.value_or(kBlock) + 1;
  const auto size = static_cast<size_t>(std::min<uint64_t>(announced, kBlock));
  std::string block(std::min(size, limit + 1), '\0');
  while (const size_t count = TRY(read(block.data(), block.size()))) {
    if (count > limit - out.size()) return body_too_large(limit);
    out.append(block, 0, count);
  }
  return out;
}

base::Result<base::Json> Request::read_json(size_t limit) {
  const std::string text = TRY(read_body(limit));
  if (text.empty()) return base::Error{base::Code::invalid, "expected a JSON body", {}};
  auto value = base::parse_json(text);
  if (!value.ok()) return value.error().within("the JSON body");
  return value;
}

bool Request::drain(uint64_t limit) {
  std::string block(kBlock, '\0');
  uint64_t dropped = 0;
  while (dropped <= limit) {
    const auto count = read(block.data(), block.size());
    if (!count.ok()) return false;
    if (count.value() == 0) return true;
    dropped += count.value();
  }
  return false;
}

std::optional<std::string> Request::cookie(std::string_view name) const {
  for (const Header& header : headers) {
    if (!equal_ignoring_case(header.name, "cookie")) continue;
    if (auto value = cookie_value(header.value, name)) return value;
  }
  return {};
}

std::string Request::media_type() const {
  return media_type_of(headers.value_or("content-type", ""));
}

std::string Request::base_url() const {
  return (secure ? "https://" : "http://") + std::string(headers.value_or("host", "localhost"));
}

std::string request_id_from(const std::string* header) {
  return header && is_request_id(*header) ? *header : base::random_token(12);
}

}  // namespace server::http
