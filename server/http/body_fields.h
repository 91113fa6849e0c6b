// The members of a JSON body, read strictly: what a caller writes is either meant and understood,
// or refused by name. A member that no route knows, a wrong type or a null is never taken for
// absence, since what is dropped in silence may have been a limit.
//
//   const BodyFields body = TRY(read_fields(context.request, {"name", "scopes", "expires_at"}));
//   const std::string name = TRY(body.text("name"));                   // must be there
//   const auto until = TRY(body.optional_time("expires_at"));          // nothing if it is not
//
// Errors are Code::invalid, name the member and say where it stands. Plain values.
#pragma once

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/json.h"
#include "base/result.h"
#include "server/http/request.h"

namespace server::http {

inline constexpr size_t kMaxText = 1000;    // characters of a name, a title, an address
inline constexpr size_t kMaxProse = 20000;  // characters of a description, a reason
inline constexpr size_t kMaxSecret = 1024;  // bytes of a password

class BodyFields {
 public:
  // Code::invalid unless the value is an object with no other members than these.
  static base::Result<BodyFields> of(base::Json body,
                                     std::initializer_list<std::string_view> known);

  bool has(std::string_view key) const { return body_.find(key) != nullptr; }

  // Not empty, at most kMaxText characters, no control characters.
  base::Result<std::string> text(std::string_view key) const;
  // As text(), but may be empty.
  base::Result<std::optional<std::string>> optional_text(std::string_view key) const;
  // What people write to people: lines and tabs are fine, at most kMaxProse characters. Empty if it
  // is not there.
  base::Result<std::string> prose(std::string_view key) const;
  // Any characters, also none; how long it may be is for the body's limit to say.
  base::Result<std::string> any_text(std::string_view key) const;
  // False if it is not there.
  base::Result<bool> flag(std::string_view key) const;
  // Any characters, not empty, at most kMaxSecret bytes.
  base::Result<std::string> secret(std::string_view key) const;
  base::Result<std::optional<std::string>> optional_secret(std::string_view key) const;
  // RFC 3339.
  base::Result<std::optional<base::Milliseconds>> optional_time(std::string_view key) const;
  base::Result<std::optional<bool>> optional_flag(std::string_view key) const;
  base::Result<std::optional<int64_t>> optional_integer(std::string_view key) const;
  // Strings, as they are.
  base::Result<std::optional<std::vector<std::string>>> optional_texts(std::string_view key) const;
  // An array of whatever the route reads itself, taken out of the body.
  base::Result<base::Json> array(std::string_view key) &&;

  // "\"name\" " + problem, at the member's place.
  base::Error error(std::string_view key, const std::string& problem) const;

 private:
  explicit BodyFields(base::Json body) : body_(std::move(body)) {}
  base::Result<const std::string*> find_text(std::string_view key) const;

  base::Json body_;
};

// The body of a request, at most `limit` bytes.
base::Result<BodyFields> read_fields(Request& request,
                                     std::initializer_list<std::string_view> known,
                                     size_t limit = size_t{1} << 20);

}  // namespace server::http
