// Accounts between rows and values; shared by the files that implement UserStore.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "storage/user_store.h"

namespace storage {

// Compared form of a mail address.
std::string folded_address(std::string_view address);

inline constexpr std::string_view kUserColumns =
    "u.id, u.name, u.disabled, u.password_hash <> '', u.created_at, u.owns_server";
// From columns `first` on; without the addresses.
User user_of(const Row& row, size_t first = 0);
Result<std::vector<std::string>> addresses_of(Transaction& tx, UserId user);

inline constexpr std::string_view kProjectColumns =
    "p.id, p.organisation_id, o.slug, p.slug, p.ulid, p.name, p.policy, p.settings, p.created_at";
inline constexpr std::string_view kProjectTables =
    "projects p JOIN organisations o ON o.id = p.organisation_id";
Result<Project> project_of(const Row& row);

// Blank-separated names; null: no limit.
Value scopes_value(const std::optional<std::vector<corpus::Permission>>& scopes);
std::optional<std::vector<corpus::Permission>> scopes_of(const Row& row, size_t column);

inline base::Error missing(std::string_view what) {
  return base::Error{base::Code::not_found, "no such " + std::string(what)};
}
// not_found if a change touched no row.
inline Result<void> require_row(int64_t changed, std::string_view what) {
  if (changed == 0) return missing(what);
  return {};
}

}  // namespace storage
