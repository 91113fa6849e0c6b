// Percent-encoding, query strings and the one reading of a request target.
//
//   const std::string path = TRY(decode_path("/api/v1/projects/acme"));
//   const Query query = TRY(parse_query("limit=20&label=total"));
//   query.find("limit");                     // "20", or null
//   "/files/" + percent_encode("a b");       // "/files/a%20b"
//
// Strict on purpose: what two programs could read in two ways (an encoded slash or dot segment, a
// backslash, a double slash, a control character, malformed UTF-8) is refused, so that a proxy in
// front and this server never disagree on which resource is meant. RFC 3986.
// Pure functions and plain values, safe from any thread.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"

namespace server::http {

// Every byte but the unreserved ones (letters, digits, "-._~") as %XX.
std::string percent_encode(std::string_view text);
// Refuses a '%' without two hexadecimal digits, control characters and malformed UTF-8.
base::Result<std::string> percent_decode(std::string_view text);

// The path of a request target, without its query: begins with '/', at most 4096 bytes. A trailing
// slash is kept: what it means is the route's business.
base::Result<std::string> decode_path(std::string_view raw_path);

// The parameters of a query string or an urlencoded form, in their order.
class Query {
 public:
  using Entry = std::pair<std::string, std::string>;

  // The first value of that name, or null.
  const std::string* find(std::string_view name) const;
  std::string string_or(std::string_view name, std::string_view fallback) const;
  std::vector<std::string_view> all(std::string_view name) const;
  bool has(std::string_view name) const { return find(name) != nullptr; }
  const std::vector<Entry>& entries() const { return entries_; }
  void add(std::string name, std::string value) {
    entries_.emplace_back(std::move(name), std::move(value));
  }
  bool operator==(const Query&) const = default;

 private:
  std::vector<Entry> entries_;
};

// "a=1&b=x+y": '+' is a blank, a name without '=' has the empty value, empty pairs are skipped.
// At most 1,000 parameters.
base::Result<Query> parse_query(std::string_view text);
// The same parameters as text that parse_query reads back.
std::string to_string(const Query& query);

}  // namespace server::http
