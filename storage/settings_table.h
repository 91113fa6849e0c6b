// A few values of the server itself, by name: its id, keys that sign cursors and tombstones.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "storage/database.h"

namespace storage {

class SettingsTable {
 public:
  explicit SettingsTable(Transaction& tx) : tx_(tx) {}

  Result<std::optional<std::string>> find(std::string_view name);
  Result<void> set(std::string_view name, std::string_view value);
  // The stored value, or what `make` returns, stored: for keys that are made once.
  Result<std::string> find_or_make(std::string_view name, const std::function<std::string()>& make);

 private:
  Transaction& tx_;
};

}  // namespace storage
