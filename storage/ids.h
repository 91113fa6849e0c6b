// Keys of rows. Strong types over integers, so that a user is never taken for a project. They stay
// inside the server: what the outside sees is a slug, a ULID or a content hash.
#pragma once

#include <compare>
#include <cstdint>
#include <functional>

namespace storage {

template <typename Tag>
struct RowId {
  int64_t value = 0;  // 0: none
  auto operator<=>(const RowId&) const = default;
  explicit operator bool() const { return value != 0; }
};

using OrganisationId = RowId<struct OrganisationTag>;
using ProjectId = RowId<struct ProjectTag>;
using UserId = RowId<struct UserTag>;
using TokenId = RowId<struct TokenTag>;
using JobId = RowId<struct JobTag>;

}  // namespace storage

template <typename Tag>
struct std::hash<storage::RowId<Tag>> {
  size_t operator()(const storage::RowId<Tag>& id) const { return std::hash<int64_t>()(id.value); }
};
