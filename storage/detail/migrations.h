// The numbered steps of the schema, compiled in from storage/migrations/.
#pragma once

#include <span>
#include <string_view>

namespace storage {

struct Migration {
  int number = 0;
  std::string_view name;
  std::string_view sql;
};

// In ascending order, from 1, without gaps.
std::span<const Migration> migrations();

}  // namespace storage
