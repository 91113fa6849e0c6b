#include "corpus/ids.h"

#include <algorithm>
#include <array>

#include "base/bytes.h"
#include "base/random.h"

namespace corpus {
namespace {

// First segments of the URL space, and words that would read as one of them.
constexpr std::array<std::string_view, 27> kReserved = {
    "account", "admin",  "api",      "assets", "auth",    "docs",   "events", "git",  "healthz",
    "help",    "invite", "login",    "logout", "metrics", "new",    "oauth",  "oidc", "readyz",
    "search",  "setup",  "settings", "signup", "static",  "status", "tus",    "ui",   "users"};

bool is_slug_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
}

}  // namespace

base::Result<DocumentId> DocumentId::parse(std::string_view text) {
  if (!base::is_lower_hex(text, 32)) {
    return base::Error{base::Code::invalid, "a document id is 32 lower-case hexadecimal digits"};
  }
  return DocumentId{std::string(text)};
}

base::Result<AnnotationId> AnnotationId::parse(std::string_view text) {
  if (!base::is_ulid(text)) {
    return base::Error{
        base::Code::invalid,
        "an id is a ULID: 26 upper-case Crockford digits, as 01JD8Z6V5N0M3K4H7Q9R2S1T0W"};
  }
  return AnnotationId{std::string(text)};
}

base::Result<std::string> parse_slug(std::string_view text) {
  const bool well_formed = !text.empty() && text.size() <= 63 && text.front() != '-' &&
                           text.back() != '-' &&
                           std::all_of(text.begin(), text.end(), is_slug_character);
  if (!well_formed) {
    return base::Error{base::Code::invalid,
                       "a name has 1 to 63 lower-case letters, digits and '-', and neither begins "
                       "nor ends with '-'"};
  }
  if (std::find(kReserved.begin(), kReserved.end(), text) != kReserved.end()) {
    return base::Error{base::Code::invalid,
                       "the name \"" + std::string(text) + "\" is reserved by the server"};
  }
  return std::string(text);
}

}  // namespace corpus
