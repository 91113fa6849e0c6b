#include "storage/settings_table.h"

namespace storage {

Result<std::optional<std::string>> SettingsTable::find(std::string_view name) {
  const auto row = TRY(tx_.query_first("SELECT value FROM settings WHERE name = ?", {name}));
  if (!row) return std::optional<std::string>();
  return std::optional<std::string>(row->text(0));
}

Result<void> SettingsTable::set(std::string_view name, std::string_view value) {
  TRY(
      tx_.execute("INSERT INTO settings (name, value) VALUES (?, ?)"
                  " ON CONFLICT (name) DO UPDATE SET value = excluded.value",
                  {name, value}));
  return {};
}

Result<std::string> SettingsTable::find_or_make(std::string_view name,
                                                const std::function<std::string()>& make) {
  if (auto known = TRY(find(name))) return std::move(*known);
  const std::string made = make();
  TRY(set(name, made));
  return made;
}

}  // namespace storage
